// @ts-check
/** Where one photo lies in another: its corners, drawn over that and cut off at its edges. */

import { shape } from "./svg.js";

/** @typedef {number[][]} Corners */

/** @param {Corners} corners @param {number} width @param {number} height */
function pointsOf(corners, width, height) {
  return corners.map(([x, y]) => `${x * width},${y * height}`).join(" ");
}

/**
 * @param {Corners} corners as fractions of the photo
 * @param {number} width of the photo @param {number} height
 * @returns {SVGElement[]} a light line, and the line on it: it is seen on every photo
 */
export function outlineOf(corners, width, height) {
  const points = pointsOf(corners, width, height);
  return ["outline-rim", "outline"].map((name) => shape("polygon", { points, class: name, "data-role": name }));
}

/** An outline over an `<img>` that keeps its shape; it is drawn once the photo is there. */
export class Outline {
  /** @param {HTMLImageElement} image */
  constructor(image) {
    this.image = image;
    /** @type {Corners} */
    this.corners = [];
    this.root = shape("svg", { class: "outline-over", "aria-hidden": "true" });
    image.addEventListener("load", () => this.draw());
  }

  /** @param {Corners} corners */
  show(corners) {
    this.corners = corners;
    this.draw();
  }

  draw() {
    const { naturalWidth: width, naturalHeight: height } = this.image;
    if (!width || !this.corners.length) return;
    this.root.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const photo = shape("svg", { width, height }, ...outlineOf(this.corners, width, height));
    this.root.replaceChildren(photo);
  }
}
