// @ts-check
/** The controls of the threshold: slider over histogram, numbers, presets, and the count. */

import { byRole, inputOf } from "../common/dom.js";
import { Histogram } from "./histogram.js";
import { settings } from "../common/page-data.js";
import { presetDistance, PRESETS } from "./presets.js";
import { Slider } from "./slider.js";
import { limitOf, maxOfRate, nearestIn } from "./state.js";
import { number, percent, t } from "../common/words.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./distances.js").Distances} Distances */
/** @typedef {import("./presets.js").Preset} Preset */

/** Hashes of the tutorial, whose thresholds are rates. */
const TUTORIAL = /^ahash-/;

/** Half a handle, in CSS pixels; page.css says the same. */
const INSET = 12;

/**
 * @typedef {object} Hooks
 * @property {(change: Partial<State>) => void} drag the threshold moves
 * @property {() => void} release it rests
 */

export class Threshold {
  /** @param {Hooks} hooks */
  constructor(hooks) {
    this.hooks = hooks;
    /** @type {Distances | null} */
    this.distances = null;
    /** Tiles of a row. */
    this.columns = 1;
    /** Whether somebody has asked for a rate. */
    this.rated = false;
    const canvas = /** @type {HTMLCanvasElement} */ (byRole("histogram"));
    this.histogram = new Histogram(canvas, INSET);
    this.slider = new Slider(byRole("slider"), inputOf("threshold-min"), inputOf("threshold-max"), {
      drag: (least, most) => hooks.drag({ minDistance: least, maxDistance: most, rate: null }),
      release: hooks.release,
      count: (least, most) => {
        const part = this.distances?.between(least, most, null);
        return part ? part.end - part.first : 0;
      },
    }, INSET);
    this.count = byRole("count");
    this.minBits = inputOf("bits-min");
    this.maxBits = inputOf("bits-max");
    this.rate = inputOf("rate");
    this.listen();
    this.listenToHints();
  }

  /** The pointer over the histogram says how many photos lie there. */
  listenToHints() {
    const slider = byRole("slider");
    const hint = byRole("histogram-hint");
    slider.addEventListener("pointermove", (event) => {
      const found = this.histogram.under(event.clientX - slider.getBoundingClientRect().left);
      const { least = 0, most = 0, count = 0 } = found ?? {};
      const distance = least < most ? `${number(least)}–${number(most)}` : number(least);
      hint.textContent = found ? t("search.histogram.hint", { distance, count }) : "";
    });
    slider.addEventListener("pointerleave", () => (hint.textContent = ""));
  }

  listen() {
    this.minBits.addEventListener("input", () => this.type({ minDistance: valueOf(this.minBits) }));
    this.maxBits.addEventListener("input", () => {
      this.type({ maxDistance: valueOf(this.maxBits), rate: null });
    });
    this.rate.addEventListener("input", () => {
      if (this.rate.value === "" || maxOfRate(this.rate.value) < 0) return;
      this.type({ rate: this.rate.value, maxDistance: null });
    });
    for (const input of [this.minBits, this.maxBits, this.rate]) {
      input.addEventListener("change", this.hooks.release);
    }
    for (const preset of PRESETS) {
      byRole(`preset-${preset}`).addEventListener("click", () => this.choose(preset));
    }
    byRole("preset-nearest").addEventListener("click", () => this.chooseNearest());
  }

  /** @param {Partial<State>} change */
  type(change) {
    if (Object.values(change).some((value) => Number.isNaN(value))) return;
    this.hooks.drag(change);
  }

  /** @param {Preset} preset */
  choose(preset) {
    if (!this.distances) return;
    const most = presetDistance(preset, this.distances, nearestIn(this.columns));
    this.hooks.drag({ minDistance: 0, maxDistance: most, rate: null });
    this.hooks.release();
  }

  chooseNearest() {
    this.hooks.drag({ minDistance: 0, maxDistance: null, rate: null, k: null });
    this.hooks.release();
  }

  /** Move the upper handle by one bit, or by more. @param {number} bits */
  nudge(bits) {
    const most = Math.max(this.slider.least, this.slider.most + bits);
    if (!this.distances || most > this.distances.farthest) return;
    this.hooks.drag({ maxDistance: most, minDistance: this.slider.least, rate: null });
    this.slider.letGo();
  }

  focus() {
    byRole("threshold-max").focus();
  }

  /** @param {Distances} distances */
  load(distances) {
    this.distances = distances;
    this.slider.setRange(distances.farthest);
    this.histogram.load(distances.histogram);
    this.maxBits.max = this.minBits.max = String(distances.bits);
    byRole("bits").textContent = t("search.bits.of", { bits: distances.bits });
    byRole("histogram").setAttribute("aria-label", t("search.histogram", {
      count: distances.searched, least: distances.nearest, most: distances.farthest,
    }));
  }

  /**
   * @param {State} state @param {import("./distances.js").Part} part
   * @param {number} columns of the tiles @param {boolean} dragging
   */
  show(state, part, columns, dragging) {
    this.columns = columns;
    const distances = /** @type {Distances} */ (this.distances);
    const limit = limitOf(state);
    // Without a threshold the handle stands at the last of the nearest.
    const most = limit ?? distances.distanceAt(Math.max(part.first, part.end - 1));
    this.slider.set(Math.min(state.minDistance, distances.farthest), Math.min(most, distances.farthest));
    this.histogram.mark(state.minDistance, Math.max(most, state.minDistance));
    setValue(this.minBits, String(state.minDistance));
    setValue(this.maxBits, String(Math.max(0, most)));
    setValue(this.rate, state.rate ?? String(Math.round(((most + 1) / settings.rate_unit) * 1e4) / 1e4));
    this.rated ||= state.rate !== null;
    byRole("rate-line").hidden = !this.rated && !TUTORIAL.test(distances.hash);
    byRole("bits-alike").textContent = t("search.bits.alike", {
      percent: percent(Math.max(0, most), distances.bits),
    });
    this.showCount(state, part.end - part.first, dragging);
    this.showPresets(state, distances);
  }

  /** @param {State} state @param {number} count @param {boolean} dragging */
  showCount(state, count, dragging) {
    const distances = /** @type {Distances} */ (this.distances);
    const nearest = limitOf(state) === null;
    // Busy: nobody is read a number for every bit the handle passes.
    this.count.setAttribute("aria-busy", String(dragging));
    this.count.dataset.count = String(count);
    this.count.dataset.total = String(distances.searched);
    const key = nearest ? "search.count.nearest" : "search.count";
    const words = [t(key, { count: number(count), total: distances.searched })];
    const chance = Math.round(distances.chanceBetween(state.minDistance, limitOf(state) ?? -1) ?? 0);
    if (chance > 0 && !nearest) words.push(t("search.count.chance", { count: chance }));
    const links = distances.linksLeftOut;
    if (links) words.push(t("search.count.links", { count: links }));
    this.count.textContent = words.join(" · ");
  }

  /** @param {State} state @param {Distances} distances */
  showPresets(state, distances) {
    for (const preset of PRESETS) {
      const most = presetDistance(preset, distances, nearestIn(this.columns));
      const on = state.minDistance === 0 && state.rate === null && state.maxDistance === most;
      const button = byRole(`preset-${preset}`);
      button.setAttribute("aria-pressed", String(on));
      button.title = t("search.preset.title", { distance: most });
      byRole("preset-count", button).textContent = number(distances.countBelow(most + 1));
    }
    const nearest = limitOf(state) === null && state.minDistance === 0 && state.k === null;
    const button = byRole("preset-nearest");
    button.setAttribute("aria-pressed", String(nearest));
    button.textContent = t("search.preset.nearest", { count: nearestIn(this.columns) });
  }
}

/** @param {HTMLInputElement} input */
function valueOf(input) {
  return input.value === "" ? NaN : Math.max(0, Math.round(Number(input.value)));
}

/** Leave alone what somebody is typing in. @param {HTMLInputElement} input @param {string} text */
function setValue(input, text) {
  if (document.activeElement !== input) input.value = text;
}
