// @ts-check
/** Operations and schemas as sections of the page. */
import { copyText } from "./copying.js";
import { el } from "./dom.js";
import { curlOf } from "./docs-curl.js";
import { boundsOf, propertiesOf, referencesIn, typeOf } from "./docs-model.js";
import { t } from "./words.js";

/** @typedef {import("./docs-model.js").Operation} Operation */

/** @param {string} name */
export function schemaId(name) {
  return `schema-${name}`;
}

/** A type whose names of schemas are links. @param {any} schema @returns {HTMLElement} */
function type(schema) {
  const text = typeOf(schema);
  const names = referencesIn(schema);
  const pieces = text
    .split(/(\w+)/)
    .map((piece) =>
      names.includes(piece) ? el("a", { href: `#${schemaId(piece)}` }, piece) : piece,
    );
  return el("code", { class: "type" }, ...pieces);
}

/** @param {string} method */
export function methodBadge(method) {
  return el("span", { class: `method method-${method.toLowerCase()}` }, method);
}

/** Code in the words of a docstring. @param {string} text @returns {(Node | string)[]} */
function prose(text) {
  return text.split(/`([^`]+)`/).map((piece, at) => (at % 2 ? el("code", {}, piece) : piece));
}

/** @param {any} parameter */
function parameterRow({ name, required, schema, description = "", in: where }) {
  const notes = [where === "path" ? t("docs.in_path") : "", required ? t("docs.required") : ""];
  const { bounds, initial } = boundsOf(schema);
  const more = [bounds, initial ? t("docs.default", { value: initial }) : ""]
    .filter(Boolean)
    .join(" · ");
  return el(
    "tr",
    {},
    el(
      "th",
      { scope: "row" },
      el("code", {}, name),
      ...notes.filter(Boolean).map((note) => el("span", { class: "note" }, note)),
    ),
    el("td", {}, type(schema), more ? el("span", { class: "bounds" }, more) : null),
    el("td", {}, ...prose(description)),
  );
}

/** @param {import("./docs-model.js").Property} property */
function propertyRow({ name, optional, schema, about }) {
  return el(
    "tr",
    {},
    el(
      "th",
      { scope: "row" },
      el("code", {}, name, optional ? el("span", { class: "soft" }, "?") : ""),
    ),
    el("td", {}, type(schema)),
    el("td", {}, ...prose(about)),
  );
}

/** @param {string} title @param {HTMLElement[]} rows */
function table(title, rows) {
  const body = el("tbody", {}, ...rows);
  return el("table", { class: "table docs-table" }, el("caption", {}, title), body);
}

/** @param {string} code @param {string} name */
function codeBlock(code, name) {
  const copy = el(
    "button",
    { class: "button", type: "button", "aria-label": t("docs.copy_of", { name }) },
    t("docs.copy"),
  );
  copy.addEventListener("click", async () => {
    if (!(await copyText(code, name))) return;
    copy.textContent = t("docs.copied");
    setTimeout(() => (copy.textContent = t("docs.copy")), 1600);
  });
  return el("div", { class: "code" }, el("pre", { tabindex: 0 }, el("code", {}, code)), copy);
}

/**
 * Good answers in full, problems in one line: they share one shape.
 *
 * @param {Operation["answers"]} answers
 */
function answerList(answers) {
  const good = answers.filter(({ status }) => status.startsWith("2"));
  const bad = answers.filter(({ status }) => !status.startsWith("2"));
  const lines = good.map(({ status, type: kind, schema }) =>
    el(
      "li",
      {},
      el("span", { class: "status good number" }, status),
      kind && !kind.includes("json") ? el("code", { class: "type" }, kind) : type(schema),
    ),
  );
  if (bad.length) {
    const codes = bad.map(({ status }) => el("span", { class: "status number" }, status));
    lines.push(el("li", {}, ...codes, el("a", { href: "#problems" }, t("docs.problem"))));
  }
  return el("div", { class: "answers" }, el("h4", {}, t("docs.answers")), el("ul", {}, ...lines));
}

/** @param {Operation} operation @param {string} origin @returns {HTMLElement} */
export function operationSection(operation, origin) {
  const { id, method, path, about, parameters, body, answers } = operation;
  const title = el("h3", {}, methodBadge(method), el("a", { class: "path", href: `#${id}` }, path));
  const facts = [];
  if (parameters.length) facts.push(table(t("docs.parameters"), parameters.map(parameterRow)));
  if (body) {
    const rows = propertiesOf(body.schema).map(propertyRow);
    facts.push(table(`${t("docs.body")} · ${body.type}`, rows));
  }
  const code = codeBlock(curlOf(operation, origin), `${method} ${path}`);
  const columns = el(
    "div",
    { class: facts.length ? "operation-body" : "operation-body short" },
    facts.length ? el("div", { class: "operation-facts" }, ...facts) : null,
    el("div", { class: "operation-use" }, code, answerList(answers)),
  );
  return el(
    "section",
    { class: "operation", id, "data-role": "operation" },
    title,
    el("p", { class: "about" }, ...prose(about)),
    columns,
  );
}

/** @param {string} name @param {any} schema @returns {HTMLElement} */
export function schemaSection(name, schema) {
  const rows = propertiesOf(schema).map(propertyRow);
  return el(
    "section",
    { class: "schema", id: schemaId(name), "data-role": "schema" },
    el("h3", {}, el("code", {}, name)),
    schema.description ? el("p", { class: "about" }, ...prose(schema.description)) : null,
    rows.length ? table(t("docs.fields"), rows) : type({ ...schema, description: undefined }),
  );
}
