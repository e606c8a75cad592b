// @ts-check
/**
 * Both photos whole, with the differing cells laid over them and the lit cell framed.
 */
import { pictureUrl } from "../common/api.js";
import { el } from "../common/dom.js";
import { placeOf } from "./cells.js";
import { heatOf, RED } from "./paint.js";
import { cellBox, clipped, inward, mirrored, outward, place } from "./frame.js";
import { t } from "../common/words.js";

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {import("./frame.js").Box} Box
 */

const STRENGTH = 0.62;

export class PhotoOver {
  /** @type {Model[]} */
  #models = [];

  /**
   * @param {"a" | "b"} side
   * @param {{id: string, name: string, width: number | null, height: number | null}} photo
   * @param {Box} frame
   * @param {boolean} turned whether the photo is shown mirrored
   */
  constructor(side, photo, frame, turned) {
    this.side = side;
    this.frame = turned ? mirrored(frame) : frame;
    this.canvas = el("canvas", {
      class: "over",
      "data-role": `over-${side}`,
      "aria-hidden": "true",
    });
    this.light = el("span", { class: "light", hidden: true });
    this.area = el("span", { class: "photo-frame" });
    place(this.area, this.frame);
    const image = el("img", {
      src: pictureUrl(photo.id, 640),
      alt: photo.name,
      draggable: "false",
    });
    image.classList.toggle("turned", turned);
    const lights = el("div", { class: "lights" }, this.area, this.light);
    this.stage = el(
      "div",
      { class: "photo-stage", "data-role": `photo-${side}` },
      image,
      this.canvas,
      lights,
    );
    this.#shape(photo.width ?? 1, photo.height ?? 1);
    // What came stands upright, even where the file's own numbers lie.
    image.addEventListener("load", () => this.#shape(image.naturalWidth, image.naturalHeight));
    new ResizeObserver(() => this.#draw()).observe(this.stage);
  }

  /** @param {number} width @param {number} height */
  #shape(width, height) {
    this.stage.style.aspectRatio = `${width} / ${height}`;
    this.stage.style.setProperty("--ratio", String(width / height));
  }

  /** @param {Model[]} models whose red cells lie over the photo */
  cover(models) {
    this.#models = models.filter((model) => model.place);
    this.#draw();
  }

  /** @param {import("./cells.js").Cell | null} cell */
  lightUp(cell) {
    const box = cell && placeOf(cell);
    this.light.hidden = !box;
    if (box) place(this.light, clipped(outward(box, this.frame)));
  }

  /**
   * @param {PointerEvent} event
   * @param {Model} model
   * @returns {[number, number]} fractions of the model's grid
   */
  at(event, model) {
    const box = this.stage.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    const y = (event.clientY - box.top) / box.height;
    const [left, top] = inward(inward([x, y, x, y], this.frame), model.within);
    return [left, top];
  }

  #draw() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    this.canvas.width = Math.round(width * devicePixelRatio);
    this.canvas.height = Math.round(height * devicePixelRatio);
    const context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    // Channels of one picture share the strength, so that cells where all differ are as red.
    const share =
      this.#models.length > 1 ? 1 - (1 - STRENGTH) ** (1.6 / this.#models.length) : STRENGTH;
    for (const model of this.#models) this.#cells(context, model, share);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Model} model
   * @param {number} share
   */
  #cells(context, model, share) {
    const { width, height } = this.canvas;
    const full = model.kind === "values" ? share : 0;
    if (full) context.fillStyle = `rgb(${RED.join(" ")} / ${full})`;
    heatOf(model).forEach((strength, at) => {
      if (!strength) return;
      const box = cellBox(
        Math.floor(at / model.columns),
        at % model.columns,
        model.rows,
        model.columns,
      );
      const [left, top, right, bottom] = outward(outward(box, model.within), this.frame);
      // Whole pixels: neighbours meet without a seam.
      const [x, y] = [Math.round(left * width), Math.round(top * height)];
      if (!full) context.fillStyle = `rgb(${RED.join(" ")} / ${strength * share})`;
      context.fillRect(x, y, Math.round(right * width) - x, Math.round(bottom * height) - y);
    });
  }
}

/**
 * The two photos, the switch that lays the cells over them, and which map it is.
 *
 * @param {import("./model.js").Model[]} models
 * @param {any} explanation
 * @param {import("./cells.js").Cells} cells
 * @param {(name: string) => string} nameOf
 * @returns {HTMLElement}
 */
export function photosOf(models, explanation, cells, nameOf) {
  const { pictures, mirrored: turned } = explanation;
  const overs = [
    new PhotoOver("a", explanation.a, pictures.a.frame, false),
    new PhotoOver("b", explanation.b, pictures.b.frame, turned),
  ];
  const placed = models.filter((model) => model.place);
  const shown = el("input", { type: "checkbox", checked: true, "data-role": "over" });
  const options = [t("explain.over.all"), ...placed.map((model) => nameOf(model.name))];
  const which = el(
    "select",
    { "data-role": "over-which", "aria-label": t("explain.over.which") },
    ...options.map((name, at) => el("option", { value: at }, name)),
  );
  which.hidden = placed.length < 2;
  const cover = () => {
    const chosen = which.value === "0" ? placed : [placed[Number(which.value) - 1]];
    for (const over of overs) over.cover(shown.checked ? chosen : []);
  };
  shown.addEventListener("change", cover);
  which.addEventListener("change", cover);
  cover();
  for (const over of overs) follow(over, cells, () => placed[Number(which.value) - 1] ?? placed[0]);
  const switches = el(
    "div",
    { class: "bar over-bar" },
    el("label", { class: "line" }, shown, t("explain.over")),
    which,
  );
  if (!placed.length) switches.hidden = true;
  return el(
    "div",
    { class: "photos" },
    switches,
    photoFigure(overs[0], explanation.a),
    photoFigure(overs[1], explanation.b, turned),
  );
}

/**
 * @param {PhotoOver} over
 * @param {import("./cells.js").Cells} cells
 * @param {() => Model | undefined} chosen
 */
function follow(over, cells, chosen) {
  /** @param {PointerEvent} event @param {boolean} deliberate */
  const point = (event, deliberate) => {
    const model = chosen();
    if (model) cells.point(model, ...over.at(event, model), deliberate);
  };
  over.stage.addEventListener("pointermove", (event) => point(event, false));
  over.stage.addEventListener("pointerdown", (event) => point(event, true));
  cells.listen((cell) => over.lightUp(cell));
}

/** @param {PhotoOver} over @param {any} photo @param {boolean} [turned] */
function photoFigure(over, photo, turned = false) {
  const name = el("span", { class: "cut", title: photo.name }, photo.name);
  const notes = turned ? el("span", { class: "badge low" }, t("explain.mirrored")) : null;
  const size = photo.width
    ? el("span", { class: "soft number" }, `${photo.width}×${photo.height}`)
    : null;
  return el(
    "figure",
    { class: "photo" },
    el("div", { class: "photo-well" }, over.stage),
    el("figcaption", {}, el("b", { class: "which" }, over.side.toUpperCase()), name, size, notes),
  );
}
