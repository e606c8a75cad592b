// @ts-check
/**
 * What the explanation says, in the form that the drawing needs: cells with counts.
 */
import { bitsOf, differingOf } from "./bits.js";
import { WHOLE } from "./frame.js";

/**
 * @typedef {Object} Model
 * @property {string} name
 * @property {"values" | "gradients" | "colours"} kind
 * @property {number} rows
 * @property {number} columns
 * @property {boolean} place whether the cells are places of the picture
 * @property {boolean} located the same, or a colour of its middle: it can be framed in the picture
 * @property {boolean} valued whether the hash shows the values that became bits
 * @property {import("./frame.js").Box} within where the cells lie in the frame of the picture
 * @property {Uint8Array | Uint16Array} differing differing compared bits of each cell
 * @property {number} most how many of a cell are compared, on average
 * @property {number} total all of them
 * @property {any} panel as the API sent it
 * @property {Uint8Array} [bitsA]
 * @property {Uint8Array} [bitsB]
 * @property {Uint8Array} [compared]
 */

/** Cells of the look hash that do not reach to the edge of its frame, which is 60 pixels wide. */
/** @type {Record<string, Record<number, number>>} */
const INSETS = {
  gradients: { 7: 2 / 60 },
  colours: { 1: 15 / 60, 3: 9 / 60 },
};

/**
 * @param {any} panel
 * @returns {import("./frame.js").Box}
 */
function within(panel) {
  if (panel.within) return panel.within;
  const inset = INSETS[panel.kind]?.[panel.columns] ?? 0;
  return inset ? [inset, inset, 1 - inset, 1 - inset] : WHOLE;
}

/**
 * @param {any} panel
 * @returns {Partial<Model>}
 */
function valuesOf(panel) {
  const count = panel.rows * panel.columns;
  const bitsA = bitsOf(panel.bits_a, count);
  const bitsB = bitsOf(panel.bits_b, count);
  const compared = panel.compared ? bitsOf(panel.compared, count) : new Uint8Array(count).fill(1);
  return { bitsA, bitsB, compared, differing: differingOf(bitsA, bitsB, compared) };
}

/**
 * @param {any} panel
 * @returns {Model}
 */
export function modelOf(panel) {
  const { name, kind, rows, columns, place } = panel;
  const cells =
    kind === "values" ? valuesOf(panel) : { differing: Uint16Array.from(panel.differing) };
  const differing = /** @type {Uint8Array | Uint16Array} */ (cells.differing);
  return {
    ...cells,
    ...{ name, kind, rows, columns, place, panel, differing },
    located: place || kind === "colours",
    valued: kind === "values" && panel.reference_name !== "",
    within: within(panel),
    most: kind === "values" ? 1 : panel.bits / (rows * columns),
    total: sumOf(differing),
  };
}

/** @param {Iterable<number>} counts */
function sumOf(counts) {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}

/**
 * What a value was compared with: one number for all cells, or one for each.
 *
 * @param {number | number[]} reference
 * @param {number} at
 * @returns {number}
 */
export function referenceAt(reference, at) {
  return Array.isArray(reference) ? reference[at] : reference;
}
