// @ts-check
/** The page that shows why a photo is a copy of another. */

import { getJson } from "../common/api.js";
import { clear, showError } from "../common/banner.js";
import { byRole, el } from "../common/dom.js";
import { addKeys } from "../common/keys.js";
import { here, linkTo, searchFrom, swapped } from "../common/pair-links.js";
import { number, t } from "../common/words.js";
import { drawingOf } from "./drawing.js";

/** @typedef {import("../api.js").CopyPair} Pair */

const page = byRole("copy");
const narrow = matchMedia("(max-width: 700px)");

/** What is drawn over the photos: by itself only the outlines and the blocks. */
const LAYERS = { outlines: true, blocks: true, lines: false };

/** @param {string} role @param {string} href @param {string} text */
function link(role, href, text) {
  return el("a", { class: "button", href, "data-role": role }, text);
}

function head() {
  const query = here();
  return el("div", { class: "bar copy-head" },
    link("back", searchFrom(query.get("a") ?? "", query), t("explain.back")),
    el("div", { class: "bar pair-links" },
      link("swap", linkTo("/copy", swapped(query)), t("explain.swap")),
      link("to-compare", linkTo("/compare", query), t("explain.compare")),
      link("search-b", searchFrom(query.get("b") ?? "", query), t("explain.search", { which: "B" }))));
}

/** @param {Pair} pair */
function said({ copy, details, same_scene }) {
  if (!copy) return el("div", { class: "copy-said" }, el("h1", {}, t("pair.none")));
  const title = same_scene ? t("pair.scene") : copy.text;
  // Without evidence: bytes or pixels alone tell that it is the picture itself.
  if (!details) return el("div", { class: "copy-said" }, el("h1", { "data-role": "copy-text" }, title));
  const sure = t(same_scene ? "copies.scene" : copy.sure ? "copies.sure" : "copies.unsure");
  const facts = [
    t("pair.score", { score: copy.score.toFixed(2), sure }),
    t("pair.points", { count: copy.points, of: details.of }),
    t("pair.agreement", { percent: `${number(Math.round(100 * details.agreement))}%` }),
  ];
  return el("div", { class: "copy-said" },
    el("h1", { "data-role": "copy-text" }, title),
    el("p", { class: "soft number", "data-role": "copy-facts" }, facts.join(" · ")));
}

/** @param {SVGElement} drawing */
function layers(drawing) {
  const ticks = Object.entries(LAYERS).map(([name, on]) => {
    const show = () => {
      LAYERS[/** @type {"lines"} */ (name)] = box.checked;
      drawing.classList.toggle(`with-${name}`, box.checked);
    };
    const box = el("input", { type: "checkbox", checked: on, "data-role": `layer-${name}`, onchange: show });
    show();
    return el("label", { class: "line" }, box, t(`pair.layer.${name}`));
  });
  const key = ["agrees", "differs"].map((name) =>
    el("span", { class: "soft" }, el("span", { class: `swatch ${name}` }), t(`pair.key.${name}`)));
  return el("div", { class: "copy-key" }, ...ticks, ...key);
}

/** @param {Pair} pair */
async function show(pair) {
  const drawing = await drawingOf(pair, narrow.matches);
  drawing.setAttribute("aria-label", t("pair.drawing", { a: pair.a.name, b: pair.b.name }));
  const names = el("p", { class: "soft cut" }, el("bdi", {}, pair.a.name), " → ", el("bdi", {}, pair.b.name));
  page.replaceChildren(head(), said(pair), names, ...(pair.copy ? [layers(drawing)] : []), drawing);
  page.dataset.state = "shown";
  page.setAttribute("aria-busy", "false");
  document.title = `${pair.a.name} · ${pair.b.name} · sokkuri`;
}

async function load() {
  const query = here();
  const asked = new URLSearchParams({ a: query.get("a") ?? "", b: query.get("b") ?? "" });
  if (query.get("harder") === "1") asked.set("harder", "1");
  try {
    const pair = await getJson("/copies/pair", asked);
    clear();
    await show(pair);
    narrow.onchange = () => void show(pair);
  } catch (error) {
    page.dataset.state = "failed";
    page.setAttribute("aria-busy", "false");
    page.replaceChildren(el("p", {}, t("explain.failed")),
      el("p", {}, el("a", { class: "button", href: "/" }, t("explain.home"))));
    showError(error);
  }
}

addKeys(
  { keys: ["s"], words: "explain.keys.swap", act: () => location.assign(linkTo("/copy", swapped(here()))) },
  { keys: ["c"], words: "explain.keys.compare", act: () => location.assign(linkTo("/compare", here())) },
);
void load();
