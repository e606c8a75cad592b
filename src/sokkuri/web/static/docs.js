// @ts-check
/** The API's reference: whatever the server says of itself, set for reading and searching. */
import { showError } from "./banner.js";
import { byRole, el, inputOf } from "./dom.js";
import { operationsOf, propertiesOf } from "./docs-model.js";
import { methodBadge, operationSection, schemaId, schemaSection } from "./docs-view.js";
import { addKeys } from "./keys.js";
import { t } from "./words.js";

/**
 * @typedef {import("./docs-model.js").Operation} Operation
 * @typedef {{text: string, elements: HTMLElement[]}} Entry what a search may hide
 */

const page = byRole("docs");

/** @param {string} tag */
function tagName(tag) {
  const words = t(`docs.tag.${tag}`);
  return words === `docs.tag.${tag}` ? tag : words;
}

/** @param {string} id @param {...(Node | string)} content */
function navLine(id, ...content) {
  return el("li", {}, el("a", { href: `#${id}` }, ...content));
}

/** @param {string} title @param {HTMLElement[]} lines */
function navGroup(title, lines) {
  return el("div", { class: "nav-group" }, el("h2", {}, title), el("ul", {}, ...lines));
}

/**
 * @param {Operation} operation
 * @param {HTMLElement} section
 * @param {HTMLElement} line
 * @returns {Entry}
 */
function operationEntry(operation, section, line) {
  const { method, path, about, parameters } = operation;
  const names = parameters.map(({ name, description = "" }) => `${name} ${description}`);
  return {
    text: [method, path, about, ...names].join(" ").toLowerCase(),
    elements: [section, line],
  };
}

/**
 * @param {Operation[]} operations
 * @param {string} tag
 * @returns {{group: HTMLElement, part: HTMLElement, entries: Entry[]}}
 */
function tagPart(operations, tag) {
  const own = operations.filter((operation) => operation.tag === tag);
  const sections = own.map((operation) => operationSection(operation, location.origin));
  const short = own.map(({ id, method, path }) =>
    navLine(id, methodBadge(method), path.replace("/api/v1", "")),
  );
  const entries = own.map((operation, at) => operationEntry(operation, sections[at], short[at]));
  const part = el(
    "div",
    { class: "docs-part", "data-role": "part" },
    el("h2", {}, tagName(tag)),
    ...sections,
  );
  return { group: navGroup(tagName(tag), short), part, entries };
}

/** @param {Record<string, any>} schemas */
function schemaPart(schemas) {
  const names = Object.keys(schemas).sort();
  const sections = names.map((name) => schemaSection(name, schemas[name]));
  const lines = names.map((name) => navLine(schemaId(name), name));
  const entries = names.map((name, at) => {
    const fields = propertiesOf(schemas[name]).map((field) => `${field.name} ${field.about}`);
    return { text: [name, ...fields].join(" ").toLowerCase(), elements: [sections[at], lines[at]] };
  });
  const part = el(
    "div",
    { class: "docs-part", "data-role": "part" },
    el("h2", {}, t("docs.schemas")),
    ...sections,
  );
  return { group: navGroup(t("docs.schemas"), lines), part, entries };
}

/** Hide what has not all the words, and groups that are left empty. @param {Entry[]} entries */
function search(entries) {
  const words = inputOf("docs-search").value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const { text, elements } of entries) {
    const found = words.every((word) => text.includes(word));
    count += Number(found);
    for (const element of elements) element.hidden = !found;
  }
  for (const group of page.querySelectorAll(".nav-group, .docs-part")) {
    const left = group.querySelector(
      ":scope > ul > li:not([hidden]), :scope > section:not([hidden])",
    );
    /** @type {HTMLElement} */ (group).hidden = !left;
  }
  byRole("docs-count").textContent = words.length ? t("docs.found", { count }) : "";
}

/** @param {any} described */
function show(described) {
  const operations = operationsOf(described);
  const tags = [...new Set(operations.map(({ tag }) => tag))];
  const parts = [
    ...tags.map((tag) => tagPart(operations, tag)),
    schemaPart(described.components?.schemas ?? {}),
  ];
  byRole("docs-nav").append(...parts.map(({ group }) => group));
  byRole("docs-parts").replaceChildren(...parts.map(({ part }) => part));
  byRole("docs-version").textContent = described.info.version;
  byRole("docs-origin").textContent = location.origin;
  const entries = parts.flatMap((part) => part.entries);
  inputOf("docs-search").addEventListener("input", () => search(entries));
  page.dataset.state = "shown";
  document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}

async function load() {
  try {
    const answer = await fetch("/openapi.json", { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`/openapi.json: ${answer.status}`);
    show(await answer.json());
  } catch (error) {
    page.dataset.state = "failed";
    showError(error);
  }
}

addKeys({ keys: ["/"], words: "docs.keys.search", act: () => inputOf("docs-search").focus() });
load();
