// @ts-check
/** The answer on top: a headline, where it differs, the numbers behind it, and in which ninths of the picture. */
import { el } from "../common/dom.js";
import { nameOf } from "./names.js";
import { lang } from "../common/page-data.js";
import { here } from "../common/pair-links.js";
import { number, percent, t } from "../common/words.js";

/**
 * Three places, halves to the even one: as the sentence and the command line write it.
 *
 * @param {number} value
 */
function threePlaces(value) {
  const thousandths = value * 1000;
  const below = Math.floor(thousandths);
  const half = thousandths - below === 0.5;
  return (half ? (below + (below % 2)) / 1000 : value).toFixed(3);
}

/** @param {string} label @param {string} value @param {string} role @param {Node} [more] */
function figure(label, value, role, more) {
  return el(
    "div",
    { class: "figure" },
    el("dt", { class: "label" }, label),
    el("dd", { class: "number", "data-role": role }, value, more),
  );
}

/** @param {{name: string, distance: number, bits: number}} part */
function partFigure(part) {
  const bar = el("span", { class: "part-bar" }, el("span"));
  const share = part.bits ? part.distance / part.bits : 0;
  /** @type {HTMLElement} */ (bar.firstChild).style.width = `${100 * share}%`;
  const of = el("span", { class: "of" }, ` / ${number(part.bits)}`);
  const value = el(
    "span",
    { "data-role": `part-${part.name}`, "data-value": part.distance },
    number(part.distance),
  );
  return el(
    "div",
    { class: "figure part" },
    el("dt", { class: "label" }, nameOf("explain.part", part.name)),
    el("dd", { class: "number" }, value, of, bar),
  );
}

/** @param {any} explanation */
function numbers(explanation) {
  const { distance, bits, rate, parts } = explanation;
  const of = el("span", { class: "of" }, ` / ${number(bits)}`);
  const list = el(
    "dl",
    { class: "figures" },
    figure(t("explain.distance"), number(distance), "distance", of),
    figure(t("explain.similarity"), percent(distance, bits), "similarity"),
    // The article's number, for whoever came by it.
    here().has("rate") ? figure(t("explain.rate"), threePlaces(rate), "rate") : null,
  );
  if (parts.length > 1) list.append(...parts.map(partFigure));
  return list;
}

/**
 * Three rows of three counts, the denser the redder.
 *
 * @param {number[][]} areas
 * @returns {HTMLElement}
 */
function areasOf(areas) {
  const most = Math.max(1, ...areas.flat());
  const rows = areas.map((row) =>
    el(
      "tr",
      {},
      ...row.map((count) => {
        const cell = el("td", { class: "number" }, number(count));
        const share = Math.round((55 * count) / most);
        cell.style.backgroundColor = `color-mix(in srgb, var(--bit) ${share}%, var(--panel))`;
        return cell;
      }),
    ),
  );
  return el(
    "table",
    { class: "areas", "data-role": "areas" },
    el("caption", { class: "label" }, t("explain.areas")),
    el("tbody", {}, ...rows),
  );
}

/** @param {any} explanation @returns {HTMLElement} */
export function answerOf(explanation) {
  const { headline, places, warnings, areas } = explanation;
  const notes = [
    ...warnings.map((/** @type {any} */ warning) =>
      el("p", { class: "warning", "data-role": "warning" }, warning[lang]),
    ),
  ];
  return el(
    "div",
    { class: "answer" },
    el(
      "div",
      { class: "answer-text" },
      el("h1", { class: "sentence", "data-role": "headline" }, headline[lang]),
      places[lang] ? el("p", { class: "soft", "data-role": "places" }, places[lang]) : null,
      numbers(explanation),
      ...notes,
    ),
    areas ? areasOf(areas) : null,
  );
}
