// @ts-check
/** The way on below the matches: the next of the ranking, without moving the threshold by hand. */

import { byRole } from "../common/dom.js";
import { settings } from "../common/page-data.js";
import { filled, limitOf, mostOf } from "./state.js";
import { t } from "../common/words.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./distances.js").Distances} Distances */

/**
 * @typedef {object} More
 * @property {Partial<State>} change
 * @property {number} count of the matches that come
 * @property {number | null} distance that the threshold moves to, where there is one
 */

/**
 * More of a list that only the number bounds, in whole rows.
 * @param {number} shown @param {number} left @param {number} columns of the tiles
 * @returns {More | null}
 */
export function moreInRows(shown, left, columns) {
  if (!shown || left <= 0) return null;
  const k = filled(shown + settings.nearest, columns);
  return { change: { k }, count: Math.min(k - shown, left), distance: null };
}

/** What the button does now. @type {Partial<State>} */
let change = {};

/**
 * What shows more matches, where there are more. Without a threshold these are more of the nearest,
 * in whole rows; else the threshold moves as far as the next of them lie.
 * @param {State} state @param {Distances} distances @param {number} columns of the tiles
 * @returns {More | null}
 */
export function moreOf(state, distances, columns) {
  const limit = limitOf(state);
  const part = distances.between(state.minDistance, limit, mostOf(state, columns));
  const shown = part.end - part.first;
  if (limit === null) return moreInRows(shown, distances.searched - part.end, columns);
  if (!shown || part.end >= distances.searched || state.k !== null) return null;
  const place = Math.min(part.end + settings.nearest, distances.searched) - 1;
  const distance = distances.distanceAt(place);
  const count = distances.countBelow(distance + 1) - part.end;
  return { change: { maxDistance: distance, rate: null }, count, distance };
}

/** @param {More | null} more null where there is none, or another page stands between */
export function showMore(more) {
  const button = byRole("more");
  button.hidden = !more;
  if (!more) return;
  const { count, distance } = more;
  change = more.change;
  button.textContent = distance === null
    ? t("search.more", { count }) : t("search.more.distance", { count, distance });
}

/** @param {(change: Partial<State>) => void} widen */
export function startMore(widen) {
  byRole("more").addEventListener("click", () => widen(change));
}
