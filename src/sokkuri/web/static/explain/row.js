// @ts-check
/**
 * One map of the hash as five figures: A, its bits, what differs, the bits of B, and B.
 */
import { byRole, el } from "../common/dom.js";
import { follow, steer } from "./follow.js";
import { drawColours, drawGradients, drawHeat } from "./glyphs.js";
import { paintBits, paintDiffering, paintPixels, paintValues } from "./paint.js";
import { nameOf } from "./names.js";
import { WHOLE } from "./frame.js";
import { t } from "../common/words.js";

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {Object} Side
 * @property {Uint8Array} pixels
 * @property {number} rows
 * @property {number} columns
 *
 * @typedef {Object} Figure
 * @property {string} role
 * @property {Element} drawing
 * @property {string} caption
 * @property {import("./frame.js").Box} within where the drawing lies in the frame of the picture
 * @property {boolean} cells whether the drawing has the cells of the map
 */

/**
 * @param {Model} model
 * @param {Record<"a" | "b", Side>} sides
 * @param {boolean} first
 * @returns {Figure[]}
 */
function figures(model, sides, first) {
  const middle = model.kind === "values" ? "xor" : "heat";
  const differs = model.kind === "values" ? paintDiffering(model) : drawHeat(model);
  const inner = [
    figure(model, "bits-a", codeOf(model, "a"), t("explain.a", { what: codeName(model) })),
    figure(model, middle, differs, t("explain.differs")),
    figure(model, "bits-b", codeOf(model, "b"), t("explain.b", { what: codeName(model) })),
  ];
  // The picture itself is the same in every row: once is enough.
  if (!model.valued && !first) return inner;
  return [outer(model, sides, "a"), ...inner, outer(model, sides, "b")];
}

/**
 * @param {Model} model
 * @param {string} role
 * @param {Element} drawing
 * @param {string} caption
 * @returns {Figure}
 */
function figure(model, role, drawing, caption) {
  return { role, drawing, caption, within: model.within, cells: true };
}

/**
 * The values that became bits; where the map has none to show, the picture itself.
 *
 * @param {Model} model
 * @param {Record<"a" | "b", Side>} sides
 * @param {"a" | "b"} side
 * @returns {Figure}
 */
function outer(model, sides, side) {
  const { pixels, rows, columns } = sides[side];
  if (!model.valued) {
    const caption = t(`explain.${side}`, { what: t("explain.view") });
    const drawing = paintPixels(pixels, rows, columns);
    return { role: `picture-${side}`, drawing, caption, within: WHOLE, cells: false };
  }
  const drawing = paintValues(model, model.panel[`values_${side}`]);
  const what = t("explain.values", { rows: model.rows, columns: model.columns });
  return figure(model, `picture-${side}`, drawing, t(`explain.${side}`, { what }));
}

/** @param {Model} model @param {"a" | "b"} side @returns {Element} */
function codeOf(model, side) {
  const { panel } = model;
  if (model.kind === "gradients") return drawGradients(model, panel[`strengths_${side}`]);
  if (model.kind === "colours")
    return drawColours(model, panel[`rgb_${side}`], panel[`lab_${side}`]);
  const bits = /** @type {Uint8Array} */ (side === "a" ? model.bitsA : model.bitsB);
  return paintBits(model, bits);
}

/** @param {Model} model */
function codeName(model) {
  return t(`explain.code.${model.kind}`);
}

/**
 * @param {Figure} figure
 * @param {Model} model
 * @returns {HTMLElement}
 */
function framed({ role, drawing, caption, cells }, model) {
  drawing.setAttribute("data-role", role);
  drawing.setAttribute("aria-hidden", "true");
  drawing.classList.add("map");
  if (drawing instanceof HTMLCanvasElement) drawing.classList.add("pixels");
  const light = el("span", { class: "light", hidden: true });
  const lines = [el("span", { class: "light-row" }), el("span", { class: "light-column" })];
  const stage = el(
    "div",
    { class: "map-stage" },
    drawing,
    el("div", { class: "lights" }, ...lines, light),
  );
  stage.dataset.cells = String(cells);
  if (!(drawing instanceof HTMLCanvasElement)) drawing.setAttribute("focusable", "false");
  stage.style.aspectRatio = cells ? shapeOf(model) : "1";
  return el(
    "figure",
    { class: `map-figure ${role}` },
    stage,
    el("figcaption", { class: "cut" }, caption),
  );
}

/** Square cells, unless the grid is so long that they would leave no room. @param {Model} model */
function shapeOf({ rows, columns }) {
  const long = Math.max(rows / columns, columns / rows) > 1.5;
  return long ? "1" : `${columns} / ${rows}`;
}

/** One sentence on what the bits say. @param {Model} model */
function aboutOf(model) {
  if (!model.valued) return t(`explain.about.${model.name}`);
  return t("explain.about.values", {
    reference: nameOf("explain.reference", model.panel.reference_name),
  });
}

/**
 * @param {Model} model
 * @param {Record<"a" | "b", Side>} sides
 * @param {import("./cells.js").Cells} cells
 * @param {boolean} first of all rows; on a phone the others are folded
 * @returns {HTMLElement}
 */
export function rowOf(model, sides, cells, first) {
  const shown = figures(model, sides, first);
  const elements = shown.map((each) => framed(each, model));
  const name = nameOf("explain.panel", model.name);
  const maps = el(
    "div",
    {
      class: "maps",
      tabindex: 0,
      role: "group",
      "aria-label": t("explain.maps", { name, rows: model.rows, columns: model.columns }),
      "data-role": "maps",
    },
    ...elements,
  );
  shown.forEach((figure, at) => follow(elements[at], figure, model, cells));
  steer(maps, model, cells);
  const total = el(
    "span",
    { class: model.total ? "map-total number" : "map-total number none" },
    t("explain.differ", { count: model.total }),
  );
  const about = el("span", { class: "soft" }, aboutOf(model));
  const head = el("summary", { class: "map-head" }, el("h2", {}, name), total, about);
  const open = first || !matchMedia("(max-width: 700px)").matches;
  return el(
    "section",
    {
      class: shown.length === 3 ? "map-row inner" : "map-row",
      "data-role": "panel",
      "data-name": model.name,
      "data-kind": model.kind,
      "data-total": model.total,
    },
    el("details", { open }, head, maps),
  );
}

/** @param {HTMLElement} row @returns {HTMLElement} */
export function mapsOf(row) {
  return byRole("maps", row);
}
