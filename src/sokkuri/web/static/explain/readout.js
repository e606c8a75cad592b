// @ts-check
/**
 * What the lit cell says: a dock that is always in view, and the same aloud, but only when somebody
 * moved on purpose and has come to rest.
 */
import { el } from "../common/dom.js";
import { star } from "./glyphs.js";
import { referenceAt } from "./model.js";
import { nameOf } from "./names.js";
import { shape } from "../common/svg.js";
import { lang } from "../common/page-data.js";
import { t } from "../common/words.js";

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {import("./cells.js").Cell} Cell
 */

const REST_MS = 350;

const oneDecimal = new Intl.NumberFormat(lang, { maximumFractionDigits: 1 });

/** @param {number} value */
function short(value) {
  return oneDecimal.format(value).replace("-", "−");
}

/**
 * @param {Model} model
 * @param {"a" | "b"} side
 * @param {number} at
 * @returns {{value: number, reference: number, bit: number}}
 */
function side(model, side, at) {
  const bits = /** @type {Uint8Array} */ (side === "a" ? model.bitsA : model.bitsB);
  const reference = referenceAt(model.panel[`reference_${side}`], at);
  return { value: model.panel[`values_${side}`][at], reference, bit: bits[at] };
}

/** @param {Model} model @param {number} at */
function verdictOf(model, at) {
  if (model.kind !== "values") {
    return t("explain.differing_bits", { count: model.differing[at] });
  }
  if (!model.compared?.[at]) return t("explain.not_compared");
  return t(model.differing[at] ? "explain.differs" : "explain.agrees");
}

/** @param {Model} model @param {number} at */
function verdict(model, at) {
  const differs = model.differing[at] > 0;
  return el("span", { class: differs ? "verdict differs" : "verdict" }, verdictOf(model, at));
}

/** @param {Model} model @param {"a" | "b"} which @param {number} at */
function valueLine(model, which, at) {
  const { value, reference, bit } = side(model, which, at);
  const reading = el(
    "span",
    { class: "reading number", "data-role": `reading-${which}`, "data-bit": bit },
    el("b", { class: "which" }, which.toUpperCase()),
  );
  if (model.valued) {
    const swatch = el("span", { class: "swatch" });
    swatch.style.backgroundColor = `rgb(${value} ${value} ${value})`;
    const name = nameOf("explain.reference", model.panel.reference_name);
    const sign = bit ? ">" : "≤";
    reading.dataset.value = String(value);
    reading.dataset.reference = String(reference);
    reading.append(swatch, el("span", { class: "value" }, short(value)));
    reading.append(el("span", { class: "soft" }, `${sign} ${name} ${short(reference)}`));
  }
  reading.append(el("span", { class: `bit bit-${bit}` }, String(bit)));
  return reading;
}

/** @param {Model} model @param {"a" | "b"} which @param {number} at */
function starLine(model, which, at) {
  const strengths = model.panel[`strengths_${which}`].slice(8 * at, 8 * at + 8);
  const drawing = shape(
    "svg",
    { class: "big-star", viewBox: "-50 -50 100 100", "aria-hidden": "true" },
    star(strengths),
  );
  return el(
    "span",
    { class: "reading", "data-role": `reading-${which}` },
    el("b", { class: "which" }, which.toUpperCase()),
    drawing,
    el("span", { class: "soft number" }, strengths.join(" ")),
  );
}

/** @param {Model} model @param {"a" | "b"} which @param {number} at */
function labText(model, which, at) {
  const [lightness, red, yellow] = model.panel[`lab_${which}`].slice(3 * at, 3 * at + 3).map(short);
  return `L* ${lightness}  a* ${red}  b* ${yellow}`;
}

/** @param {Model} model @param {"a" | "b"} which @param {number} at */
function colourLine(model, which, at) {
  const swatch = el("span", { class: "swatch wide" });
  swatch.style.backgroundColor = model.panel[`rgb_${which}`][at];
  return el(
    "span",
    { class: "reading number", "data-role": `reading-${which}` },
    el("b", { class: "which" }, which.toUpperCase()),
    swatch,
    el("span", {}, labText(model, which, at)),
  );
}

const LINES = { values: valueLine, gradients: starLine, colours: colourLine };

/**
 * @param {Model} model
 * @param {Cell} cell
 * @param {boolean} named whether the name of the map is needed
 */
function lineOf(model, cell, named) {
  const at = cell.row * model.columns + cell.column;
  const make = LINES[model.kind];
  return el(
    "div",
    {
      class: model === cell.model ? "readout-line active" : "readout-line",
      "data-name": model.name,
    },
    named
      ? el("span", { class: `channel channel-${model.name}` }, nameOf("explain.panel", model.name))
      : null,
    make(model, "a", at),
    make(model, "b", at),
    verdict(model, at),
  );
}

/** @param {Model} model @param {"a" | "b"} which @param {number} at */
function spokenSide(model, which, at) {
  const name = which.toUpperCase();
  if (model.kind === "colours") return `${name} ${labText(model, which, at)}`;
  if (model.kind === "gradients") return "";
  const { value, reference, bit } = side(model, which, at);
  if (!model.valued) return `${name} ${bit}`;
  const compared = nameOf("explain.reference", model.panel.reference_name);
  return `${name} ${short(value)}, ${compared} ${short(reference)}, ${bit}`;
}

/** @param {Cell} cell */
function spoken(cell) {
  const { model, row, column } = cell;
  const at = row * model.columns + column;
  const where = t("explain.cell", { row: row + 1, column: column + 1 });
  const sides = /** @type {("a" | "b")[]} */ (["a", "b"]).map((which) =>
    spokenSide(model, which, at),
  );
  return [where, ...sides.filter(Boolean), verdictOf(model, at)].join("; ");
}

export class Readout {
  /** @type {number | undefined} */
  #resting;

  /**
   * @param {Model[]} models
   * @param {import("./cells.js").Cells} cells
   */
  constructor(models, cells) {
    this.models = models;
    this.line = el("div", { class: "readout-in", "data-role": "readout" });
    this.aloud = el("div", {
      class: "unseen",
      "aria-live": "polite",
      "data-role": "readout-aloud",
    });
    this.element = el(
      "aside",
      { class: "readout", "aria-label": t("explain.readout") },
      this.line,
      this.aloud,
    );
    cells.listen((cell) => this.show(cell));
    this.show(null);
  }

  /** @param {Cell | null} cell */
  show(cell) {
    clearTimeout(this.#resting);
    if (!cell) {
      this.line.replaceChildren(
        el("p", { class: "soft with-mouse" }, t("explain.readout.empty")),
        el("p", { class: "soft with-touch" }, t("explain.readout.tap")),
      );
      return;
    }
    const alike = this.models.filter((model) => this.#together(model, cell.model));
    const where = el(
      "span",
      { class: "where number", "data-row": cell.row, "data-column": cell.column },
      t("explain.cell", { row: cell.row + 1, column: cell.column + 1 }),
    );
    const named = this.models.length > 1;
    const lines = alike.map((model) => lineOf(model, cell, named));
    this.line.replaceChildren(where, el("div", { class: "readout-lines" }, ...lines));
    if (cell.deliberate) {
      this.#resting = window.setTimeout(() => (this.aloud.textContent = spoken(cell)), REST_MS);
    }
  }

  /** Channels of one picture are read together. @param {Model} model @param {Model} other */
  #together(model, other) {
    if (model === other) return true;
    return (
      model.kind === "values" &&
      other.kind === "values" &&
      model.rows === other.rows &&
      model.columns === other.columns
    );
  }
}
