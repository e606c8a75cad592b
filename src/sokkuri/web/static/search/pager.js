// @ts-check
/** Pages of tiles: which are shown, and the way to the others. */

import { byRole } from "../common/dom.js";
import { settings } from "../common/page-data.js";
import { number, t } from "../common/words.js";

/**
 * The start of the page that an offset lies on, within the matches there are.
 * @param {number} offset @param {number} count
 */
export function pageStart(offset, count) {
  const last = Math.max(0, Math.ceil(count / settings.tiles) - 1) * settings.tiles;
  return Math.min(Math.floor(offset / settings.tiles) * settings.tiles, last);
}

export class Pager {
  /** @param {(offset: number) => void} turn */
  constructor(turn) {
    this.turn = turn;
    this.offset = 0;
    this.count = 0;
    byRole("page-back").addEventListener("click", () => this.back());
    byRole("page-next").addEventListener("click", () => this.next());
  }

  /** @param {number} offset @param {number} count */
  show(offset, count) {
    this.offset = offset;
    this.count = count;
    const last = Math.min(count, offset + settings.tiles);
    byRole("pager").hidden = count <= settings.tiles;
    byRole("page-text").textContent = t("search.page", {
      first: number(Math.min(count, offset + 1)), last: number(last), total: count,
    });
    byRole("page-back").toggleAttribute("disabled", offset === 0);
    byRole("page-next").toggleAttribute("disabled", last >= count);
  }

  back() {
    if (this.offset > 0) this.turn(Math.max(0, this.offset - settings.tiles));
  }

  next() {
    if (this.offset + settings.tiles < this.count) this.turn(this.offset + settings.tiles);
  }
}
