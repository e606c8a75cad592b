// @ts-check
/**
 * One photo in the place of the other: by itself, or by the space bar. Pressed shortly it stays
 * changed, held it changes back.
 */

/** Slow enough not to flash, quick enough that the eye sees what moves. */
const BEAT_MS = 700;
const HELD_MS = 250;

export class Blink {
  /** @type {number | undefined} */
  #beat;
  #pressed = 0;

  /** @param {import("./stage.js").Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.wanted = !this.still.matches;
    this.still.addEventListener("change", () => this.refresh());
  }

  get running() {
    return this.#beat !== undefined;
  }

  /** @param {boolean} wanted */
  want(wanted) {
    this.wanted = wanted;
    this.refresh();
  }

  /** Run where the mode and the person's wish allow it. */
  refresh() {
    window.clearInterval(this.#beat);
    this.#beat = undefined;
    if (this.stage.mode === "blink" && this.wanted && !this.still.matches) {
      this.#beat = window.setInterval(() => this.flip(), BEAT_MS);
    }
    this.stage.element.dataset.blinking = String(this.running);
  }

  flip() {
    this.stage.shown = this.stage.shown === "a" ? "b" : "a";
    this.stage.draw();
  }

  /** Somebody's hand takes over from the beat. */
  press() {
    if (this.running) this.want(false);
    this.#pressed = performance.now();
    this.flip();
  }

  release() {
    if (!this.#pressed) return;
    if (performance.now() - this.#pressed > HELD_MS) this.flip();
    this.#pressed = 0;
  }
}
