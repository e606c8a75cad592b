// @ts-check
/** One copy: its photo with the query's outline, how well both agree, and what was done. */

import { el } from "../common/dom.js";
import { Outline } from "../common/outline.js";
import { t } from "../common/words.js";
import { Tile } from "./tile.js";

/** @typedef {import("../api.js").FoundCopy & {lowQuality: null}} FoundCopy */

export class CopyTile extends Tile {
  /** @param {FoundCopy} copy */
  constructor(copy) {
    super(copy);
    this.edits = el("p", { class: "tile-edits", "data-role": "tile-edits" });
    this.outline = new Outline(this.image);
    this.image.after(this.outline.root);
    this.name.before(this.edits);
    this.root.classList.add("copy");
  }

  /** @param {any} copy */
  tell(copy) {
    const sure = t(copy.sure ? "copies.sure" : "copies.unsure");
    this.distance.textContent = copy.score.toFixed(2);
    this.percent.textContent = sure;
    this.percent.title = t("copies.score.title");
    this.root.dataset.sure = String(copy.sure);
    this.edits.textContent = copy.same ? "" : copy.text;
    this.edits.title = copy.text;
    this.outline.show(copy.outline.query);
    return t("copies.tile", { name: copy.name, score: copy.score.toFixed(2), edits: copy.text });
  }
}
