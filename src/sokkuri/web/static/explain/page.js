// @ts-check
/** The page that shows why two photos match: bit by bit, and where. */
import { getJson } from "../common/api.js";
import { showError, clear } from "../common/banner.js";
import { bytesOf } from "./bits.js";
import { byRole, el } from "../common/dom.js";
import { Cells } from "./cells.js";
import { controlsOf } from "./controls.js";
import { histogramOf } from "./histogram.js";
import { keyOf } from "./key.js";
import { modelOf } from "./model.js";
import { answerOf } from "./numbers.js";
import { nameOf } from "./names.js";
import { photosOf } from "./photos.js";
import { Readout } from "./readout.js";
import { mapsOf, rowOf } from "./row.js";
import { addKeys } from "../common/keys.js";
import { here, linkTo, searchFrom, swapped } from "../common/pair-links.js";
import { followLibrary } from "../common/progress.js";
import { t } from "../common/words.js";

/** @typedef {import("./model.js").Model} Model */

const page = byRole("explain");

/** @type {AbortController | undefined} */
let asking;

/** @type {Promise<any> | undefined} */
let hashes;

/** @param {any} picture */
function side({ pixels, rows, columns }) {
  return { pixels: bytesOf(pixels), rows, columns };
}

/** @param {Model} model */
function hasHistogram(model) {
  return model.valued && !Array.isArray(model.panel.reference_a);
}

/**
 * @param {any} explanation
 * @param {any} known the hashes there are
 */
function show(explanation, known) {
  const models = /** @type {Model[]} */ (explanation.panels.map(modelOf));
  const cells = new Cells();
  const sides = { a: side(explanation.pictures.a), b: side(explanation.pictures.b) };
  const rows = models.map((model, at) => {
    const row = rowOf(model, sides, cells, at === 0);
    if (hasHistogram(model)) row.firstElementChild?.append(histogramOf(model, cells));
    cells.listen((cell) => (row.dataset.lit = String(cell?.model === model)));
    return row;
  });
  if (rows.length === 1) mapsOf(rows[0]).classList.add("alone");
  const readout = new Readout(models, cells);
  const photos = photosOf(models, explanation, cells, (name) => nameOf("explain.panel", name));
  const focused =
    document.activeElement instanceof HTMLElement ? document.activeElement.dataset.role : "";
  page.replaceChildren(
    controlsOf(known.hashes, explanation, here(), go),
    answerOf(explanation),
    el("div", { class: "explain-body" }, photos, el("div", { class: "map-rows" }, keyOf(models), ...rows)),
    readout.element,
  );
  // Whoever chose by keyboard goes on from where they were.
  const again = focused ? page.querySelector(`[data-role="${focused}"]`) : null;
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
  page.dataset.state = "shown";
  page.removeAttribute("aria-busy");
  document.title = `${explanation.a.name} · ${explanation.b.name} · sokkuri`;
}

async function load() {
  asking?.abort();
  asking = new AbortController();
  page.setAttribute("aria-busy", "true");
  page.dataset.state = "loading";
  try {
    hashes ??= getJson("/hashes");
    const asked = getJson("/explain", here(), asking.signal);
    const [known, explanation] = await Promise.all([hashes, asked]);
    clear();
    show(explanation, known);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return;
    hashes = undefined;
    fail(error);
  }
}

/** @param {unknown} error */
function fail(error) {
  const back = el("a", { class: "button", href: "/" }, t("explain.home"));
  page.replaceChildren(el("h1", { class: "waiting" }, t("explain.failed")), el("p", {}, back));
  page.dataset.state = "failed";
  page.removeAttribute("aria-busy");
  showError(error);
}

/** Explain something else, with its own address. @param {URLSearchParams} query */
function go(query) {
  history.pushState(null, "", linkTo(location.pathname, query));
  load();
}

/**
 * Arrow keys go to the maps unless something else wants them, `n` in any case.
 *
 * @param {KeyboardEvent} event
 */
function enterMaps(event) {
  const free = event.target === document.body || event.target === document.querySelector("main");
  if (event.key.startsWith("Arrow") && !free) return false;
  const lit = page.querySelector("[data-role='panel'][data-lit='true']");
  const row = lit ?? page.querySelector("[data-role='panel']");
  if (!(row instanceof HTMLElement)) return false;
  const maps = mapsOf(row);
  maps.focus({ preventScroll: true });
  maps.dispatchEvent(new KeyboardEvent("keydown", { key: event.key, cancelable: true }));
  return true;
}

addKeys(
  {
    keys: ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"],
    label: "← → ↑ ↓",
    words: "explain.keys.cell",
    act: enterMaps,
  },
  { keys: ["n", "N"], label: "n N", words: "explain.keys.next", act: enterMaps },
  { keys: ["o"], words: "explain.keys.over", act: () => byRole("over").click() },
  { keys: ["s"], words: "explain.keys.swap", act: () => go(swapped(here())) },
  {
    keys: ["c"],
    words: "explain.keys.compare",
    act: () => location.assign(linkTo("/compare", here())),
  },
  {
    keys: ["a"],
    words: "explain.keys.search_a",
    act: () => location.assign(searchFrom(here().get("a") ?? "", here())),
  },
  {
    keys: ["b"],
    words: "explain.keys.search_b",
    act: () => location.assign(searchFrom(here().get("b") ?? "", here())),
  },
  { keys: ["p"], words: "explain.keys.png", act: () => byRole("figure").click() },
);
window.addEventListener("popstate", load);
load();
// What is not there while the first photos are indexed may be there now.
followLibrary(() => {
  hashes = undefined;
  if (page.dataset.state === "failed") load();
});
