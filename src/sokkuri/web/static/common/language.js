// @ts-check
/** The language switch: the same page again, remembered in a cookie that only says `en` or `ja`. */

import { byRole } from "./dom.js";

const YEAR = 365 * 24 * 3600;

/** @param {string} lang */
function choose(lang) {
  document.cookie = `sokkuri-lang=${lang}; path=/; max-age=${YEAR}; SameSite=Strict`;
  const url = new URL(location.href);
  // Cookies may be written later than the page is asked for, or not at all: reading them waits for
  // the first, and in place of the second the address says it.
  if (document.cookie.includes(`sokkuri-lang=${lang}`)) url.searchParams.delete("lang");
  else url.searchParams.set("lang", lang);
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
