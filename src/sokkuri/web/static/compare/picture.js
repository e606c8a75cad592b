// @ts-check
/** One photo on the stage: as large a preview as is looked at, and no larger. */
import { pictureUrl } from "../common/api.js";

const SIDES = /** @type {const} */ ([640, 1280, 2048]);

/** From here on single pixels are meant to be seen. */
const PIXELS = 3;

export class Picture {
  #id = "";
  #side = 0;

  /** The photo's own longer side: a larger preview would show no more. */
  #most = Infinity;

  /** @param {HTMLImageElement} image */
  constructor(image) {
    this.image = image;
  }

  /** @param {{id: string, name: string, width: number | null, height: number | null}} photo */
  show({ id, name, width, height }) {
    if (id === this.#id) return;
    this.#id = id;
    this.#side = 0;
    this.#most = Math.max(width ?? 0, height ?? 0) || Infinity;
    this.image.alt = name;
  }

  /**
   * Ask for a preview with so many pixels along its longer side, if there is none yet.
   *
   * @param {number} pixels
   */
  async need(pixels) {
    if (!this.#id) return;
    const wanted = Math.min(pixels, this.#most);
    const side = SIDES.find((each) => each >= wanted) ?? SIDES[SIDES.length - 1];
    if (side <= this.#side) return;
    const first = this.#side === 0;
    this.#side = side;
    const id = this.#id;
    const url = pictureUrl(id, side);
    if (first) {
      this.image.src = url;
      return;
    }
    const larger = new Image();
    larger.src = url;
    // The smaller one stays until the larger can be drawn at once; if it never comes, for good.
    await larger.decode().catch(() => {});
    if (larger.naturalWidth && id === this.#id && side === this.#side) this.image.src = url;
  }

  /**
   * @param {import("./frame.js").Spot} spot in the frame
   * @param {import("./view.js").View} view
   */
  place(spot, view) {
    const { zoom, frame, window } = view;
    const scale = 1 / devicePixelRatio;
    const left = window.width / 2 - view.x * frame.width * zoom + spot.left * zoom;
    const top = window.height / 2 - view.y * frame.height * zoom + spot.top * zoom;
    const { style } = this.image;
    style.width = `${spot.width * zoom * scale}px`;
    style.height = `${spot.height * zoom * scale}px`;
    const linear = spot.linear ? ` matrix(${spot.linear}, 0, 0)` : "";
    style.transform = `translate(${left * scale}px, ${top * scale}px)${linear}`;
    style.imageRendering = zoom >= PIXELS ? "pixelated" : "auto";
    this.need(Math.max(spot.width, spot.height) * zoom);
  }
}
