// @ts-check
/** One copy: its photo with the query's outline, how well both agree, and what was done. */

import { el } from "../common/dom.js";
import { Outline } from "../common/outline.js";
import { number, t } from "../common/words.js";
import { Tile } from "./tile.js";

/** @typedef {import("../api.js").FoundCopy & {lowQuality: null, scene: boolean}} FoundCopy */

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
    const sure = copy.sure ? "copies.sure" : "copies.unsure";
    this.distance.textContent = copy.score.toFixed(2);
    this.percent.textContent = t(copy.scene ? "copies.scene" : sure);
    this.percent.title = copy.scene ? "" : t("copies.score.title");
    this.root.dataset.sure = String(copy.sure && !copy.scene);
    // No edit makes the one of the other: what they have in common is where they were taken.
    const percent = `${number(Math.round(100 * copy.edits.covered))}%`;
    const edits = copy.scene ? t("copies.differs", { percent }) : copy.text;
    this.edits.textContent = copy.same ? "" : edits;
    this.edits.title = edits;
    this.outline.show(copy.outline.query);
    return t("copies.tile", { name: copy.name, score: copy.score.toFixed(2), edits });
  }
}
