// @ts-check
/** Text to the clipboard; where that is closed to us, into a sheet where it can be selected. */

import { el } from "./dom.js";
import { t } from "./words.js";

/**
 * @param {string} text @param {string} title of the sheet
 * @returns {Promise<boolean>} whether it is on the clipboard
 */
export async function copyText(text, title) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    openSheet(text, title);
    return false;
  }
}

/** How long a button says that it has copied. */
const SAID = 1600;

/** @param {HTMLElement} button */
export function sayCopied(button) {
  const words = button.dataset.words ?? button.textContent ?? "";
  button.dataset.words = words;
  // Its width stays, so that nothing beside it moves.
  button.style.minWidth = `${button.offsetWidth}px`;
  button.textContent = `✓ ${t("copy.done")}`;
  setTimeout(() => {
    button.textContent = words;
    button.style.minWidth = "";
  }, SAID);
}

/** @param {string} text @param {string} title */
function openSheet(text, title) {
  const area = el("textarea", { class: "copy", readonly: true, "aria-label": title });
  area.value = text;
  const close = el("button", { class: "button square", "aria-label": t("shell.close") }, "✕");
  const head = el("div", { class: "sheet-head" }, el("h2", {}, title),
    el("form", { method: "dialog" }, close));
  const sheet = el("dialog", { "data-role": "copy-sheet", "aria-label": title },
    el("div", { class: "sheet" }, head, el("p", { class: "soft" }, t("copy.by_hand")), area));
  sheet.addEventListener("close", () => sheet.remove());
  document.body.append(sheet);
  sheet.showModal();
  area.focus();
  area.select();
}
