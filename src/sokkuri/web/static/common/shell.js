// @ts-check
/** What every page has: theme, language, keys, and the notices that the page before left. */

import { showKept } from "./banner.js";
import { addKeys, startKeys } from "./keys.js";
import { startLanguage } from "./language.js";
import { startTheme, switchTheme } from "./theme.js";

/** @param {string} place */
const go = (place) => () => location.assign(place);

startTheme();
startLanguage();
startKeys();
addKeys(
  { keys: ["h"], words: "keys.home", act: go("/") },
  { keys: ["l"], words: "keys.library", act: go("/library") },
  { keys: ["t"], words: "keys.theme", act: switchTheme },
);
showKept();
