// @ts-check
/**
 * Maps of cells as pictures: one pixel of a canvas for each cell, which CSS makes larger.
 */

/** The one red of differing cells; nothing else on the page is drawn in it. */
export const RED = /** @type {const} */ ([0xe5, 0x48, 0x4d]);

const ONE = [0xf4, 0xf4, 0xf2];
const ZERO = [0x1c, 0x1c, 0x1f];

/** Which channels of a pixel a panel's values fill. */
/** @type {Record<string, number[]>} */
const TINTS = {
  red: [1, 0.5, 0.47],
  green: [0.5, 0.92, 0.56],
  blue: [0.56, 0.67, 1],
};

/**
 * @param {number} rows
 * @param {number} columns
 * @param {(at: number) => number[]} colour of a cell, three or four numbers up to 255
 * @returns {HTMLCanvasElement}
 */
function canvasOf(rows, columns, colour) {
  const canvas = document.createElement("canvas");
  canvas.width = columns;
  canvas.height = rows;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(columns, rows);
  for (let at = 0; at < rows * columns; at++) {
    const [red, green, blue, alpha = 255] = colour(at);
    image.data.set([red, green, blue, alpha], 4 * at);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/**
 * The picture at the size of the hash.
 *
 * @param {Uint8Array} pixels red, green, blue
 * @param {number} rows
 * @param {number} columns
 * @returns {HTMLCanvasElement}
 */
export function paintPixels(pixels, rows, columns) {
  return canvasOf(rows, columns, (at) => [...pixels.subarray(3 * at, 3 * at + 3)]);
}

/**
 * Values as grays, or as shades of the channel that they belong to.
 *
 * @param {import("./model.js").Model} model
 * @param {number[]} values
 * @returns {HTMLCanvasElement}
 */
export function paintValues(model, values) {
  const tint = TINTS[model.name] ?? [1, 1, 1];
  return canvasOf(model.rows, model.columns, (at) => tint.map((share) => share * values[at]));
}

/**
 * Ones light, zeros dark; bits that the search leaves out are faint.
 *
 * @param {import("./model.js").Model} model
 * @param {Uint8Array} bits
 * @returns {HTMLCanvasElement}
 */
export function paintBits(model, bits) {
  return canvasOf(model.rows, model.columns, (at) => [
    ...(bits[at] ? ONE : ZERO),
    model.compared?.[at] ? 255 : 60,
  ]);
}

/**
 * Differing cells in red. Cells that agree stay visible as a shadow of the picture.
 *
 * @param {import("./model.js").Model} model
 * @returns {HTMLCanvasElement}
 */
export function paintDiffering(model) {
  const { bitsA, compared, differing } = model;
  return canvasOf(model.rows, model.columns, (at) => {
    if (differing[at]) return [...RED];
    return [128, 128, 128, compared?.[at] && bitsA?.[at] ? 70 : 14];
  });
}

/**
 * How strong the red of a cell is: full where as many bits differ as in the worst cell of the map.
 * Where few differ at all the scale still ends at a quarter of the bits, so that two photos that
 * are alike do not look as if they were not. A single cell has none to be compared with: for it the
 * scale is all of its bits.
 *
 * @param {import("./model.js").Model} model
 * @returns {number[]} 0 to 1 for each cell
 */
export function heatOf(model) {
  const alone = model.differing.length === 1;
  let worst = 0;
  for (const count of model.differing) worst = Math.max(worst, count);
  const end = alone ? model.most : Math.max(model.most / 4, worst);
  return Array.from(model.differing, (count) => count / end);
}
