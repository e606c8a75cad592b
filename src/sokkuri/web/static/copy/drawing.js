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
/** A photo's own corners. */
const WHOLE = [[0, 0], [1, 0], [1, 1], [0, 1]];

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

/**
 * The blocks of A, over the photo in which A has these corners. They overlap by halves, so that the
 * middle of each is its own.
 * @param {Pair} pair @param {Placed} spot @param {number[][]} corners
 */
function blocksOf({ details }, { width, height }, [[x0, y0], [x1, y1], , [x3, y3]]) {
  /** @param {number} x @param {number} y */
  const at = (x, y) =>
    `${width * (x0 + x * (x1 - x0) + y * (x3 - x0))},${height * (y0 + x * (y1 - y0) + y * (y3 - y0))}`;
  const blocks = (details?.blocks ?? []).map(({ box: [left, top, right, bottom], agreement }) => {
    const [across, down] = [(right - left) / 4, (bottom - top) / 4];
    const [x, y, u, v] = [left + across, top + down, right - across, bottom - down];
    return shape("polygon", {
      points: [at(x, y), at(u, y), at(u, v), at(x, v)].join(" "),
      class: `copy-block ${agreement < AGREES ? "differs" : "agrees"}`,
    });
  });
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
    photo(a, blocksOf(pair, a, WHOLE), ...(corners ? [outline(corners.photo, a)] : [])),
    photo(b, ...(corners ? [blocksOf(pair, b, corners.query), outline(corners.query, b)] : [])),
    linesOf(pair, a, b),
  );
  return root;
}
