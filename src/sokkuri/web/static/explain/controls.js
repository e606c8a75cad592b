// @ts-check
/** What the pair is explained by, and where to go from it. */
import { apiUrl } from "../common/api.js";
import { el } from "../common/dom.js";
import { changed, linkTo, searchFrom, searchPart, swapped } from "../common/pair-links.js";
import { t } from "../common/words.js";

const EMPHASES = ["shape", "balanced", "colour"];

/**
 * @typedef {import("../api.js").HashChoice} Hash
 * @typedef {(query: URLSearchParams) => void} Go
 */

/**
 * @param {Hash[]} hashes
 * @param {string} current
 * @param {URLSearchParams} query
 * @param {Go} go
 */
function hashChoice(hashes, current, query, go) {
  const known = hashes.some(({ name }) => name === current);
  const listed = known ? hashes : [...hashes, { name: current, summary: "" }];
  const options = listed.map(({ name, summary }) =>
    el("option", { value: name, selected: name === current, title: summary }, name),
  );
  const select = el("select", { "data-role": "hash" }, ...options);
  select.addEventListener("change", () =>
    go(changed(query, { hash: select.value, emphasis: null })),
  );
  return el("label", { class: "line" }, el("span", { class: "label" }, t("explain.hash")), select);
}

/**
 * @param {string} current
 * @param {URLSearchParams} query
 * @param {Go} go
 */
function emphasisChoice(current, query, go) {
  const choices = EMPHASES.map((name) => {
    const input = el("input", {
      type: "radio",
      name: "emphasis",
      value: name,
      "data-role": `emphasis-${name}`,
      checked: name === current,
      onchange: () => go(changed(query, { emphasis: name })),
    });
    return el("label", {}, input, t(`explain.emphasis.${name}`));
  });
  return el(
    "div",
    {
      class: "choice",
      role: "radiogroup",
      "aria-label": t("explain.emphasis"),
      "data-role": "emphasis",
    },
    ...choices,
  );
}

/** @param {URLSearchParams} query @param {Go} go */
function mirrorChoice(query, go) {
  const box = el("input", {
    type: "checkbox",
    checked: query.get("mirror") !== "0",
    "data-role": "mirror",
  });
  box.addEventListener("change", () => go(changed(query, { mirror: box.checked ? null : "0" })));
  return el("label", { class: "line", title: t("explain.mirror.hint") }, box, t("explain.mirror"));
}

/**
 * @param {string} role
 * @param {string} href
 * @param {string} text
 * @param {Record<string, string>} [more] attributes
 */
function link(role, href, text, more = {}) {
  return el("a", { class: "button", href, "data-role": role, ...more }, text);
}

/** @param {URLSearchParams} query @param {Go} go */
function places(query, go) {
  const [a, b] = [query.get("a") ?? "", query.get("b") ?? ""];
  const figure = searchPart(query);
  for (const [name, value] of Object.entries({ a, b, format: "png" })) figure.set(name, value);
  const swap = link("swap", linkTo("/explain", swapped(query)), t("explain.swap"));
  swap.addEventListener("click", (event) => {
    event.preventDefault();
    go(swapped(query));
  });
  return [
    swap,
    link("to-compare", linkTo("/compare", query), t("explain.compare")),
    link("search-a", searchFrom(a, query), t("explain.search", { which: "A" })),
    link("search-b", searchFrom(b, query), t("explain.search", { which: "B" })),
    link("figure", apiUrl("/explain/figure", figure), t("explain.png"), {
      download: "explanation.png",
    }),
  ];
}

/**
 * @param {Hash[]} hashes
 * @param {any} explanation
 * @param {URLSearchParams} query
 * @param {Go} go to another explanation
 * @returns {HTMLElement}
 */
export function controlsOf(hashes, explanation, query, go) {
  const [name, emphasis = "balanced"] = explanation.hash.split("@");
  const dial = hashes.some((hash) => hash.name === name && hash.emphasis);
  const back = el(
    "a",
    { class: "button", href: searchFrom(query.get("a") ?? "", query), "data-role": "back" },
    t("explain.back"),
  );
  return el(
    "div",
    { class: "bar explain-bar" },
    back,
    hashChoice(hashes, name, query, go),
    dial ? emphasisChoice(emphasis, query, go) : null,
    dial ? mirrorChoice(query, go) : null,
    el("div", { class: "bar push" }, ...places(query, go)),
  );
}
