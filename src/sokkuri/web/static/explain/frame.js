// @ts-check
/**
 * Rectangles, and how one lies within another. A rectangle is [left, top, right, bottom].
 */

/** @typedef {[number, number, number, number]} Box */

/** @type {Box} */
export const WHOLE = [0, 0, 1, 1];

/**
 * Where a rectangle given in fractions of an outer one lies in the world of the outer one.
 *
 * @param {Box} inner
 * @param {Box} outer
 * @returns {Box}
 */
export function outward([left, top, right, bottom], outer) {
  const width = outer[2] - outer[0];
  const height = outer[3] - outer[1];
  return [
    outer[0] + left * width,
    outer[1] + top * height,
    outer[0] + right * width,
    outer[1] + bottom * height,
  ];
}

/**
 * The other way round: a rectangle of the world in fractions of the outer one.
 *
 * @param {Box} box
 * @param {Box} outer
 * @returns {Box}
 */
export function inward([left, top, right, bottom], outer) {
  const width = outer[2] - outer[0];
  const height = outer[3] - outer[1];
  return [
    (left - outer[0]) / width,
    (top - outer[1]) / height,
    (right - outer[0]) / width,
    (bottom - outer[1]) / height,
  ];
}

/**
 * @param {number} row
 * @param {number} column
 * @param {number} rows
 * @param {number} columns
 * @returns {Box} the cell in fractions of its grid
 */
export function cellBox(row, column, rows, columns) {
  return [column / columns, row / rows, (column + 1) / columns, (row + 1) / rows];
}

/**
 * @param {Box} box
 * @returns {Box} the part that lies within 0 and 1
 */
export function clipped(box) {
  return /** @type {Box} */ (box.map((side) => Math.min(1, Math.max(0, side))));
}

/**
 * @param {Box} box
 * @returns {Box} the same in a picture turned left to right
 */
export function mirrored([left, top, right, bottom]) {
  return [1 - right, top, 1 - left, bottom];
}

/**
 * Put an element where a rectangle of fractions says, in percent of its parent.
 *
 * @param {HTMLElement} element
 * @param {Box} box
 */
export function place(element, [left, top, right, bottom]) {
  element.style.left = `${left * 100}%`;
  element.style.top = `${top * 100}%`;
  element.style.width = `${(right - left) * 100}%`;
  element.style.height = `${(bottom - top) * 100}%`;
}
