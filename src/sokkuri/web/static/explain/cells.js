// @ts-check
/**
 * The one lit cell of the page: which it is, who wants to know, and how it is moved.
 */
import { cellBox, outward } from "./frame.js";

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {Object} Cell
 * @property {Model} model
 * @property {number} row
 * @property {number} column
 * @property {boolean} deliberate moved by keys or a press, not by a passing pointer
 */

/**
 * @param {Cell} cell
 * @returns {import("./frame.js").Box | null} its place in the frame of the picture, if it has one
 */
export function placeOf({ model, row, column }) {
  if (!model.located) return null;
  return outward(cellBox(row, column, model.rows, model.columns), model.within);
}

export class Cells {
  /** @type {Cell | null} */
  lit = null;

  /** @type {((cell: Cell | null) => void)[]} */
  #listeners = [];

  /** @param {(cell: Cell | null) => void} listener */
  listen(listener) {
    this.#listeners.push(listener);
  }

  /** @param {Cell | null} cell */
  light(cell) {
    this.lit = cell;
    for (const listener of this.#listeners) listener(cell);
  }

  /**
   * Light the cell under a pointer.
   *
   * @param {Model} model
   * @param {number} x fraction of the grid from its left
   * @param {number} y fraction of the grid from its top
   * @param {boolean} deliberate
   */
  point(model, x, y, deliberate) {
    const column = within(Math.floor(x * model.columns), model.columns);
    const row = within(Math.floor(y * model.rows), model.rows);
    const { lit } = this;
    const same = lit?.model === model && lit.row === row && lit.column === column;
    if (!same || deliberate) this.light({ model, row, column, deliberate });
  }

  /**
   * Move the lit cell of a map, or light its middle first.
   *
   * @param {Model} model
   * @param {number} down
   * @param {number} right
   */
  move(model, down, right) {
    const { lit } = this;
    const known = lit?.model === model;
    const row = known ? lit.row + down : Math.floor(model.rows / 2);
    const column = known ? lit.column + right : Math.floor(model.columns / 2);
    this.light({
      model,
      row: within(row, model.rows),
      column: within(column, model.columns),
      deliberate: true,
    });
  }

  /**
   * Go to the next cell whose bits differ, in reading order and round again.
   *
   * @param {Model} model
   * @param {1 | -1} step
   */
  nextDiffering(model, step) {
    const count = model.rows * model.columns;
    const { lit } = this;
    const from = lit?.model === model ? lit.row * model.columns + lit.column : step > 0 ? -1 : 0;
    for (let tried = 1; tried <= count; tried++) {
      const at = (from + step * tried + 2 * count) % count;
      if (!model.differing[at]) continue;
      const row = Math.floor(at / model.columns);
      this.light({ model, row, column: at % model.columns, deliberate: true });
      return;
    }
  }
}

/** @param {number} value @param {number} count */
function within(value, count) {
  return Math.min(count - 1, Math.max(0, value));
}
