// @ts-check
/** The other pairs: what the same search finds near A, in a row that one walks along. */
import { getJson, pictureUrl } from "../common/api.js";
import { el } from "../common/dom.js";
import { linkTo, searchPart } from "../common/pair-links.js";
import { number, t } from "../common/words.js";

/** @typedef {{id: string, name: string, distance: number, score?: number}} Match a copy has a score instead */

export class Strip {
  /** @type {Match[]} */
  #matches = [];
  #asked = "";

  /** @param {(query: URLSearchParams) => void} go */
  constructor(go) {
    this.go = go;
    this.element = el("nav", {
      class: "strip",
      "aria-label": t("compare.strip"),
      "data-role": "strip",
      hidden: true,
    });
  }

  /**
   * Show the matches of a pair's first photo; they are asked for once.
   *
   * @param {URLSearchParams} query
   */
  async show(query) {
    const search = searchPart(query);
    search.set("img", query.get("a") ?? "");
    if (search.toString() !== this.#asked) {
      this.#asked = search.toString();
      this.#matches = await matchesOf(search);
      this.#fill(query);
    }
    this.#mark(query.get("b"));
  }

  /** There may be other photos now. @param {URLSearchParams} query */
  async renew(query) {
    this.#asked = "";
    await this.show(query);
  }

  /** @param {1 | -1} step @param {URLSearchParams} query */
  step(step, query) {
    const at = this.#matches.findIndex(({ id }) => id === query.get("b"));
    const next = this.#matches[at < 0 ? 0 : at + step];
    if (next) this.go(pairWith(next.id, query));
  }

  /** @param {URLSearchParams} query */
  #fill(query) {
    this.element.hidden = this.#matches.length === 0;
    this.element.replaceChildren(
      ...this.#matches.map((match) => {
        const { name, distance, score } = match;
        const label = score === undefined
          ? t("compare.strip.photo", { name, distance })
          : t("compare.strip.copy", { name, score: score.toFixed(2) });
        const href = linkTo("/compare", pairWith(match.id, query));
        const picture = el("img", {
          src: pictureUrl(match.id, 160),
          alt: "",
          loading: "lazy",
          draggable: "false",
        });
        const count = el("span", { class: "number" },
          score === undefined ? number(distance) : score.toFixed(2));
        const link = el(
          "a",
          { href, title: label, "aria-label": label, "data-id": match.id },
          picture,
          count,
        );
        link.addEventListener("click", (event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          this.go(pairWith(match.id, new URLSearchParams(location.search)));
        });
        return link;
      }),
    );
  }

  /** @param {string | null} id */
  #mark(id) {
    for (const link of this.element.children) {
      if (!(link instanceof HTMLElement)) continue;
      const current = link.dataset.id === id;
      if (current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
      if (current) this.#reveal(link);
    }
  }

  /** Scroll the row, and only the row. @param {HTMLElement} link */
  #reveal(link) {
    const middle = link.offsetLeft - this.element.offsetLeft + link.offsetWidth / 2;
    this.element.scrollLeft = middle - this.element.clientWidth / 2;
  }
}

/** @param {string} id @param {URLSearchParams} query */
function pairWith(id, query) {
  const pair = new URLSearchParams(query);
  pair.set("b", id);
  return pair;
}

/**
 * Without an answer there is no row; the pair itself needs none.
 *
 * @param {URLSearchParams} search
 * @returns {Promise<Match[]>}
 */
async function matchesOf(search) {
  try {
    const copies = search.get("copies") === "1";
    const answer = await getJson(copies ? "/copies" : "/search", search);
    const matches = copies ? answer.copies : answer.matches;
    return matches.filter((/** @type {Match} */ { id }) => id !== search.get("img"));
  } catch {
    return [];
  }
}
