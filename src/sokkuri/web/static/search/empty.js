// @ts-check
/** What stands where no photo matches: why, and the nearest one as an offer. */

import { byRole } from "../common/dom.js";
import { elideMiddle } from "../common/names.js";
import { filtersOn } from "./state.js";
import { t } from "../common/words.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./distances.js").Distances} Distances */

/**
 * The nearest photo that a threshold could let in: at or above the lower bound, else of all.
 * @param {State} state @param {Distances} distances
 */
function nearestPlace(state, distances) {
  const place = distances.countBelow(state.minDistance);
  return place < distances.searched ? place : 0;
}

/**
 * @param {State} state @param {Distances} distances @param {boolean} empty
 */
export function showEmpty(state, distances, empty) {
  byRole("empty").hidden = !empty;
  if (!empty) return;
  const offer = byRole("offer-nearest");
  const why = byRole("empty-why");
  const next = byRole("empty-next");
  offer.hidden = distances.searched === 0;
  next.textContent = "";
  if (distances.searched === 0) {
    why.textContent = t(filtersOn(state) ? "search.empty.filter" : "search.empty.library");
    return;
  }
  const place = nearestPlace(state, distances);
  const distance = distances.distanceAt(place);
  why.textContent = t("search.empty");
  const name = distances.rows ? elideMiddle(distances.match(place).name, 44) : "";
  const key = name ? "search.empty.nearest" : "search.empty.nearest.plain";
  next.textContent = t(key, { name, distance });
  offer.textContent = t("search.offer", { distance });
  offer.dataset.distance = String(distance);
}

/** @param {(distance: number) => void} take */
export function startEmpty(take) {
  const offer = byRole("offer-nearest");
  offer.addEventListener("click", () => take(Number(offer.dataset.distance)));
}
