// @ts-check
/** The same search elsewhere: as a figure, a table, a command, or Python. */

import { apiUrl, getJson } from "../common/api.js";
import { showError } from "../common/banner.js";
import { copyText, sayCopied } from "../common/copy.js";
import { byRole } from "../common/dom.js";
import { allCopiesQuery, searchQuery } from "./state.js";
import { t } from "../common/words.js";

/** @typedef {import("./state.js").State} State */

const SAVED = [
  ["figure-png", "/figure", "png"],
  ["figure-pdf", "/figure", "pdf"],
  ["export-json", "/export", "json"],
  ["export-csv", "/export", "csv"],
];

/** Where the search that is shown is answered. @param {State} state @param {string} path */
function placeOf(state, path) {
  return state.copies ? `/copies${path}` : path;
}

/** The search without its page: all matches are saved. @param {State} state */
function wholeQuery(state) {
  if (state.copies) return allCopiesQuery(state);
  const query = searchQuery(state);
  query.delete("offset");
  return query;
}

/** Let the links save what is shown. @param {State} state */
export function showSharing(state) {
  for (const [role, path, format] of SAVED) {
    const query = wholeQuery(state);
    query.set("format", format);
    byRole(role).setAttribute("href", apiUrl(placeOf(state, path), query));
  }
}

/** @param {() => State} stateNow */
export function startSharing(stateNow) {
  for (const what of /** @type {const} */ (["command", "python"])) {
    const button = byRole(`copy-${what}`);
    button.addEventListener("click", async () => {
      try {
        const state = stateNow();
        const phrases = await getJson(placeOf(state, "/phrases"), wholeQuery(state));
        if (await copyText(phrases[what], t(`search.copy.${what}`))) sayCopied(button);
      } catch (error) {
        showError(error);
      }
    });
  }
}
