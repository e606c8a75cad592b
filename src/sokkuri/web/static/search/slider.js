// @ts-check
/** Two native range inputs laid over each other: a threshold with two handles. */

import { t } from "../common/words.js";

/**
 * @typedef {object} Hooks
 * @property {(least: number, most: number) => void} drag the handles are being moved
 * @property {() => void} release they are let go
 * @property {(least: number, most: number) => number} count matches between two distances
 */

/** Keys repeat; what follows a release is done once they rest. */
const REST = 160;

export class Slider {
  /**
   * @param {HTMLElement} root takes presses beside the handles
   * @param {HTMLInputElement} min @param {HTMLInputElement} max
   * @param {Hooks} hooks
   * @param {number} inset as in the histogram: half a handle
   */
  constructor(root, min, max, hooks, inset) {
    this.root = root;
    this.min = min;
    this.max = max;
    this.hooks = hooks;
    this.inset = inset;
    this.pressed = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.resting = undefined;
    for (const input of [min, max]) {
      input.addEventListener("input", () => this.moved(input));
      input.addEventListener("change", () => this.letGo());
      input.addEventListener("pointerdown", () => (this.pressed = true));
    }
    // The change event comes after this one.
    addEventListener("pointerup", () => setTimeout(() => (this.pressed = false)));
    root.addEventListener("pointerdown", (event) => this.press(event));
  }

  /** @param {number} farthest */
  setRange(farthest) {
    for (const input of [this.min, this.max]) input.max = String(farthest);
  }

  /** @param {number} least @param {number} most */
  set(least, most) {
    this.min.value = String(least);
    this.max.value = String(most);
    // At the right end the lower handle must be reachable: it lies on top there.
    this.min.classList.toggle("on-top", least > Number(this.min.max) / 2);
    this.describe();
  }

  get least() {
    return Number(this.min.value);
  }

  get most() {
    return Number(this.max.value);
  }

  describe() {
    const count = this.hooks.count(this.least, this.most);
    this.min.setAttribute("aria-valuetext",
      t("search.threshold.text.min", { distance: this.least, count }));
    this.max.setAttribute("aria-valuetext",
      t("search.threshold.text", { distance: this.most, count }));
  }

  /** @param {HTMLInputElement} input */
  moved(input) {
    clearTimeout(this.resting);
    if (this.least > this.most) {
      if (input === this.min) this.min.value = this.max.value;
      else this.max.value = this.min.value;
    }
    this.hooks.drag(this.least, this.most);
  }

  letGo() {
    clearTimeout(this.resting);
    if (this.pressed) {
      this.pressed = false;
      this.hooks.release();
    } else {
      this.resting = setTimeout(() => this.hooks.release(), REST);
    }
  }

  /** A press beside the handles takes the nearer one along. @param {PointerEvent} event */
  press(event) {
    if (event.button !== 0 || event.target instanceof HTMLInputElement) return;
    const first = this.valueAt(event.clientX);
    const input = first - this.least < this.most - first ? this.min : this.max;
    event.preventDefault();
    input.focus({ preventScroll: true });
    this.root.setPointerCapture(event.pointerId);
    /** @param {PointerEvent} moving */
    const move = (moving) => {
      input.value = String(this.valueAt(moving.clientX));
      this.moved(input);
    };
    const end = () => {
      this.root.removeEventListener("pointermove", move);
      this.root.removeEventListener("pointerup", end);
      this.root.removeEventListener("pointercancel", end);
      this.hooks.release();
    };
    this.root.addEventListener("pointermove", move);
    this.root.addEventListener("pointerup", end);
    this.root.addEventListener("pointercancel", end);
    move(event);
  }

  /** @param {number} x in the window */
  valueAt(x) {
    const box = this.root.getBoundingClientRect();
    const share = (x - box.left - this.inset) / Math.max(1, box.width - 2 * this.inset);
    return Math.round(Math.min(1, Math.max(0, share)) * Number(this.max.max));
  }
}
