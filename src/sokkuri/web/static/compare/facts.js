// @ts-check
/** What is known of the two: how far apart they are by each hash, and fields that differ. */
import { el } from "../common/dom.js";
import { elideMiddle } from "../common/names.js";
import { lang } from "../common/page-data.js";
import { linkTo } from "../common/pair-links.js";
import { bytes, date, number, percent, t } from "../common/words.js";

/**
 * @typedef {import("../api.js").ComparedField} Field
 * @typedef {Field["a"]} Value
 */

const times = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "medium" });

/** @type {Record<string, (value: any) => string>} */
const WRITTEN = {
  bytes,
  modified: date,
  taken: date,
  width: number,
  height: number,
  quality: number,
};

/** @param {string} name @param {Value} value */
function written(name, value) {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "boolean") return t(value ? "compare.yes" : "compare.no");
  const write = WRITTEN[name];
  return write ? write(value) : String(value);
}

/** @param {Value} value */
function inFull(value) {
  const when =
    typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) ? new Date(value) : null;
  if (when && !Number.isNaN(when.getTime())) return times.format(when);
  return typeof value === "number" ? number(value) : String(value);
}

/** Two values that are written alike and still differ are written in full. @param {Field} field */
function pairOf({ field, a, b, differs }) {
  const [left, right] = [written(field, a), written(field, b)];
  return differs && left === right ? [inFull(a), inFull(b)] : [left, right];
}

/** @param {string} field */
function nameOf(field) {
  const words = t(`compare.field.${field}`);
  return words === `compare.field.${field}` ? field : words;
}

/**
 * How much more the one has than the other, beside the one that has more.
 * @param {string} name @param {Value} value @param {Value} other
 */
function deltaOf(name, value, other) {
  if (name === "modified" || name === "taken") {
    const [when, before] = [value, other].map((each) => new Date(String(each)).getTime());
    return when > before ? t("compare.later") : "";
  }
  if (typeof value !== "number" || typeof other !== "number" || value <= other) return "";
  const write = WRITTEN[name];
  return write ? `+${write(value - other)}` : "";
}

/** Names that are long stay on a line or two. */
const LONG = 19;

/** @param {Field} field */
function line(field) {
  const { field: name, a, b } = field;
  const deltas = field.differs ? [deltaOf(name, a, b), deltaOf(name, b, a)] : ["", ""];
  const values = pairOf(field).map((text, at) => {
    const delta = deltas[at] ? el("span", { class: "delta number" }, deltas[at]) : null;
    return el("td", { title: text }, el("span", { class: "value" }, elideMiddle(text, LONG)), delta);
  });
  return el(
    "tr",
    {
      class: field.differs ? "differs" : "",
      "data-field": field.field,
      "data-differs": String(field.differs),
    },
    el("th", { scope: "row" }, nameOf(field.field)),
    ...values,
  );
}

/**
 * @param {Field[]} fields
 * @param {boolean} all
 * @param {(all: boolean) => void} remember
 * @returns {HTMLElement}
 */
export function fieldsOf(fields, all, remember) {
  const body = el("tbody");
  const differing = fields.filter(({ differs }) => differs);
  const box = el("input", { type: "checkbox", checked: all, "data-role": "all-fields" });
  const fill = () => body.replaceChildren(...(box.checked ? fields : differing).map(line));
  box.addEventListener("change", () => {
    remember(box.checked);
    fill();
  });
  fill();
  const corner = ["A", "B"].map((name) =>
    el("th", { scope: "col" }, el("b", { class: "which" }, name)),
  );
  const head = el(
    "thead",
    {},
    el("tr", {}, el("th", {}, el("span", { class: "unseen" }, t("compare.field"))), ...corner),
  );
  const title = el("h2", {}, t("compare.differing", { count: differing.length }));
  const switchAll = el("label", { class: "line push" }, box, t("compare.all"));
  return el(
    "section",
    { class: "fields", "data-role": "fields" },
    el("div", { class: "bar" }, title, switchAll),
    el("table", { class: "table" }, head, body),
  );
}

/**
 * @param {{hash: string, distance: number, bits: number}} entry
 * @param {URLSearchParams} query
 */
function distanceLine({ hash, distance, bits }, query) {
  const [name, emphasis = null] = hash.split("@");
  const link = linkTo("/explain", query, { hash: name, emphasis });
  return el(
    "tr",
    { "data-hash": hash },
    el("th", { scope: "row" }, el("a", { href: link }, hash)),
    el(
      "td",
      { class: "number" },
      number(distance),
      el("span", { class: "soft" }, ` / ${number(bits)}`),
    ),
    el("td", { class: "number" }, percent(distance, bits)),
  );
}

/**
 * @param {{hash: string, distance: number, bits: number}[]} distances
 * @param {URLSearchParams} query
 * @returns {HTMLElement}
 */
export function distancesOf(distances, query) {
  const names = ["compare.hash", "compare.distance", "compare.similarity"];
  const head = names.map((key, at) =>
    el("th", { scope: "col", class: at ? "number" : "" }, t(key)),
  );
  const lines = distances.map((entry) => distanceLine(entry, query));
  return el(
    "section",
    { class: "distances", "data-role": "distances" },
    el("h2", {}, t("compare.distances")),
    el(
      "table",
      { class: "table" },
      el("thead", {}, el("tr", {}, ...head)),
      el("tbody", {}, ...lines),
    ),
  );
}

/**
 * @param {any} photo
 * @param {"a" | "b"} side
 * @returns {HTMLElement}
 */
export function nameLine(photo, side) {
  const size = photo.width ? `${number(photo.width)} × ${number(photo.height)}` : "";
  return el(
    "p",
    { class: "name-line", "data-role": `name-${side}` },
    el("b", { class: "which" }, side.toUpperCase()),
    el("span", { class: "cut", title: photo.name }, photo.name),
    el("span", { class: "soft number" }, [size, bytes(photo.bytes)].filter(Boolean).join(" · ")),
  );
}
