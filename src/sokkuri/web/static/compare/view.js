// @ts-check
/**
 * Where one looks: the zoom, and the point of the frame in the middle of the window. It is the same
 * for both photos and in every mode, and stays when the pair changes.
 */

/**
 * @typedef {{width: number, height: number}} Size
 */

const LEAST = 0.02;
const MOST = 32;

/** @param {number} value @param {number} least @param {number} most */
function between(value, least, most) {
  return Math.min(most, Math.max(least, value));
}

export class View {
  /** Screen pixels per pixel of the frame; 1 is 100 %. */
  zoom = 1;

  /** The middle, in fractions of the frame. */
  x = 0.5;
  y = 0.5;

  /** Whether the zoom follows the window, so that all of the frame is seen. */
  fits = true;

  /** @type {Size} */
  frame = { width: 1, height: 1 };

  /** @type {Size} of the window in screen pixels */
  window = { width: 1, height: 1 };

  /** @type {() => void} */
  onchange = () => {};

  /** @param {Size} frame @param {Size} window */
  resize(frame, window) {
    this.frame = frame;
    this.window = window;
    if (this.fits) this.#fit();
    this.onchange();
  }

  fit() {
    this.fits = true;
    this.#fit();
    this.onchange();
  }

  /** The frame has other pixels now. @param {number} factor that keeps sizes on the screen */
  rescale(factor) {
    if (!this.fits) this.zoom = between(this.zoom * factor, LEAST, MOST);
  }

  #fit() {
    const { frame, window } = this;
    this.zoom = between(
      Math.min(window.width / frame.width, window.height / frame.height),
      LEAST,
      MOST,
    );
    this.x = this.y = 0.5;
  }

  /**
   * @param {number} zoom
   * @param {number} [right] the point that stays, in screen pixels from the middle of the window
   * @param {number} [down]
   */
  zoomTo(zoom, right = 0, down = 0) {
    const next = between(zoom, LEAST, MOST);
    this.x += (right / this.zoom - right / next) / this.frame.width;
    this.y += (down / this.zoom - down / next) / this.frame.height;
    this.zoom = next;
    this.fits = false;
    this.#stay();
    this.onchange();
  }

  /** @param {number} right how far the photo moves, in screen pixels @param {number} down */
  pan(right, down) {
    this.x -= right / (this.zoom * this.frame.width);
    this.y -= down / (this.zoom * this.frame.height);
    this.fits = false;
    this.#stay();
    this.onchange();
  }

  #stay() {
    this.x = between(this.x, 0, 1);
    this.y = between(this.y, 0, 1);
  }

  /** @returns {string} for the address: empty where the frame fits */
  toText() {
    if (this.fits) return "";
    return [this.zoom, this.x, this.y].map((value) => Number(value.toFixed(4))).join("_");
  }

  /** @param {string | null} text */
  fromText(text) {
    const values = (text ?? "").split("_").map(Number);
    if (values.length !== 3 || !values.every(Number.isFinite)) return;
    [this.zoom, this.x, this.y] = values;
    this.zoom = between(this.zoom, LEAST, MOST);
    this.fits = false;
    this.#stay();
  }
}
