// @ts-check
/** What the server wrote into the page: the words of its language, and the settings. */

/** @param {string} id @returns {any} */
function block(id) {
  return JSON.parse(document.getElementById(id)?.textContent || "{}");
}

/** @type {Readonly<Record<string, string>>} */
export const words = Object.freeze(block("words"));

/**
 * @type {Readonly<{hash: string, emphasis: string, nearest: number, tiles: number,
 *   low_quality: number, copies: string, copies_harder: string, rate_unit: number, reveals: boolean}>}
 */
export const settings = Object.freeze({
  hash: "look-2",
  emphasis: "balanced",
  nearest: 20,
  tiles: 64,
  low_quality: 35,
  copies: "copies-150",
  copies_harder: "copies-300",
  rate_unit: 256,
  reveals: false,
  ...block("settings"),
});

export const lang = document.documentElement.lang === "ja" ? "ja" : "en";
