// @ts-check
/** Keys of the page, and the sheet that lists them. */

import { byRole, el, isTyping } from "./dom.js";
import { t } from "./words.js";

/**
 * @typedef {object} Key
 * @property {string[]} keys values of `KeyboardEvent.key` that do it
 * @property {string} words key of the sentence in the sheet
 * @property {string} [label] what the sheet shows in place of the keys
 * @property {(event: KeyboardEvent) => boolean | void} [act] returns false where the key was not
 *   meant for it; left out for keys that the elements themselves take
 */

/** What the sheet lists. @type {Key[]} */
const listed = [];

/** Keys that a line of another names too. @type {Key[]} */
const quiet = [];

/** @param {...Key} keys */
export function addKeys(...keys) {
  listed.push(...keys);
}

/** @param {...Key} keys that are not listed: the line of another key names them */
export function addQuietKeys(...keys) {
  quiet.push(...keys);
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  for (const key of [...listed, ...quiet]) {
    if (!key.act || !key.keys.includes(event.key)) continue;
    if (key.act(event) === false) continue;
    event.preventDefault();
    return;
  }
}

/** @param {Key} key */
function line(key) {
  const names = key.label ? key.label.split(" ") : key.keys;
  const keys = names.flatMap((name, i) => (i ? [" ", el("kbd", {}, name)] : [el("kbd", {}, name)]));
  return el("div", {}, el("dt", {}, ...keys), el("dd", {}, t(key.words)));
}

export function openSheet() {
  byRole("keys").replaceChildren(...listed.map(line));
  /** @type {HTMLDialogElement} */ (byRole("keys-sheet")).showModal();
}

/** Listen, and wire the button in the header. */
export function startKeys() {
  addKeys({ keys: ["?"], words: "keys.help", act: openSheet });
  document.addEventListener("keydown", onKey);
  byRole("help").addEventListener("click", openSheet);
  const sheet = byRole("keys-sheet");
  sheet.addEventListener("click", (event) => {
    // The dialog itself is hit only beside its content.
    if (event.target === sheet) /** @type {HTMLDialogElement} */ (sheet).close();
  });
}
