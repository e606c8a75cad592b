// @ts-check
/** The language switch: the same page again, remembered in a cookie that only says `en` or `ja`. */

import { byRole } from "./dom.js";

const YEAR = 365 * 24 * 3600;

/** @param {string} lang */
function choose(lang) {
  document.cookie = `sokkuri-lang=${lang}; path=/; max-age=${YEAR}; SameSite=Strict`;
  const url = new URL(location.href);
  url.searchParams.delete("lang");
  location.assign(url.href);
}

export function startLanguage() {
  for (const lang of ["en", "ja"]) {
    byRole(`lang-${lang}`).addEventListener("click", (event) => {
      event.preventDefault();
      choose(lang);
    });
  }
}
