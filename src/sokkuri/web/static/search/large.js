// @ts-check
/** The photos of a list one by one, as large as the window: on from page to page, and to more of them. */

import { LargeView } from "../common/large-view.js";
import { pageUrl, searchFrom } from "./state.js";
import { number, percent, t } from "../common/words.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./tiles.js").Tiles} Tiles */
/** @typedef {import("../common/large-view.js").List} List */

/**
 * @typedef {object} Page
 * @property {State} state
 * @property {import("./distances.js").Distances | null} distances
 * @property {Tiles} tiles
 * @property {import("./pager.js").Pager} pager what is shown of how many
 * @property {() => import("./more.js").More | null} more
 * @property {(offset: number) => void} turn
 * @property {(change: Partial<State>) => void} widen
 */

/** @param {Page} page @returns {LargeView} over the matches, until it is shown another list */
export function makeLarge(page) {
  return new LargeView(matchesOf(page));
}

/** @param {Page} page @returns {List} the matches */
export function matchesOf(page) {
  const { tiles, pager } = page;
  /** @param {number} place among all matches */
  const tileAt = (place) => tiles.shown[place - pager.offset];
  return {
    ...told(page, tiles, tileAt),
    count: () => pager.count,
    at: (place) => {
      const offset = place - (place % pager.size);
      if (offset !== pager.offset && place < pager.count && page.state.offset !== offset) page.turn(offset);
      return tileAt(place)?.match ?? undefined;
    },
    // Where a threshold bounds, only whoever moves it gets more.
    grows: () => page.more()?.distance === null,
    grow: () => {
      const next = page.more();
      if (next) page.widen(next.change);
    },
  };
}

/** @param {Page} page @param {Tiles} tiles @returns {List} tiles of which there are no more */
export function shownOf(page, tiles) {
  /** @param {number} place */
  const tileAt = (place) => tiles.shown[place];
  return {
    ...told(page, tiles, tileAt),
    count: () => tiles.shown.length,
    at: (place) => tileAt(place)?.match ?? undefined,
    grows: () => false,
    grow: () => {},
  };
}

/** @param {Page} page @param {Tiles} tiles @param {(place: number) => import("./tile.js").Tile | undefined} tileAt */
function told(page, tiles, tileAt) {
  return {
    leave: (/** @type {number} */ place) => {
      tiles.setCurrent(tileAt(place) ?? tiles.shown[0] ?? null);
      tiles.current?.link.focus();
    },
    search: (/** @type {string} */ id) => pageUrl(searchFrom(page.state, id)),
    explain: (/** @type {string} */ id) => tiles.links?.explain?.(id) ?? "",
    compare: (/** @type {string} */ id) => tiles.links?.compare?.(id) ?? "",
    said: (/** @type {{id: string}} */ photo) => {
      const match = tiles.shown.find(({ id }) => id === photo.id)?.match;
      if (match && "outline" in match) return tiles.tell(match.id);
      if (!match || !page.distances) return "";
      const share = percent(match.distance, page.distances.bits);
      return t("large.distance", { distance: number(match.distance), percent: share });
    },
  };
}
