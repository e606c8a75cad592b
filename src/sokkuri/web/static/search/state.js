// @ts-check
/** The page of results as one value, and the same value as an address. */

import { settings } from "../common/page-data.js";

/**
 * @typedef {object} State
 * @property {string[]} images ids of the queries, one a tab
 * @property {number} tab
 * @property {boolean} copies whether copies are looked for, not what looks alike
 * @property {boolean} sure only those that are sure to be copies
 * @property {boolean} harder photos are described by more points
 * @property {boolean} scenes whether those of the same scene, which are no copies, are unfolded
 * @property {string} hash
 * @property {string | null} emphasis null for the default
 * @property {boolean} mirror
 * @property {number} minDistance
 * @property {number | null} maxDistance inclusive bits; null where `rate` or nothing bounds
 * @property {string | null} rate as it was typed
 * @property {number | null} k
 * @property {string} minQuality
 * @property {string} links "0" shows each file under one name
 * @property {string} folder
 * @property {string} after
 * @property {string} before
 * @property {string} minBytes
 * @property {string} maxBytes
 * @property {Sort} sort
 * @property {number} offset
 */

/** @typedef {"nearest" | "farthest" | "newest" | "oldest" | "biggest" | "smallest" | "name"} Sort */

/** @type {readonly Sort[]} */
export const SORTS = ["nearest", "farthest", "newest", "oldest", "biggest", "smallest", "name"];

/** @type {Readonly<Record<string, "minQuality" | "folder" | "after" | "before" | "minBytes" | "maxBytes" | "links">>} */
export const FILTERS = Object.freeze({
  folder: "folder",
  after: "after",
  before: "before",
  min_bytes: "minBytes",
  max_bytes: "maxBytes",
  min_quality: "minQuality",
  links: "links",
});

/** Tiles of a page that has grown. */
const MOST_TILES = 512;

/** @param {string | null} text @param {number} least @returns {number | null} */
function whole(text, least) {
  if (text === null || !/^\d+$/.test(text)) return null;
  return Math.max(least, Number(text));
}

/** @param {string} search the part of an address from `?` on @returns {State} */
export function readState(search) {
  const query = new URLSearchParams(search);
  const images = query.getAll("img").filter(Boolean);
  const sort = /** @type {Sort} */ (query.get("sort"));
  const rate = query.get("rate");
  /** @type {State} */
  const state = {
    images,
    tab: Math.min(whole(query.get("tab"), 0) ?? 0, Math.max(0, images.length - 1)),
    copies: query.get("copies") === "1",
    sure: query.get("sure") === "1",
    harder: query.get("harder") === "1",
    scenes: query.get("scenes") === "1",
    hash: query.get("hash") || settings.hash,
    emphasis: query.get("emphasis") || null,
    mirror: query.get("mirror") !== "0",
    minDistance: whole(query.get("min_distance"), 0) ?? 0,
    maxDistance: whole(query.get("max_distance"), 0),
    rate: rate && Number(rate) >= 0 ? rate : null,
    k: whole(query.get("k"), 1),
    minQuality: query.get("min_quality") ?? "",
    links: query.get("links") === "0" ? "0" : "",
    folder: query.get("folder") ?? "",
    after: query.get("after") ?? "",
    before: query.get("before") ?? "",
    minBytes: query.get("min_bytes") ?? "",
    maxBytes: query.get("max_bytes") ?? "",
    sort: SORTS.includes(sort) ? sort : "nearest",
    offset: whole(query.get("offset"), 0) ?? 0,
  };
  if (state.emphasis === settings.emphasis) state.emphasis = null;
  return state;
}

/** What decides how far photos are: hash, emphasis, mirror. @param {State} state */
export function measureQuery(state) {
  const query = new URLSearchParams();
  if (state.hash !== settings.hash) query.set("hash", state.hash);
  if (state.emphasis !== null) query.set("emphasis", state.emphasis);
  if (!state.mirror) query.set("mirror", "0");
  return query;
}

/** What decides which distances there are. @param {State} state */
export function distancesQuery(state) {
  const query = new URLSearchParams({ img: state.images[state.tab] });
  for (const [name, value] of measureQuery(state)) query.set(name, value);
  for (const [name, key] of Object.entries(FILTERS)) if (state[key]) query.set(name, state[key]);
  return query;
}

/** The search of the tab that is open, for the API. @param {State} state */
export function searchQuery(state) {
  const query = distancesQuery(state);
  if (state.minDistance) query.set("min_distance", String(state.minDistance));
  if (state.rate !== null) query.set("rate", state.rate);
  else if (state.maxDistance !== null) query.set("max_distance", String(state.maxDistance));
  if (state.k !== null) query.set("k", String(state.k));
  if (state.sort !== "nearest") query.set("sort", state.sort);
  if (state.offset) query.set("offset", String(state.offset));
  return query;
}

/** What only copies are asked with. @param {State} state */
function copiesPart(state) {
  const query = new URLSearchParams();
  if (state.sure) query.set("sure", "1");
  if (state.harder) query.set("harder", "1");
  return query;
}

/** All copies of the photo in the tab that is open, for the API. @param {State} state */
export function allCopiesQuery(state) {
  const query = new URLSearchParams({ img: state.images[state.tab] });
  for (const [name, key] of Object.entries(FILTERS)) if (state[key]) query.set(name, state[key]);
  for (const [name, value] of copiesPart(state)) query.set(name, value);
  return query;
}

/**
 * Those of the page that a place lies on, and more: as many as are ever shown at once.
 * @param {State} state @param {number} offset
 */
export function copiesQuery(state, offset) {
  const query = allCopiesQuery(state);
  query.set("offset", String(offset - (offset % MOST_TILES)));
  query.set("limit", String(MOST_TILES));
  return query;
}

/** The hash that photos are searched by. @param {State} state */
export function hashOf(state) {
  if (!state.copies) return state.hash;
  return state.harder ? settings.copies_harder : settings.copies;
}

/** What a pair of photos is shown with. @param {State} state */
export function pairQuery(state) {
  const query = measureQuery(state);
  if (state.copies) query.set("copies", "1");
  if (state.copies && state.harder) query.set("harder", "1");
  return query;
}

/** The address of the page. @param {State} state */
export function pageUrl(state) {
  const query = new URLSearchParams();
  for (const id of state.images) query.append("img", id);
  if (state.tab) query.set("tab", String(state.tab));
  if (state.images.length) {
    for (const [name, value] of searchQuery(state)) if (name !== "img") query.set(name, value);
  }
  if (state.copies) {
    query.set("copies", "1");
    for (const [name, value] of copiesPart(state)) query.set(name, value);
    if (state.scenes) query.set("scenes", "1");
  }
  return `/search?${query}`;
}

/**
 * The state of a search from another photo: how to compare stays, the threshold does not.
 * @param {State} state @param {string} id @returns {State}
 */
export function searchFrom(state, id) {
  return {
    ...state,
    images: [id],
    tab: 0,
    scenes: false,
    minDistance: 0,
    maxDistance: null,
    rate: null,
    k: null,
    offset: 0,
    sort: "nearest",
  };
}

/** The largest distance a rate lets in: strictly below, as in the tutorial. @param {string} rate */
export function maxOfRate(rate) {
  return Math.ceil(settings.rate_unit * Number(rate)) - 1;
}

/** The threshold in bits, null where only the number of matches bounds. @param {State} state */
export function limitOf(state) {
  if (state.copies) return null;
  return state.rate !== null ? maxOfRate(state.rate) : state.maxDistance;
}

/** Matches that are shown without a threshold: as on the command line, and the row filled. @param {number} columns */
export function nearestIn(columns) {
  return filled(settings.nearest, columns);
}

/** @param {number} count @param {number} columns @returns {number} `count`, and the rest of its last row */
export function filled(count, columns) {
  return Math.ceil(count / columns) * columns;
}

/** How many matches at most. @param {State} state @param {number} columns */
export function mostOf(state, columns) {
  return state.k ?? (limitOf(state) === null ? nearestIn(columns) : null);
}

/**
 * Tiles of a page: as many as the tutorial's figure has, or all that somebody asked to see more of.
 * @param {State} state
 */
export function pageSize(state) {
  const wished = limitOf(state) === null ? (state.k ?? 0) : 0;
  return Math.max(settings.tiles, Math.min(wished, MOST_TILES));
}

/** How many filters are on. @param {State} state */
export function filtersOn(state) {
  return Object.values(FILTERS).filter((key) => state[key] !== "").length;
}
