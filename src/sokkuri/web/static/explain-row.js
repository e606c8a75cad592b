// @ts-check
/**
 * One map of the hash as five figures: A, its bits, what differs, the bits of B, and B.
 */
import { byRole, el } from "./dom.js";
import { cellBox, clipped, inward, place, WHOLE } from "./frame.js";
import { placeOf } from "./explain-cells.js";
import { drawColours, drawGradients, drawHeat } from "./explain-glyphs.js";
import { paintBits, paintDiffering, paintPixels, paintValues } from "./explain-paint.js";
import { nameOf } from "./explain-names.js";
import { t } from "./words.js";

/**
 * @typedef {import("./explain-model.js").Model} Model
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
 * @returns {Figure[]}
 */
function figures(model, sides) {
  const middle = model.kind === "values" ? "xor" : "heat";
  const differs = model.kind === "values" ? paintDiffering(model) : drawHeat(model);
  return [
    outer(model, sides, "a"),
    figure(model, "bits-a", codeOf(model, "a"), t("explain.a", { what: codeName(model) })),
    figure(model, middle, differs, t("explain.differs")),
    figure(model, "bits-b", codeOf(model, "b"), t("explain.b", { what: codeName(model) })),
    outer(model, sides, "b"),
  ];
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
  if (model.kind === "colours") return drawColours(model, panel[`rgb_${side}`], panel[`lab_${side}`]);
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
  const stage = el("div", { class: "map-stage" }, drawing, el("div", { class: "lights" }, ...lines, light));
  stage.dataset.cells = String(cells);
  if (!(drawing instanceof HTMLCanvasElement)) drawing.setAttribute("focusable", "false");
  stage.style.aspectRatio = cells ? shapeOf(model) : "1";
  return el("figure", { class: `map-figure ${role}` }, stage, el("figcaption", { class: "cut" }, caption));
}

/** Square cells, unless the grid is so long that they would leave no room. @param {Model} model */
function shapeOf({ rows, columns }) {
  const long = Math.max(rows / columns, columns / rows) > 1.5;
  return long ? "1" : `${columns} / ${rows}`;
}

/** One sentence on what the bits say. @param {Model} model */
function aboutOf(model) {
  if (!model.valued) return t(`explain.about.${model.name}`);
  return t("explain.about.values", { reference: nameOf("explain.reference", model.panel.reference_name) });
}

/**
 * @param {Model} model
 * @param {Record<"a" | "b", Side>} sides
 * @param {import("./explain-cells.js").Cells} cells
 * @returns {HTMLElement}
 */
export function rowOf(model, sides, cells) {
  const shown = figures(model, sides);
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
  const total = el("span", { class: model.total ? "map-total number" : "map-total number none" }, t("explain.differ", { count: model.total }));
  const about = el("span", { class: "soft" }, aboutOf(model));
  const head = el("header", { class: "map-head" }, el("h2", {}, name), total, about);
  return el("section", { class: "map-row", "data-role": "panel", "data-name": model.name, "data-kind": model.kind }, head, maps);
}

/**
 * Light cells under the pointer, and show the lit one.
 *
 * @param {HTMLElement} element
 * @param {Figure} figure
 * @param {Model} model
 * @param {import("./explain-cells.js").Cells} cells
 */
function follow(element, figure, model, cells) {
  const stage = /** @type {HTMLElement} */ (element.querySelector(".map-stage"));
  /** @param {PointerEvent} event @param {boolean} deliberate */
  const point = (event, deliberate) => {
    const box = stage.getBoundingClientRect();
    const at = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    const inFrame = [at[0], at[1], at[0], at[1]];
    const [x, y] = figure.cells ? at : inward(/** @type {any} */ (inFrame), model.within);
    cells.point(model, x, y, deliberate);
  };
  stage.addEventListener("pointermove", (event) => point(event, false));
  stage.addEventListener("pointerdown", (event) => point(event, true));
  cells.listen((cell) => show(stage, cell && lightBox(cell, figure, model)));
}

/**
 * @param {import("./explain-cells.js").Cell} cell
 * @param {Figure} figure
 * @param {Model} model
 * @returns {import("./frame.js").Box | null}
 */
function lightBox(cell, figure, model) {
  const alike = cell.model.rows === model.rows && cell.model.columns === model.columns;
  if (figure.cells && alike && cell.model.place === model.place) {
    return cellBox(cell.row, cell.column, model.rows, model.columns);
  }
  const box = model.located ? placeOf(cell) : null;
  if (!box) return null;
  const inner = clipped(inward(box, figure.within));
  return inner[0] < inner[2] && inner[1] < inner[3] ? inner : null;
}

/**
 * @param {HTMLElement} stage
 * @param {import("./frame.js").Box | null} box
 */
function show(stage, box) {
  const [row, column, light] = /** @type {NodeListOf<HTMLElement>} */ (
    stage.querySelectorAll(".lights > *")
  );
  for (const each of [row, column, light]) each.hidden = !box;
  if (!box) return;
  place(light, box);
  place(row, [0, box[1], 1, box[3]]);
  place(column, [box[0], 0, box[2], 1]);
}

/** @type {Record<string, [number, number]>} */
const STEPS = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-8, 0],
  PageDown: [8, 0],
  Home: [0, -Infinity],
  End: [0, Infinity],
};

/**
 * @param {HTMLElement} maps
 * @param {Model} model
 * @param {import("./explain-cells.js").Cells} cells
 */
function steer(maps, model, cells) {
  maps.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    if (step) cells.move(model, ...step);
    else if (event.key === "n") cells.nextDiffering(model, 1);
    else if (event.key === "N") cells.nextDiffering(model, -1);
    else if (event.key === "Escape") cells.light(null);
    else return;
    event.preventDefault();
  });
}

/** @param {HTMLElement} row @returns {HTMLElement} */
export function mapsOf(row) {
  return byRole("maps", row);
}
