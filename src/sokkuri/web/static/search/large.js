// @ts-check
/** The matches one by one, as large as the window: on from page to page, and on to more of them. */

import { LargeView } from "../common/large-view.js";
import { moreOf } from "./more.js";
import { pageUrl, searchFrom } from "./state.js";
import { number, percent, t } from "../common/words.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./distances.js").Distances} Distances */

/**
 * @typedef {object} Page
 * @property {State} state
 * @property {Distances | null} distances
 * @property {import("./tiles.js").Tiles} tiles
 * @property {import("./pager.js").Pager} pager what is shown of how many
 * @property {(offset: number) => void} turn
 * @property {(change: Partial<State>) => void} widen
 */

/** @param {Page} page @returns {LargeView} */
export function makeLarge(page) {
  const { tiles, pager } = page;
  /** @param {number} place among all matches */
  const tileAt = (place) => tiles.shown[place - pager.offset];
  const more = () => (page.distances ? moreOf(page.state, page.distances, tiles.columns) : null);
  // Where a threshold bounds, only whoever moves it gets more.
  const grows = () => more()?.distance === null;
  return new LargeView({
    count: () => pager.count,
    at: (place) => {
      const offset = place - (place % pager.size);
      if (offset !== pager.offset && place < pager.count && page.state.offset !== offset) page.turn(offset);
      return tileAt(place)?.match ?? undefined;
    },
    grows,
    grow: () => {
      const next = more();
      if (next) page.widen(next.change);
    },
    leave: (place) => {
      tiles.setCurrent(tileAt(place) ?? tiles.shown[0] ?? null);
      tiles.current?.link.focus();
    },
    search: (id) => pageUrl(searchFrom(page.state, id)),
    explain: (id) => tiles.links?.explain?.(id) ?? "",
    compare: (id) => tiles.links?.compare?.(id) ?? "",
    said: (photo) => {
      const match = tiles.shown.find(({ id }) => id === photo.id)?.match;
      if (match && "outline" in match) return tiles.tell(match.id);
      if (!match || !page.distances) return "";
      const share = percent(match.distance, page.distances.bits);
      return t("large.distance", { distance: number(match.distance), percent: share });
    },
  });
}
