// @ts-check
/** The page that lays two photos over each other. */
import { getJson } from "../common/api.js";
import { clear, showError } from "../common/banner.js";
import { byRole, el } from "../common/dom.js";
import { Blink } from "./blink.js";
import { Controls } from "./controls.js";
import { distancesOf, fieldsOf, nameLine } from "./facts.js";
import { listen } from "./gestures.js";
import { listenToKeys } from "./keys.js";
import { MODES, Stage } from "./stage.js";
import { Strip } from "./strip.js";
import { View } from "./view.js";
import { changed, here, linkTo, searchFrom, swapped } from "../common/pair-links.js";
import { followLibrary } from "../common/progress.js";
import { t } from "../common/words.js";

/** @typedef {import("./stage.js").Mode} Mode */

const REST_MS = 300;

const page = byRole("compare");
const view = new View();
const stage = new Stage(view);
const blink = new Blink(stage);
const controls = new Controls(stage, blink, setMode);
const strip = new Strip(go);
const facts = el("aside", { class: "facts", "aria-label": t("compare.facts") });
const back = el("a", { class: "button", "data-role": "back" }, t("explain.back"));
const links = el("div", { class: "bar pair-links" });
const status = el("p", { class: "unseen", role: "status", "data-role": "mode-status" });

let allFields = false;

/** @type {AbortController | undefined} */
let asking;

/** @type {number | undefined} */
let resting;

/** @param {string | null} text @returns {Mode} */
function modeOf(text) {
  return MODES.find((mode) => mode === text) ?? "side";
}

/** @param {Mode} mode */
function setMode(mode) {
  if (stage.element.dataset.mode) status.textContent = t(`compare.mode.${mode}`);
  stage.setMode(mode);
  controls.show(mode);
  blink.refresh();
  remember();
}

/** Keep mode and view in the address once they rest, so that a copied link shows the same. */
function remember() {
  clearTimeout(resting);
  resting = window.setTimeout(() => {
    const changes = {
      mode: stage.mode === "side" ? null : stage.mode,
      view: view.toText() || null,
    };
    const next = linkTo(location.pathname, here(), changes);
    if (next !== location.pathname + location.search) history.replaceState(history.state, "", next);
  }, REST_MS);
}

/** @param {string} role @param {string} href @param {string} text */
function link(role, href, text) {
  return el("a", { class: "button", href, "data-role": role }, text);
}

/** The address of the pair without what only this page understands. */
function pairOnly() {
  return changed(here(), { mode: null, view: null });
}

function fillLinks() {
  const query = pairOnly();
  const swap = link("swap", linkTo("/compare", swapped(query)), t("explain.swap"));
  swap.addEventListener("click", (event) => {
    event.preventDefault();
    go(swapped(here()));
  });
  back.href = searchFrom(query.get("a") ?? "", query);
  links.replaceChildren(
    swap,
    link("to-explain", linkTo(explainPage(), query), t("compare.explain")),
    link("search-b", searchFrom(query.get("b") ?? "", query), t("explain.search", { which: "B" })),
  );
}

/** @param {any} comparison @param {number[][] | null} corners of B in A, where B is laid on A */
function show(comparison, corners) {
  const { a, b, same, distances, fields } = comparison;
  stage.show(a, b, corners);
  facts.replaceChildren(
    nameLine(a, "a"),
    nameLine(b, "b"),
    ...(same ? [el("p", {}, el("span", { class: "badge same" }, t(`compare.same.${same}`)))] : []),
    fieldsOf(fields, allFields, (all) => (allFields = all)),
    distancesOf(distances, pairOnly()),
  );
  fillLinks();
  page.dataset.state = "shown";
  document.title = `${a.name} · ${b.name} · sokkuri`;
}

async function load() {
  asking?.abort();
  asking = new AbortController();
  page.dataset.state = "loading";
  const query = here();
  try {
    const [a, b] = [query.get("a") ?? "", query.get("b") ?? ""];
    const pair = {
      a,
      b,
      ...optional(query, "hash"),
      ...optional(query, "emphasis"),
      ...optional(query, "mirror"),
    };
    const comparison = await getJson("/compare", pair, asking.signal);
    const corners = await cornersOf(query, asking.signal);
    clear();
    show(comparison, corners);
    strip.show(query);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return;
    page.dataset.state = "failed";
    facts.replaceChildren(
      el("p", {}, t("explain.failed")),
      el("a", { class: "button", href: "/" }, t("explain.home")),
    );
    showError(error);
  }
}

/** Copies are laid on each other, and explained as such. */
function explainPage() {
  return here().get("copies") === "1" ? "/copy" : "/explain";
}

/**
 * The corners of B in A; null where the pair is not compared as copies, or is none.
 * @param {URLSearchParams} query @param {AbortSignal} signal @returns {Promise<number[][] | null>}
 */
async function cornersOf(query, signal) {
  if (query.get("copies") !== "1") return null;
  const pair = { a: query.get("a") ?? "", b: query.get("b") ?? "", ...optional(query, "harder") };
  const { copy } = await getJson("/copies/pair", pair, signal);
  return copy ? copy.outline.photo : null;
}

/** @param {URLSearchParams} query @param {string} name @returns {Record<string, string>} */
function optional(query, name) {
  const value = query.get(name);
  return value === null ? {} : { [name]: value };
}

/** Another pair under the same mode and view. @param {URLSearchParams} query */
function go(query) {
  const changes = { mode: stage.mode === "side" ? null : stage.mode, view: view.toText() || null };
  history.pushState(null, "", linkTo(location.pathname, query, changes));
  load();
}

function start() {
  page.replaceChildren(
    el("div", { class: "bar compare-head" }, back, controls.element, links),
    el("div", { class: "compare-body" }, stage.element, strip.element, facts),
    status,
  );
  view.fromText(here().get("view"));
  listen(stage, blink);
  stage.element.addEventListener("drawn", remember);
  listenToKeys(stage, blink, {
    mode: setMode,
    step: (step) => strip.step(step, here()),
    swap: () => go(swapped(here())),
    explain: () => location.assign(linkTo(explainPage(), pairOnly())),
  });
  setMode(modeOf(here().get("mode")));
  load();
  // What is not there while the first photos are indexed may be there now.
  followLibrary(() => {
    if (page.dataset.state === "failed") load();
    else if (page.dataset.state === "shown") void strip.renew(here());
  });
}

window.addEventListener("popstate", load);
start();
