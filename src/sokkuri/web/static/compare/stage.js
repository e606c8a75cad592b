// @ts-check
/**
 * The stage: two panes with one photo each, laid side by side or over each other as the mode says.
 */
import { el } from "../common/dom.js";
import { alignedFrame, commonFrame } from "./frame.js";
import { fittingGain, paintFalse } from "./false.js";
import { Picture } from "./picture.js";
import { t } from "../common/words.js";

export const MODES = /** @type {const} */ (["side", "blink", "split", "overlay", "difference"]);

/**
 * @typedef {typeof MODES[number]} Mode
 * @typedef {import("../api.js").PhotoFacts} Photo
 */

/** @param {"a" | "b"} side */
function pane(side) {
  const image = el("img", { draggable: "false", alt: "", "data-role": `image-${side}` });
  const tag = el("span", { class: "tag which", "aria-hidden": "true" }, side.toUpperCase());
  return { image, element: el("div", { class: "pane", "data-pane": side }, image, tag) };
}

export class Stage {
  /** @type {Mode} */
  mode = "side";
  /** @type {"a" | "b"} */
  shown = "a";
  split = 0.5;
  opacity = 0.5;
  gain = 1;
  /** Whether somebody set the gain; else it is what the pair takes. */
  gainChosen = false;
  falseColour = false;

  /** @type {Record<"a" | "b", Photo> | undefined} */
  photos;

  /** The corners of B in A, where B is laid on A; else both stand in the middle. @type {number[][] | null} */
  corners = null;

  #laidOut = false;

  /** @type {import("./frame.js").Frame} */
  frame = commonFrame({ width: 1, height: 1 }, { width: 1, height: 1 });

  /** @param {import("./view.js").View} view */
  constructor(view) {
    this.view = view;
    const [a, b] = [pane("a"), pane("b")];
    this.pictures = { a: new Picture(a.image), b: new Picture(b.image) };
    this.panes = el("div", { class: "panes" }, a.element, b.element);
    this.map = el("canvas", { class: "false-colour", "data-role": "false-colour", hidden: true });
    this.divider = el("div", {
      class: "divider",
      "data-role": "divider",
      role: "slider",
      tabindex: 0,
    });
    this.divider.setAttribute("aria-label", t("compare.divider"));
    this.element = el(
      "div",
      {
        class: "stage",
        "data-role": "stage",
        tabindex: 0,
        role: "group",
        "aria-label": t("compare.stage"),
      },
      this.panes,
      this.map,
      this.divider,
    );
    view.onchange = () => this.draw();
    for (const { image } of [a, b]) image.addEventListener("load", () => this.#reframe());
    new ResizeObserver(() => this.#measure()).observe(this.element);
  }

  /** @param {Photo} a @param {Photo} b @param {number[][] | null} [corners] of B in A */
  show(a, b, corners = null) {
    this.corners = corners;
    this.pictures.a.show(a);
    this.pictures.b.show(b);
    this.photos = { a, b };
    this.#reframe();
  }

  /** Lay out again: what came may stand upright where the file's own numbers lie. */
  #reframe() {
    const { photos, pictures } = this;
    if (!photos) return;
    const before = this.frame;
    const a = sizeOf(photos.a, pictures.a.image);
    const b = sizeOf(photos.b, pictures.b.image);
    this.frame = this.corners ? alignedFrame(a, b, this.corners) : commonFrame(a, b);
    this.element.dataset.aligned = String(this.corners !== null);
    if (!this.gainChosen) {
      this.gain = fittingGain(pictures.a.image, pictures.b.image, this.corners ? this.frame : null);
    }
    if (this.#laidOut) this.view.rescale(rescaling(before, this.frame));
    this.#laidOut = true;
    this.#measure();
  }

  /** @param {Mode} mode */
  setMode(mode) {
    this.mode = mode;
    this.element.dataset.mode = mode;
    if (mode !== "blink") this.shown = "a";
    this.#measure();
  }

  #measure() {
    const { clientWidth, clientHeight } = this.element;
    const beside = this.mode === "side" && getComputedStyle(this.panes).flexDirection === "row";
    const below = this.mode === "side" && !beside;
    const width = (beside ? (clientWidth - 1) / 2 : clientWidth) * devicePixelRatio;
    const height = (below ? (clientHeight - 1) / 2 : clientHeight) * devicePixelRatio;
    this.view.resize(this.frame, { width, height });
  }

  draw() {
    const { view, frame, element } = this;
    this.pictures.a.place(frame.a, view);
    this.pictures.b.place(frame.b, view);
    element.dataset.zoom = view.zoom.toFixed(4);
    element.dataset.x = view.x.toFixed(4);
    element.dataset.y = view.y.toFixed(4);
    element.dataset.fit = String(view.fits);
    element.dataset.shown = this.shown;
    this.#drawMode();
    element.dispatchEvent(new Event("drawn"));
  }

  #drawMode() {
    const { mode, panes, divider, map } = this;
    const upper = /** @type {HTMLElement} */ (panes.lastElementChild);
    upper.style.clipPath = mode === "split" ? `inset(0 0 0 ${this.split * 100}%)` : "";
    upper.style.opacity = mode === "overlay" ? String(this.opacity) : "";
    panes.style.filter = mode === "difference" ? `brightness(${this.gain})` : "";
    divider.hidden = mode !== "split";
    divider.style.left = `${this.split * 100}%`;
    divider.setAttribute("aria-valuenow", String(Math.round(this.split * 100)));
    map.hidden = mode !== "difference" || !this.falseColour;
    this.#cut(mode === "difference" && this.corners !== null);
    if (!map.hidden) paintFalse(map, panes, this.gain, this.corners !== null);
  }

  /** Where B is laid on A, only what both show has a difference. @param {boolean} yes */
  #cut(yes) {
    this.panes.style.clipPath = yes ? quadOf(this.pictures.b.image) : "";
    const [lower, upper] = /** @type {HTMLElement[]} */ ([...this.panes.children]);
    lower.style.clipPath = yes ? quadOf(this.pictures.a.image) : "";
    if (yes) upper.style.clipPath = lower.style.clipPath;
  }
}

/**
 * What keeps A as large as it is on the screen where the frame has other pixels.
 *
 * @param {import("./frame.js").Frame} before
 * @param {import("./frame.js").Frame} now
 */
function rescaling(before, now) {
  return longer(before) === longer(now) ? 1 : longer(before.a) / longer(now.a);
}

/** @param {{width: number, height: number}} size */
function longer({ width, height }) {
  return Math.max(width, height);
}

/** A photo's corners in its pane, as a shape to cut by. @param {HTMLImageElement} image */
function quadOf({ style }) {
  const matrix = new DOMMatrix(style.transform);
  const [width, height] = [parseFloat(style.width), parseFloat(style.height)];
  const corners = [[0, 0], [width, 0], [width, height], [0, height]].map(([x, y]) => {
    const place = matrix.transformPoint(new DOMPoint(x, y));
    return `${place.x}px ${place.y}px`;
  });
  return `polygon(${corners.join(", ")})`;
}

/** @param {Photo} photo @param {HTMLImageElement} image as far as it has come */
function sizeOf({ width, height }, { naturalWidth, naturalHeight }) {
  if (!width || !height) return { width: naturalWidth || 1, height: naturalHeight || 1 };
  const turned = naturalWidth > 0 && (naturalWidth - naturalHeight) * (width - height) < 0;
  return turned ? { width: height, height: width } : { width, height };
}
