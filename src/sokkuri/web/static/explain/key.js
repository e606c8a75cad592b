// @ts-check
/** The key to the maps: what stars, cells and colours mean, of those that are drawn. */
import { el } from "../common/dom.js";
import { t } from "../common/words.js";
import { star } from "./glyphs.js";
import { shape } from "../common/svg.js";

/** A star of three edges, one of each strength. */
const SAMPLE = [3, 0, 0, 1, 0, 2, 0, 0];

/** @param {string} look @param {string} [text] */
function swatch(look, text = "") {
  return el("span", { class: `key-swatch ${look}`, "aria-hidden": "true" }, text);
}

/** @param {string} name @param {Node} sign */
function entry(name, sign) {
  return el("li", { "data-key": name }, sign, t(`explain.key.${name}`));
}

/**
 * @param {import("./model.js").Model[]} models
 * @returns {HTMLElement}
 */
export function keyOf(models) {
  const kinds = new Set(models.map(({ kind }) => kind));
  const entries = [];
  if (kinds.has("gradients")) {
    const box = { class: "key-star glyphs", viewBox: "-50 -50 100 100", "aria-hidden": "true" };
    entries.push(entry("star", shape("svg", box, star(SAMPLE))));
  }
  if (kinds.has("colours")) entries.push(entry("colour", swatch("colour")));
  if (kinds.has("values")) {
    entries.push(entry("set", swatch("one")), entry("unset", swatch("zero")));
    entries.push(entry("agree", swatch("agree")), entry("differ", swatch("red")));
  }
  if (kinds.size > 1 || !kinds.has("values")) entries.push(entry("count", swatch("red", "3")));
  return el("ul", { class: "map-key", "aria-label": t("explain.key"), "data-role": "key" }, ...entries);
}
