// @ts-check
/** The way on below the matches: the next of the ranking, without moving the threshold by hand. */

import { byRole } from "../common/dom.js";
import { settings } from "../common/page-data.js";
import { filled } from "./state.js";
import { t } from "../common/words.js";

/** @typedef {import("./state.js").State} State */

/** What the button does now. @type {Partial<State>} */
let change = {};

/**
 * Without a threshold more of the nearest are shown, in whole rows; else the threshold moves as far
 * as the next of them lie.
 * @param {State} state @param {import("./distances.js").Distances} distances
 * @param {import("./distances.js").Part} part that is shown
 * @param {number} columns of the tiles @param {boolean} last whether the last page is shown
 */
export function showMore(state, distances, part, columns, last) {
  const button = byRole("more");
  const bounded = state.rate !== null || state.maxDistance !== null;
  button.hidden = !last || part.end === part.first || part.end >= distances.searched
    || (bounded && state.k !== null);
  if (button.hidden) return;
  const shown = part.end - part.first;
  if (bounded) {
    const place = Math.min(part.end + settings.nearest, distances.searched) - 1;
    const distance = distances.distanceAt(place);
    change = { maxDistance: distance, rate: null };
    const count = distances.countBelow(distance + 1) - part.end;
    button.textContent = t("search.more.distance", { count, distance });
  } else {
    const wished = filled(shown + settings.nearest, columns);
    change = { k: wished };
    button.textContent = t("search.more", {
      count: Math.min(wished - shown, distances.searched - part.end),
    });
  }
}

/** @param {(change: Partial<State>) => void} widen */
export function startMore(widen) {
  byRole("more").addEventListener("click", () => widen(change));
}
