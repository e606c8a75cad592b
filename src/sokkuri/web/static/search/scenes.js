// @ts-check
/** Photos of the same scene with another thing on it: no copies, folded away below these. */

import { byRole } from "../common/dom.js";
import { number, t } from "../common/words.js";
import { Tiles } from "./tiles.js";

/** @typedef {import("../api.js").CopiesAnswer} Answer */
/** @typedef {import("./tile.js").Links} Links */

export class Scenes {
  /** @param {(open: boolean) => void} turned somebody folds or unfolds them */
  constructor(turned) {
    this.root = /** @type {HTMLDetailsElement} */ (byRole("scenes"));
    this.tiles = new Tiles(byRole("scene-tiles"));
    /** @type {any[]} */
    this.matches = [];
    this.root.addEventListener("toggle", () => {
      this.#fill();
      turned(this.root.open);
    });
    byRole("copies-scenes").addEventListener("click", () => {
      this.root.open = true;
      this.root.scrollIntoView({ block: "start" });
      this.root.querySelector("summary")?.focus({ preventScroll: true });
    });
    new ResizeObserver(() => {
      if (this.tiles.measure()) this.#fill();
    }).observe(this.tiles.list);
  }

  /** @param {Answer} answer @param {Links} links @param {boolean} open */
  show(answer, links, open) {
    const count = answer.same_scene_total;
    const shown = answer.same_scene.length;
    this.matches = answer.same_scene;
    this.tiles.links = links;
    this.root.hidden = count === 0;
    this.root.open = open;
    const way = byRole("copies-scenes");
    way.hidden = count === 0;
    way.textContent = t("copies.scenes", { count });
    byRole("scenes-count").textContent = number(count);
    byRole("scenes-most").textContent = shown < count ? t("copies.scenes.most", { count: shown }) : "";
    this.#fill();
  }

  /** Photos are asked for once somebody wants to see them. */
  #fill() {
    this.tiles.measure();
    this.tiles.show(this.root.open ? this.matches : [], 1, true);
  }
}
