// @ts-check
/** The lit cell in one map: pointers and keys move it, and every figure shows where it is. */
import { placeOf } from "./cells.js";
import { cellBox, clipped, inward, place } from "./frame.js";

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {Pick<import("./row.js").Figure, "within" | "cells">} Figure
 */

/**
 * Light cells under the pointer, and show the lit one.
 *
 * @param {HTMLElement} element
 * @param {Figure} figure
 * @param {Model} model
 * @param {import("./cells.js").Cells} cells
 */
export function follow(element, figure, model, cells) {
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
 * @param {import("./cells.js").Cell} cell
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
 * @param {import("./cells.js").Cells} cells
 */
export function steer(maps, model, cells) {
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
