// @ts-check
/** How many photos lie at which distance, drawn on a canvas with the threshold in it. */

import { THEME_CHANGED } from "../common/theme.js";

/** Width of a bar and of the gap after it, in CSS pixels. */
const BAR = 3;
const GAP = 1;

/** Where the last bits of height go: a mark at the very top would touch the frame. */
const HEADROOM = 6;

export class Histogram {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {number} inset CSS pixels at both ends, where the handles are half outside
   */
  constructor(canvas, inset) {
    this.canvas = canvas;
    this.inset = inset;
    /** @type {number[]} */
    this.counts = [];
    this.least = 0;
    this.most = 0;
    this.width = 0;
    this.height = 0;
    this.colours = coloursOf(canvas);
    new ResizeObserver(() => this.resize()).observe(canvas);
    document.addEventListener(THEME_CHANGED, () => {
      this.colours = coloursOf(canvas);
      this.draw();
    });
  }

  /** @param {number[]} counts photos at distance 0, 1, 2 and so on */
  load(counts) {
    this.counts = counts;
    this.bin();
    this.draw();
  }

  /**
   * Shade the bars from one distance to another, both inclusive.
   * @param {number} least @param {number} most
   */
  mark(least, most) {
    this.least = least;
    this.most = most;
    this.draw();
  }

  resize() {
    const box = this.canvas.getBoundingClientRect();
    const scale = window.devicePixelRatio || 1;
    this.width = box.width;
    this.height = box.height;
    this.canvas.width = Math.round(box.width * scale);
    this.canvas.height = Math.round(box.height * scale);
    this.canvas.getContext("2d")?.setTransform(scale, 0, 0, scale, 0, 0);
    this.bin();
    this.draw();
  }

  /** Where a distance stands, in CSS pixels. @param {number} distance */
  at(distance) {
    const room = this.width - 2 * this.inset;
    const farthest = Math.max(1, this.counts.length - 1);
    return this.inset + (room * Math.min(distance, farthest)) / farthest;
  }

  /**
   * What stands at a place of the canvas: the distances that share its bar, and their photos.
   * @param {number} x in CSS pixels
   * @returns {{least: number, most: number, count: number} | null} null beside the bars
   */
  under(x) {
    const bars = this.bars?.length ?? 0;
    const share = (x - this.inset) / Math.max(1, this.width - 2 * this.inset);
    if (!bars || share < -0.02 || share > 1.02) return null;
    const bar = Math.round(Math.min(1, Math.max(0, share)) * (bars - 1));
    const farthest = Math.max(1, this.counts.length - 1);
    const half = bars > 1 ? farthest / (bars - 1) / 2 : 0;
    const middle = bars > 1 ? (bar / (bars - 1)) * farthest : 0;
    return {
      least: Math.max(0, Math.ceil(middle - half)),
      most: Math.min(farthest, Math.max(Math.ceil(middle + half) - 1, Math.floor(middle))),
      count: /** @type {Uint32Array} */ (this.bars)[bar],
    };
  }

  /** Sum the counts that share a bar. */
  bin() {
    const room = Math.max(1, this.width - 2 * this.inset);
    const farthest = Math.max(1, this.counts.length - 1);
    const bars = Math.max(1, Math.min(farthest + 1, Math.floor(room / (BAR + GAP)) + 1));
    this.bars = new Uint32Array(bars);
    for (let distance = 0; distance < this.counts.length; distance++) {
      const bar = Math.round((distance / farthest) * (bars - 1));
      this.bars[bar] += this.counts[distance];
    }
    this.tallest = this.bars.reduce((most, count) => Math.max(most, count), 1);
  }

  draw() {
    const pen = this.canvas.getContext("2d");
    if (!pen || !this.width || !this.bars) return;
    pen.clearRect(0, 0, this.width, this.height);
    const floor = this.height - 0.5;
    this.shade(pen, floor);
    this.drawBars(pen, floor);
    pen.fillStyle = this.colours.edge;
    pen.fillRect(this.inset - BAR, floor, this.width - 2 * (this.inset - BAR), 1);
  }

  /** @param {CanvasRenderingContext2D} pen @param {number} floor */
  shade(pen, floor) {
    const left = this.at(this.least);
    const right = this.at(this.most);
    pen.fillStyle = this.colours.wash;
    pen.fillRect(left, 0, right - left, floor);
    pen.fillStyle = this.colours.accent;
    if (this.least > 0) pen.fillRect(Math.round(left) - 0.5, 0, 1, floor);
    pen.fillRect(Math.round(right) - 0.5, 0, 1, floor);
  }

  /**
   * Heights are square roots, so that one near photo is seen beside hundreds of far ones.
   * @param {CanvasRenderingContext2D} pen @param {number} floor
   */
  drawBars(pen, floor) {
    const bars = /** @type {Uint32Array} */ (this.bars);
    const room = this.width - 2 * this.inset;
    const step = bars.length > 1 ? room / (bars.length - 1) : 0;
    const wide = Math.min(12, Math.max(BAR, step - GAP));
    const farthest = Math.max(1, this.counts.length - 1);
    for (let i = 0; i < bars.length; i++) {
      if (!bars[i]) continue;
      const distance = bars.length > 1 ? (i / (bars.length - 1)) * farthest : 0;
      const inside = distance >= this.least - 0.5 && distance <= this.most + 0.5;
      pen.fillStyle = inside ? this.colours.accent : this.colours.bar;
      const share = Math.sqrt(bars[i] / /** @type {number} */ (this.tallest));
      const height = Math.max(2, share * (floor - HEADROOM));
      pen.fillRect(this.inset + i * step - wide / 2, floor - height, wide, height);
    }
  }
}

/** @param {HTMLElement} element */
function coloursOf(element) {
  /** @param {string} name */
  const colour = (name) => {
    // A custom property keeps light-dark() as it is written; a real property gives what is used.
    element.style.color = `var(${name})`;
    const used = getComputedStyle(element).color;
    element.style.color = "";
    return used;
  };
  return {
    accent: colour("--accent"),
    wash: colour("--accent-wash"),
    bar: colour("--bar"),
    edge: colour("--edge"),
  };
}
