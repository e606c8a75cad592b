// @ts-check
/** Links from one pair to other pages, with the search they came from. */

const SEARCH = [
  "copies",
  "sure",
  "harder",
  "hash",
  "emphasis",
  "mirror",
  "min_distance",
  "max_distance",
  "rate",
  "k",
  "min_quality",
  "links",
  "folder",
  "after",
  "before",
  "min_bytes",
  "max_bytes",
  "sort",
];

/** @returns {URLSearchParams} what this page's address says */
export function here() {
  return new URLSearchParams(location.search);
}

/**
 * @param {URLSearchParams} query
 * @param {Record<string, string | null>} changes null takes one away
 * @returns {URLSearchParams}
 */
export function changed(query, changes) {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) next.delete(name);
    else next.set(name, value);
  }
  return next;
}

/**
 * @param {URLSearchParams} query
 * @returns {URLSearchParams} only what a search understands, without the photos
 */
export function searchPart(query) {
  const kept = [...query].filter(([name]) => SEARCH.includes(name));
  return new URLSearchParams(kept);
}

/**
 * @param {string} path of a page
 * @param {URLSearchParams} query
 * @param {Record<string, string | null>} [changes]
 */
export function linkTo(path, query, changes = {}) {
  return `${path}?${changed(query, changes)}`;
}

/** @param {string} id @param {URLSearchParams} query @returns {string} a search from a photo */
export function searchFrom(id, query) {
  const text = searchPart(query).toString();
  return `/search?img=${encodeURIComponent(id)}${text ? `&${text}` : ""}`;
}

/** @param {URLSearchParams} query @returns {URLSearchParams} with the two photos exchanged */
export function swapped(query) {
  return changed(query, { a: query.get("b"), b: query.get("a") });
}
