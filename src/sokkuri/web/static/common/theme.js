// @ts-check
/** Dark or light: the system's, unless somebody chose. early.js applies the choice before paint. */

import { byRole } from "./dom.js";

const KEY = "sokkuri.theme";

/** Fired at the document when colours have changed: canvases draw themselves again. */
export const THEME_CHANGED = "sokkuri-theme";

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function tell() {
  document.dispatchEvent(new Event(THEME_CHANGED));
}

export function switchTheme() {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Then it holds for this page only.
  }
  tell();
}

export function startTheme() {
  byRole("theme").addEventListener("click", switchTheme);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
}
