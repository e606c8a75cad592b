// @ts-check
/** The copies of the query in the place of what looks like it. */

import { getJson } from "../common/api.js";
import { clear, show } from "../common/banner.js";
import { byRole, inputOf } from "../common/dom.js";
import { number, t } from "../common/words.js";
import { moreInRows, showMore } from "./more.js";
import { pageStart } from "./pager.js";
import { Scenes } from "./scenes.js";
import { showSharing } from "./share.js";
import { copiesQuery, filtersOn, mostOf, pageSize } from "./state.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("../api.js").CopiesAnswer} Answer */

/** Answers that are kept for going back. */
const KEPT = 8;

export class Copies {
  /**
   * @param {{
   *   state: State,
   *   query: import("./query.js").Query,
   *   tiles: import("./tiles.js").Tiles,
   *   pager: import("./pager.js").Pager,
   *   large: import("../common/large-view.js").LargeView,
   *   replace: (change: Partial<State>) => void,
   *   push: (state: State) => void,
   *   note: (change: Partial<State>) => void,
   *   makeLinks: () => import("./tile.js").Links,
   * }} page
   */
  constructor(page) {
    this.page = page;
    /** @type {Map<string, Answer>} */
    this.kept = new Map();
    /** What is shown. @type {Answer | null} */
    this.answer = null;
    this.scenes = new Scenes((open) => {
      if (page.state.copies && page.state.scenes !== open) page.note({ scenes: open });
    });
    for (const way of /** @type {const} */ (["similar", "copies"])) {
      const copies = way === "copies";
      byRole(`way-${way}`).addEventListener("click", () => {
        if (page.state.copies !== copies) page.push({ ...page.state, copies, offset: 0 });
      });
    }
    for (const name of /** @type {const} */ (["sure", "harder"])) {
      const box = inputOf(`copies-${name}`);
      box.addEventListener("change", () => page.replace({ [name]: box.checked, offset: 0 }));
    }
  }

  /** Which of the two is shown. @param {State} state */
  showWay({ copies, sure, harder }) {
    byRole("results").dataset.way = copies ? "copies" : "similar";
    byRole("way-similar").setAttribute("aria-pressed", String(!copies));
    byRole("way-copies").setAttribute("aria-pressed", String(copies));
    inputOf("copies-sure").checked = sure;
    inputOf("copies-harder").checked = harder;
  }

  /** Ask for the copies of the state, and show them. @param {AbortSignal} signal */
  async load(signal) {
    this.answer = null;
    await this.#show(signal);
  }

  /** Show more of the same answer, or another page of it. @param {AbortSignal} signal */
  async renew(signal) {
    if (this.answer) await this.#show(signal);
  }

  /** @param {AbortSignal} signal */
  async #show(signal) {
    let answer = await this.#ask(this.page.state.offset, signal);
    // An old link may lead beyond the end.
    const { offset } = this.#part(answer);
    if (offset < answer.offset) answer = await this.#ask(offset, signal);
    if (answer !== this.answer) {
      clear();
      for (const note of answer.notes) show({ detail: note });
    }
    this.#render(answer);
  }

  /** @param {number} offset @param {AbortSignal} signal @returns {Promise<Answer>} */
  async #ask(offset, signal) {
    const query = copiesQuery(this.page.state, offset);
    const key = query.toString();
    const known = this.kept.get(key);
    if (!known) {
      byRole("copies-count").textContent = t("search.counting");
      byRole("results").setAttribute("aria-busy", "true");
    }
    /** @type {Answer} */
    const answer = known ?? (await getJson("/copies", query, signal));
    if (!known) {
      for (const copy of answer.copies) Object.assign(copy, { lowQuality: null, scene: false });
      for (const copy of answer.same_scene) Object.assign(copy, { lowQuality: null, scene: true });
    }
    this.kept.set(key, answer);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= KEPT) break;
      this.kept.delete(oldest);
    }
    return answer;
  }

  /** The page that is shown, among as many as were asked for. @param {Answer} answer */
  #part({ total }) {
    const { state, tiles } = this.page;
    const count = Math.min(total, mostOf(state, tiles.columns) ?? total);
    const size = pageSize(state);
    return { count, size, offset: pageStart(state.offset, count, size) };
  }

  /** What shows more of them, where there are more. */
  more() {
    if (!this.answer) return null;
    const { count } = this.#part(this.answer);
    return moreInRows(count, this.answer.total - count, this.page.tiles.columns);
  }

  /** @param {Answer} answer */
  #render(answer) {
    const { query, tiles, pager, large, state } = this.page;
    if (answer !== this.answer) {
      query.showPhoto(answer.query, false);
      tiles.links = this.page.makeLinks();
    }
    this.answer = answer;
    tiles.measure();
    const { count, size, offset } = this.#part(answer);
    const [first, last] = [offset, Math.min(offset + size, count)].map((place) => place - answer.offset);
    const matches = answer.copies.slice(first, last);
    tiles.show(/** @type {any} */ (matches), 1, true);
    pager.show(offset, count, size);
    large.renew();
    byRole("copies-count").textContent = t("copies.count", {
      count: answer.total, total: number(answer.searched),
    });
    byRole("tiles").hidden = matches.length === 0;
    showMore(offset + size >= count ? this.more() : null);
    showSharing(state);
    this.scenes.show(answer, /** @type {any} */ (tiles.links), state.scenes);
    this.#showNothing(answer, filtersOn(state) > 0);
    byRole("results").setAttribute("aria-busy", "false");
  }

  /** @param {Answer} answer @param {boolean} filtered */
  #showNothing(answer, filtered) {
    const little = answer.too_little;
    const others = answer.copies.some(({ same }) => !same);
    byRole("empty").hidden = answer.copies.length > 0;
    byRole("offer-nearest").hidden = true;
    const why = answer.searched ? (little ? "copies.little" : "copies.none") : filtered
      ? "search.empty.filter" : "search.empty.library";
    byRole("empty-why").textContent = t(why);
    byRole("empty-next").textContent = answer.searched
      ? t(little ? "copies.little.next" : "copies.none.next") : "";
    const warning = byRole("query-low");
    warning.hidden = !little || !answer.copies.length || others;
    if (!warning.hidden) warning.textContent = `${t("copies.little")} ${t("copies.little.next")}`;
  }
}
