// @ts-check
/**
 * How far two photos are apart, in colours that everybody tells apart: black where they agree, over
 * violet and orange to pale yellow.
 */

const STOPS = [
  [0, 0, 4],
  [66, 10, 104],
  [147, 38, 103],
  [221, 81, 58],
  [252, 165, 10],
  [252, 255, 164],
];

/** The side of the small pictures by which a gain is chosen. */
const SAMPLE = 96;
/** This share of all differences stays below white. */
const SHARE = 0.98;

/**
 * The gain that makes most differences of two photos seen, and blows none but the largest out.
 * @param {HTMLImageElement} a @param {HTMLImageElement} b
 * @param {import("./frame.js").Frame | null} [frame] where B is laid on A: only what both show counts
 * @returns {number} 1 to 16, in halves; 1 until both are there
 */
export function fittingGain(a, b, frame = null) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SAMPLE;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context || !a.naturalWidth || !b.naturalWidth) return 1;
  context.fillStyle = "#000";
  context.fillRect(0, 0, SAMPLE, SAMPLE);
  context.globalCompositeOperation = "difference";
  if (frame) {
    const scale = SAMPLE / Math.max(frame.width, frame.height);
    // Cut to both before either is drawn: elsewhere nothing is compared.
    for (const spot of [frame.a, frame.b]) {
      context.setTransform(matrixOf(spot, scale));
      context.beginPath();
      context.rect(0, 0, spot.width, spot.height);
      context.clip();
    }
    for (const [image, spot] of /** @type {const} */ ([[a, frame.a], [b, frame.b]])) {
      context.setTransform(matrixOf(spot, scale));
      context.drawImage(image, 0, 0, spot.width, spot.height);
    }
  } else {
    for (const image of [a, b]) context.drawImage(image, 0, 0, SAMPLE, SAMPLE);
  }
  const { data } = context.getImageData(0, 0, SAMPLE, SAMPLE);
  const most = new Uint8Array(SAMPLE * SAMPLE);
  for (let at = 0; at < most.length; at++) {
    most[at] = Math.max(data[4 * at], data[4 * at + 1], data[4 * at + 2]);
  }
  const high = most.sort()[Math.floor(SHARE * (most.length - 1))];
  return Math.min(16, Math.max(1, Math.floor((2 * 255) / Math.max(1, high)) / 2));
}

/** @param {import("./frame.js").Spot} spot @param {number} scale */
function matrixOf({ left, top, linear = [1, 0, 0, 1] }, scale) {
  const [a, b, c, d] = linear;
  return new DOMMatrix([a * scale, b * scale, c * scale, d * scale, left * scale, top * scale]);
}

/** The largest side that is computed; a map needs no more. */
const MOST = 1400;

/** @returns {Uint8ClampedArray} red, green, blue for each of 256 differences */
function ramp() {
  const colours = new Uint8ClampedArray(256 * 3);
  for (let value = 0; value < 256; value++) {
    const along = (value / 255) * (STOPS.length - 1);
    const from = Math.min(STOPS.length - 2, Math.floor(along));
    for (let channel = 0; channel < 3; channel++) {
      const [low, high] = [STOPS[from][channel], STOPS[from + 1][channel]];
      colours[3 * value + channel] = low + (high - low) * (along - from);
    }
  }
  return colours;
}

const RAMP = ramp();

/**
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLElement} panes with two images, where they stand now
 * @param {number} gain
 * @param {boolean} aligned whether B is laid on A: only what both show counts
 */
export function paintFalse(canvas, panes, gain, aligned) {
  const bounds = panes.getBoundingClientRect();
  const scale = Math.min(1, MOST / Math.max(bounds.width, bounds.height, 1));
  canvas.width = Math.max(1, Math.round(bounds.width * scale));
  canvas.height = Math.max(1, Math.round(bounds.height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return;
  context.fillStyle = "#000";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.globalCompositeOperation = "difference";
  const toCanvas = new DOMMatrix([scale, 0, 0, scale, 0, 0]);
  const images = [...panes.querySelectorAll("img")];
  for (const { style } of aligned ? images : []) {
    context.setTransform(toCanvas.multiply(new DOMMatrix(style.transform)));
    context.beginPath();
    context.rect(0, 0, parseFloat(style.width), parseFloat(style.height));
    context.clip();
  }
  for (const image of images) {
    const { offsetWidth, style } = image;
    if (!image.complete || !image.naturalWidth || !offsetWidth) continue;
    context.imageSmoothingEnabled = style.imageRendering !== "pixelated";
    context.setTransform(toCanvas.multiply(new DOMMatrix(style.transform)));
    context.drawImage(image, 0, 0, parseFloat(style.width), parseFloat(style.height));
  }
  context.resetTransform();
  const picture = context.getImageData(0, 0, canvas.width, canvas.height);
  colour(picture.data, gain);
  context.putImageData(picture, 0, 0);
}

/** @param {Uint8ClampedArray} data @param {number} gain */
function colour(data, gain) {
  for (let at = 0; at < data.length; at += 4) {
    const most = Math.max(data[at], data[at + 1], data[at + 2]);
    const value = 3 * Math.min(255, Math.round(most * gain));
    data[at] = RAMP[value];
    data[at + 1] = RAMP[value + 1];
    data[at + 2] = RAMP[value + 2];
  }
}
