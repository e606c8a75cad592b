// @ts-check
/**
 * How often each value occurs in both pictures, with what the values were compared with: whatever
 * lies right of the line is a 1. A stands on the line, B hangs below it.
 */
import { el } from "../common/dom.js";
import { nameOf } from "./names.js";
import { shape } from "../common/svg.js";
import { t } from "../common/words.js";

/** @typedef {import("./model.js").Model} Model */

const BINS = 64;
const WIDTH = 256 / BINS;
const HEIGHT = 40;

/** @param {number[]} values @returns {number[]} */
function counts(values) {
  const found = new Array(BINS).fill(0);
  for (const value of values) found[Math.min(BINS - 1, Math.floor(value / WIDTH))] += 1;
  return found;
}

/**
 * @param {number[]} heights
 * @param {number} most
 * @param {1 | -1} up
 * @param {(bin: number) => boolean} chosen
 */
function bars(heights, most, up, chosen) {
  return heights
    .map((count, bin) => {
      if (!count || !chosen(bin)) return "";
      const height = Math.max(0.6, (count / most) * HEIGHT) * -up;
      return `M${bin * WIDTH} 0v${height.toFixed(2)}h${WIDTH - 0.6}V0z`;
    })
    .join("");
}

/** @param {number} value @param {1 | -1} up @param {string} name */
function upright(value, up, name) {
  return shape("path", { class: name, d: `M${value} 0V${-up * HEIGHT}` });
}

/**
 * @param {number[]} values
 * @param {number} reference
 * @param {number} most
 * @param {1 | -1} up
 * @returns {SVGElement[]}
 */
function half(values, reference, most, up) {
  const heights = counts(values);
  /** @param {number} bin */
  const isOne = (bin) => (bin + 0.5) * WIDTH > reference;
  return [
    shape("path", { class: "zeros", d: bars(heights, most, up, (bin) => !isOne(bin)) }),
    shape("path", { class: "ones", d: bars(heights, most, up, isOne) }),
    upright(reference, up, "reference"),
  ];
}

/**
 * @param {Model} model a map of values with one reference for all of them
 * @param {import("./cells.js").Cells} cells
 * @returns {HTMLElement}
 */
export function histogramOf(model, cells) {
  const { values_a: a, values_b: b, reference_a: ofA, reference_b: ofB } = model.panel;
  const most = Math.max(...counts(a), ...counts(b));
  const marks = [upright(0, 1, "mark"), upright(0, -1, "mark")];
  const drawing = shape(
    "svg",
    {
      viewBox: `0 ${-HEIGHT} 256 ${2 * HEIGHT}`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    },
    ...half(a, ofA, most, 1),
    ...half(b, ofB, most, -1),
    shape("path", { class: "base", d: "M0 0H256" }),
    ...marks,
  );
  for (const mark of marks) mark.setAttribute("visibility", "hidden");
  cells.listen((cell) => {
    const alike = cell && cell.model.rows === model.rows && cell.model.columns === model.columns;
    const at = cell ? cell.row * model.columns + cell.column : 0;
    [a, b].forEach((values, which) => {
      marks[which].setAttribute("visibility", alike ? "visible" : "hidden");
      if (alike) marks[which].setAttribute("transform", `translate(${values[at]} 0)`);
    });
  });
  return framed(model, drawing, ofA, ofB);
}

/**
 * @param {Model} model
 * @param {Element} drawing
 * @param {number} ofA
 * @param {number} ofB
 */
function framed(model, drawing, ofA, ofB) {
  const name = nameOf("explain.reference", model.panel.reference_name);
  const labels = [ofA, ofB].map((value, which) => {
    const text = `${"AB"[which]} · ${name} ${value.toFixed(1)}`;
    const label = el("span", { class: `mean-label of-${"ab"[which]} number` }, text);
    label.style.left = `${(value / 256) * 100}%`;
    label.classList.toggle("leftward", value > 160);
    return label;
  });
  return el(
    "figure",
    { class: "histogram", "data-role": "histogram" },
    el("div", { class: "histogram-stage" }, drawing, ...labels),
    el("div", { class: `ramp ramp-${model.name}` }),
    el("figcaption", { class: "soft" }, t("explain.histogram")),
  );
}
