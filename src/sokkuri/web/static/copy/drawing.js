// @ts-check
/** Both photos in one drawing: outlines, matching points as lines, blocks by agreement. */

import { pictureUrl } from "../common/api.js";
import { outlineOf } from "../common/outline.js";
import { shape } from "../common/svg.js";

/** @typedef {import("../api.js").CopyPair} Pair */
/** @typedef {{href: string, x: number, y: number, width: number, height: number}} Placed */

const SIDE = 1000;
const GAP = 48;
/** Agreement below which a block differs; the finder counts from there on, too. */
const AGREES = 0.3;

/** @param {string} id @returns {Promise<HTMLImageElement>} */
async function photoOf(id) {
  const image = new Image();
  image.src = pictureUrl(id, 1280);
  await image.decode();
  return image;
}

/**
 * Beside each other, of one height; or below each other, of one width.
 * @param {HTMLImageElement[]} images @param {boolean} narrow @returns {Placed[]}
 */
function placed(images, narrow) {
  let at = 0;
  return images.map(({ src, naturalWidth, naturalHeight }) => {
    const scale = SIDE / (narrow ? naturalWidth : naturalHeight);
    const [width, height] = [naturalWidth * scale, naturalHeight * scale];
    const spot = { href: src, width, height, x: narrow ? 0 : at, y: narrow ? at : 0 };
    at += (narrow ? height : width) + GAP;
    return spot;
  });
}

/** @param {Placed} spot @param {...SVGElement} over in the photo's own places */
function photo({ href, x, y, width, height }, ...over) {
  const image = shape("image", { href, width, height });
  return shape("svg", { x, y, width, height }, image, ...over);
}

/** @param {Pair} pair @param {Placed} a */
function blocksOf({ details }, a) {
  const blocks = (details?.blocks ?? []).map(({ box: [left, top, right, bottom], agreement }) =>
    shape("rect", {
      x: left * a.width, y: top * a.height, width: (right - left) * a.width,
      height: (bottom - top) * a.height, class: `copy-block ${agreement < AGREES ? "differs" : "agrees"}`,
    }));
  return shape("g", { class: "blocks" }, ...blocks);
}

/** @param {Pair} pair @param {Placed} a @param {Placed} b */
function linesOf({ details }, a, b) {
  const lines = (details?.lines ?? []).flatMap(([x, y, u, v]) => {
    const [x1, y1] = [a.x + x * a.width, a.y + y * a.height];
    const [x2, y2] = [b.x + u * b.width, b.y + v * b.height];
    return [
      shape("line", { x1, y1, x2, y2, class: "copy-line" }),
      shape("circle", { cx: x1, cy: y1, r: 5, class: "copy-dot" }),
      shape("circle", { cx: x2, cy: y2, r: 5, class: "copy-dot" }),
    ];
  });
  return shape("g", { class: "lines" }, ...lines);
}

/** @param {number[][]} corners @param {Placed} spot */
function outline(corners, { width, height }) {
  return shape("g", { class: "outlines" }, ...outlineOf(corners, width, height));
}

/**
 * @param {Pair} pair @param {boolean} narrow @returns {Promise<SVGElement>}
 */
export async function drawingOf(pair, narrow) {
  const images = await Promise.all([photoOf(pair.a.id), photoOf(pair.b.id)]);
  const [a, b] = placed(images, narrow);
  const width = Math.max(a.x + a.width, b.x + b.width);
  const height = Math.max(a.y + a.height, b.y + b.height);
  const corners = pair.copy?.outline;
  const root = shape("svg", {
    class: "copy-drawing", "data-role": "copy-drawing", viewBox: `0 0 ${width} ${height}`, role: "img",
  });
  root.append(
    photo(a, blocksOf(pair, a), ...(corners ? [outline(corners.photo, a)] : [])),
    photo(b, ...(corners ? [outline(corners.query, b)] : [])),
    linesOf(pair, a, b),
  );
  return root;
}
