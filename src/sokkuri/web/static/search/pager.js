// @ts-check
/** Pages of tiles: which are shown, and the way to the others. */

import { byRole } from "../common/dom.js";
import { number, t } from "../common/words.js";

/**
 * The start of the page that an offset lies on, within the matches there are.
 * @param {number} offset @param {number} count @param {number} size of a page
 */
export function pageStart(offset, count, size) {
  const last = Math.max(0, Math.ceil(count / size) - 1) * size;
  return Math.min(Math.floor(offset / size) * size, last);
}

export class Pager {
  /** @param {(offset: number) => void} turn */
  constructor(turn) {
    this.turn = turn;
    this.offset = 0;
    this.count = 0;
    this.size = 1;
    byRole("page-back").addEventListener("click", () => this.back());
    byRole("page-next").addEventListener("click", () => this.next());
  }

  /** @param {number} offset @param {number} count @param {number} size of a page */
  show(offset, count, size) {
    this.offset = offset;
    this.count = count;
    this.size = size;
    const last = Math.min(count, offset + size);
    byRole("pager").hidden = count <= size;
    byRole("page-text").textContent = t("search.page", {
      first: number(Math.min(count, offset + 1)), last: number(last), total: count,
    });
    byRole("page-back").toggleAttribute("disabled", offset === 0);
    byRole("page-next").toggleAttribute("disabled", last >= count);
  }

  back() {
    if (this.offset > 0) this.turn(Math.max(0, this.offset - this.size));
  }

  next() {
    if (this.offset + this.size < this.count) this.turn(this.offset + this.size);
  }
}
