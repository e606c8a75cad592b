// @ts-check
/** The copies of the query in the place of what looks like it. */

import { getJson } from "../common/api.js";
import { clear, show } from "../common/banner.js";
import { byRole, inputOf } from "../common/dom.js";
import { number, t } from "../common/words.js";
import { copiesQuery, filtersOn } from "./state.js";

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
   *   makeLinks: () => import("./tile.js").Links,
   * }} page
   */
  constructor(page) {
    this.page = page;
    /** @type {Map<string, Answer>} */
    this.kept = new Map();
    for (const way of /** @type {const} */ (["similar", "copies"])) {
      const copies = way === "copies";
      byRole(`way-${way}`).addEventListener("click", () => {
        if (page.state.copies !== copies) page.push({ ...page.state, copies, offset: 0 });
      });
    }
    for (const name of /** @type {const} */ (["sure", "harder"])) {
      const box = inputOf(`copies-${name}`);
      box.addEventListener("change", () => page.replace({ [name]: box.checked }));
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

  /** @param {AbortSignal} signal */
  async load(signal) {
    const query = copiesQuery(this.page.state);
    const key = query.toString();
    if (!this.kept.has(key)) {
      byRole("copies-count").textContent = t("search.counting");
      byRole("results").setAttribute("aria-busy", "true");
    }
    /** @type {Answer} */
    const answer = this.kept.get(key) ?? (await getJson("/copies", query, signal));
    this.kept.set(key, answer);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= KEPT) break;
      this.kept.delete(oldest);
    }
    clear();
    for (const note of answer.notes) show({ detail: note });
    this.#render(answer);
  }

  /** @param {Answer} answer */
  #render(answer) {
    const { query, tiles, pager, large, state } = this.page;
    query.showPhoto(answer.query, false);
    tiles.links = this.page.makeLinks();
    tiles.measure();
    const matches = answer.copies.map((copy) => ({ ...copy, lowQuality: null }));
    tiles.show(/** @type {any} */ (matches), 1, true);
    pager.show(0, matches.length, Math.max(1, matches.length));
    large.renew();
    byRole("copies-count").textContent = t("copies.count", {
      count: answer.total, total: number(answer.searched),
    });
    const scenes = answer.same_scene.length;
    const scene = byRole("copies-scenes");
    scene.hidden = scenes === 0;
    if (scenes) scene.textContent = t("copies.scenes", { count: scenes });
    byRole("tiles").hidden = matches.length === 0;
    byRole("more").hidden = true;
    this.#showNothing(answer, filtersOn(state) > 0);
    byRole("results").setAttribute("aria-busy", "false");
  }

  /** @param {Answer} answer @param {boolean} filtered */
  #showNothing(answer, filtered) {
    const little = answer.low_quality;
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
    if (!warning.hidden) warning.textContent = t("copies.little");
  }
}
