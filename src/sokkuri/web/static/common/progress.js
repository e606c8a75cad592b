// @ts-check
/** How far indexing is, asked once a second for as long as it runs. */

import { getJson } from "./api.js";
import { byRole, el } from "./dom.js";
import { t } from "./words.js";

/** @typedef {import("../api.js").FolderStatus} Folder */

const SECOND = 1000;

/** @param {Folder["indexing"]} indexing */
export function indexingWords(indexing) {
  if (!indexing) return "";
  if (indexing.stage === "listing") return t("progress.listing", { count: indexing.done });
  if (indexing.total === null) return t("progress.hashing.open", { done: indexing.done });
  return t("progress.hashing", { done: indexing.done, total: indexing.total });
}

/** @param {Folder["indexing"]} indexing @returns {HTMLProgressElement} */
export function progressBar(indexing) {
  const total = indexing?.stage === "hashing" ? indexing.total : null;
  const value = total === null || total === undefined ? null : (indexing?.done ?? 0);
  return el("progress", { max: total, value, "aria-label": indexingWords(indexing) });
}

/**
 * Call back at once, each second while a folder is being indexed, and when somebody comes back to
 * the page: what runs may have been started elsewhere.
 * @param {(folders: Folder[], running: boolean) => void} tell
 * @returns {() => Promise<void>} look again now: something was started
 */
export function watchLibrary(tell) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  async function look() {
    clearTimeout(timer);
    /** @type {Folder[] | null} */
    let folders = null;
    try {
      folders = (await getJson("/library")).folders;
    } catch {
      // Asked again below: a page that is open outlives a server that is busy.
    }
    const running = folders === null || folders.some((folder) => folder.indexing);
    if (folders) {
      showBars(folders);
      tell(folders, running);
    }
    clearTimeout(timer);
    if (running) timer = setTimeout(look, folders ? SECOND : 5 * SECOND);
  }
  void look();
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) void look();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) void look();
  });
  return look;
}

/**
 * Call back when the library holds something else than before, or its indexing has begun or ended.
 * @param {() => void} changed
 */
export function followLibrary(changed) {
  let held = "";
  watchLibrary((folders, running) => {
    const photos = folders.map(({ key, photos, hashes }) => [key, photos, ...hashes.map(({ name }) => name)]);
    const before = held;
    held = `${running} ${photos}`;
    if (before && held !== before) changed();
  });
}

/** The slim bars at the top of a page that has room for them. @param {Folder[]} folders */
function showBars(folders) {
  const place = document.querySelector('[data-role="progress"]');
  if (!(place instanceof HTMLElement)) return;
  const running = folders.filter((folder) => folder.indexing);
  place.hidden = running.length === 0;
  const lines = running.map((folder) => {
    const name = folders.length > 1 ? `${folder.name}: ` : "";
    const words = el("span", { class: "number" }, name + indexingWords(folder.indexing));
    return el("div", { class: "progress" }, words, progressBar(folder.indexing));
  });
  byRole("progress").replaceChildren(...lines);
}
