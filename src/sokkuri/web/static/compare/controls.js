// @ts-check
/** The bar above the stage: modes, what a mode has to set, and the zoom. */
import { el } from "../common/dom.js";
import { MODES } from "./stage.js";
import { lang } from "../common/page-data.js";
import { number, t } from "../common/words.js";

/**
 * @typedef {import("./stage.js").Mode} Mode
 * @typedef {import("./stage.js").Stage} Stage
 * @typedef {import("./blink.js").Blink} Blink
 */

const percent = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 0 });

const STEP = 1.25;

/** @param {(mode: Mode) => void} choose */
function modeChoice(choose) {
  const choices = MODES.map((mode, at) =>
    el(
      "label",
      { title: `${t(`compare.mode.${mode}`)} (${at + 1})` },
      el("input", {
        type: "radio",
        name: "mode",
        value: mode,
        "data-role": `mode-${mode}`,
        onchange: () => choose(mode),
      }),
      t(`compare.mode.${mode}`),
    ),
  );
  return el(
    "div",
    { class: "choice", role: "radiogroup", "aria-label": t("compare.modes") },
    ...choices,
  );
}

/**
 * @param {string} role
 * @param {string} name
 * @param {[number, number, number]} scale least, most, step
 * @param {Stage} stage
 * @param {() => number} read what it stands at
 * @param {(value: number) => string} write
 * @param {(value: number) => void} change
 */
function slider(role, name, [min, max, step], stage, read, write, change) {
  const input = el("input", { type: "range", min, max, step, "data-role": role });
  const said = el("output", { class: "number setting", "data-role": `${role}-value` });
  const show = () => {
    input.value = String(read());
    said.textContent = write(read());
    input.setAttribute("aria-valuetext", said.textContent);
  };
  show();
  stage.element.addEventListener("drawn", show);
  input.addEventListener("input", () => change(Number(input.value)));
  return el("label", { class: "line" }, el("span", { class: "label" }, name), input, said);
}

/**
 * @param {string} role
 * @param {string} name
 * @param {boolean} checked
 * @param {(on: boolean) => void} change
 */
function tick(role, name, checked, change) {
  const input = el("input", { type: "checkbox", checked, "data-role": role });
  input.addEventListener("change", () => change(input.checked));
  return el("label", { class: "line" }, input, name);
}

/** The photos take turns by themselves, until a hand does it. @param {Stage} stage @param {Blink} blink */
function automatic(stage, blink) {
  const box = tick("blink-auto", t("compare.auto"), blink.wanted, (on) => blink.want(on));
  const input = /** @type {HTMLInputElement} */ (box.firstChild);
  stage.element.addEventListener("drawn", () => (input.checked = blink.wanted));
  return box;
}

/**
 * What each mode has to set; modes that are left out have nothing.
 *
 * @param {Stage} stage
 * @param {Blink} blink
 * @returns {Partial<Record<Mode, HTMLElement[]>>}
 */
function settings(stage, blink) {
  /** @param {Partial<Stage>} change */
  const set = (change) => {
    Object.assign(stage, change);
    stage.draw();
  };
  return {
    blink: [
      ...(blink.still.matches
        ? []
        : [automatic(stage, blink)]),
      el("span", { class: "soft hint with-touch" }, t("compare.tap")),
      el(
        "span",
        { class: "soft hint with-mouse" },
        t("compare.space"),
        " ",
        el("kbd", {}, t("compare.space.key")),
      ),
    ],
    overlay: [
      slider("opacity", t("compare.opacity"), [0, 1, 0.01], stage, () => stage.opacity,
        (value) => percent.format(value), (opacity) => set({ opacity })),
    ],
    difference: [
      slider("gain", t("compare.gain"), [1, 16, 0.5], stage, () => stage.gain,
        (value) => `× ${number(value)}`, (gain) => set({ gain, gainChosen: true })),
      tick("false", t("compare.false"), stage.falseColour, (falseColour) => set({ falseColour })),
    ],
  };
}

/** @param {string} role @param {string} text @param {string} name @param {() => void} act */
function button(role, text, name, act) {
  return el(
    "button",
    {
      class: "button",
      type: "button",
      "data-role": role,
      title: name,
      "aria-label": name,
      onclick: act,
    },
    text,
  );
}

/** @param {Stage} stage */
function zoomGroup(stage) {
  const { view } = stage;
  const value = el("span", { class: "zoom-value number", "data-role": "zoom-value" });
  const note = el(
    "span",
    { class: "soft hint", "data-role": "preview-note", hidden: true },
    t("compare.preview"),
  );
  stage.element.addEventListener("drawn", () => {
    value.textContent = percent.format(view.zoom);
    note.hidden =
      Math.max(view.frame.width, view.frame.height) <= 2048 ||
      view.zoom * Math.max(view.frame.width, view.frame.height) <= 2048;
  });
  return el(
    "div",
    { class: "bar zoom", role: "group", "aria-label": t("compare.zoom") },
    note,
    button("zoom-out", "−", t("compare.zoom.out"), () => view.zoomTo(view.zoom / STEP)),
    value,
    button("zoom-in", "+", t("compare.zoom.in"), () => view.zoomTo(view.zoom * STEP)),
    button("fit", t("compare.fit"), `${t("compare.fit.long")} (0)`, () => view.fit()),
    button("full", percent.format(1), `${t("compare.full.long")} (z)`, () => view.zoomTo(1)),
  );
}

export class Controls {
  /**
   * @param {Stage} stage
   * @param {Blink} blink
   * @param {(mode: Mode) => void} choose
   */
  constructor(stage, blink, choose) {
    this.settings = settings(stage, blink);
    this.slot = el("div", { class: "bar mode-settings" });
    this.element = el(
      "div",
      { class: "bar compare-bar" },
      modeChoice(choose),
      this.slot,
      el("div", { class: "push" }, zoomGroup(stage)),
    );
  }

  /** @param {Mode} mode */
  show(mode) {
    const input = this.element.querySelector(`[data-role="mode-${mode}"]`);
    if (input instanceof HTMLInputElement) input.checked = true;
    this.slot.replaceChildren(...(this.settings[mode] ?? []));
  }
}
