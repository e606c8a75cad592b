// @ts-check
/**
 * Edges and colours of the look hash, drawn as shapes.
 */
import { shape } from "../common/svg.js";
import { heatOf } from "./paint.js";

const DIRECTIONS = 8;
const SIDE = 100;

/**
 * An edge runs at a right angle to its gradient, whose direction the hash names.
 *
 * @param {number} direction
 * @param {number} strength 1 to 3
 * @returns {string} a line through the middle of the cell
 */
function line(direction, strength) {
  const angle = (direction * Math.PI) / DIRECTIONS + Math.PI / 2;
  const reach = (SIDE * 0.46 * strength) / 3;
  const x = (reach * Math.cos(angle)).toFixed(1);
  const y = (reach * Math.sin(angle)).toFixed(1);
  return `M${-x} ${-y}L${x} ${y}`;
}

/**
 * @param {number[]} strengths eight numbers from 0 to 3
 * @returns {SVGElement} the star of one window, around 0
 */
export function star(strengths) {
  const lines = strengths.map((strength, at) => (strength ? line(at, strength) : "")).join("");
  return shape("path", { class: "star", d: lines || `M0 0h.1` });
}

/** @param {number} at the number of a row or column */
function middle(at) {
  return (at + 0.5) * SIDE;
}

/**
 * @param {import("./model.js").Model} model
 * @param {number[]} strengths
 * @returns {SVGElement}
 */
export function drawGradients(model, strengths) {
  const { rows, columns } = model;
  const heat = heatOf(model);
  const cells = heat.map((share, at) => {
    const cell = shape(
      "g",
      {
        transform: `translate(${middle(at % columns)} ${middle(Math.floor(at / columns))})`,
      },
      shape("rect", {
        class: "heat",
        x: -50,
        y: -50,
        width: 100,
        height: 100,
        opacity: share * 0.6,
      }),
      star(strengths.slice(at * DIRECTIONS, (at + 1) * DIRECTIONS)),
    );
    return cell;
  });
  return shape(
    "svg",
    { class: "glyphs", viewBox: `0 0 ${columns * SIDE} ${rows * SIDE}`, "aria-hidden": "true" },
    ...cells,
  );
}

/**
 * Cells in red by how many of their bits differ, with the numbers.
 *
 * @param {import("./model.js").Model} model
 * @returns {SVGElement}
 */
export function drawHeat(model) {
  const { rows, columns } = model;
  const heat = heatOf(model);
  const size = columns > 4 ? 34 : 26;
  const cells = heat.flatMap((share, at) => {
    const x = (at % columns) * SIDE;
    const y = Math.floor(at / columns) * SIDE;
    const count = model.differing[at];
    return [
      shape("rect", { class: "heat", x, y, width: SIDE, height: SIDE, opacity: share }),
      shape("text", {
        class: share > 0.9 ? "count strong" : "count",
        x: x + SIDE / 2,
        y: y + SIDE / 2,
        "font-size": size,
        text: count || "",
      }),
    ];
  });
  return shape(
    "svg",
    { class: "glyphs", viewBox: `0 0 ${columns * SIDE} ${rows * SIDE}`, "aria-hidden": "true" },
    ...cells,
  );
}

/** Above this luminance black letters stand out more than white ones (WCAG 2). */
const HALF_WAY = 0.179;

/**
 * @param {string} colour #rrggbb
 * @returns {boolean} whether dark letters are read better on it
 */
export function isLight(colour) {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((coded) => (coded <= 0.04045 ? coded / 12.92 : ((coded + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > HALF_WAY;
}

/**
 * Colours as they are, each with its lightness, its red against green and its yellow against blue.
 *
 * @param {import("./model.js").Model} model
 * @param {string[]} colours
 * @param {number[]} lab
 * @returns {SVGElement}
 */
export function drawColours(model, colours, lab) {
  const { rows, columns } = model;
  const size = columns === 1 ? 9 : 17;
  const cells = colours.flatMap((colour, at) => {
    const x = (at % columns) * SIDE;
    const y = Math.floor(at / columns) * SIDE;
    const lines = ["L*", "a*", "b*"].map((name, channel) =>
      shape("text", {
        class: isLight(colour) ? "lab on-light" : "lab on-dark",
        x: x + SIDE / 2,
        y: y + SIDE / 2 + (channel - 1) * size * 1.35,
        "font-size": size,
        text: `${name} ${Math.round(lab[3 * at + channel])}`.replace("-", "−"),
      }),
    );
    return [shape("rect", { x, y, width: SIDE, height: SIDE, fill: colour }), ...lines];
  });
  return shape(
    "svg",
    { class: "glyphs", viewBox: `0 0 ${columns * SIDE} ${rows * SIDE}`, "aria-hidden": "true" },
    ...cells,
  );
}
