// @ts-check
/** Pictures from outside: dropped anywhere, pasted, or chosen. No address is ever fetched. */

import { upload } from "./api.js";
import { keep, noticeOf, show } from "./banner.js";
import { el } from "./dom.js";
import { t } from "./words.js";

/** More at once are left out, and that is said. */
const MOST = 16;

/** @param {DataTransfer | null} transfer @returns {File[]} */
function filesOf(transfer) {
  return transfer ? [...transfer.files] : [];
}

/** @param {DragEvent} event */
function hasFiles(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/**
 * Upload files, two at a time, and return the ids of those that are pictures, in their order.
 * @param {File[]} files
 * @returns {Promise<{ids: string[], notices: import("./banner.js").Notice[]}>}
 */
async function uploadAll(files) {
  const chosen = files.slice(0, MOST);
  /** @type {import("./banner.js").Notice[]} */
  const notices = [];
  if (files.length > MOST) notices.push({ detail: t("in.too_many", { count: MOST }) });
  /** @type {(string | null)[]} */
  const ids = chosen.map(() => null);
  let next = 0;
  const work = async () => {
    for (let i = next++; i < chosen.length; i = next++) {
      const name = chosen[i].name || t("in.pasted");
      try {
        ids[i] = (await upload(chosen[i], name)).id;
      } catch (error) {
        const notice = noticeOf(error);
        notices.push({ ...notice, detail: `${name}: ${notice.detail}` });
      }
    }
  };
  await Promise.all([work(), work()]);
  return { ids: [...new Set(ids.filter((id) => id !== null))], notices };
}

function veil() {
  const node = el("div", { class: "drop-veil", "data-role": "drop-veil" },
    el("span", {}, t("in.drop_now")));
  document.body.append(node);
  return node;
}

/**
 * Take pictures in, and hand on the ids they were given.
 * @param {(ids: string[]) => void} open
 * @returns {{choose: () => void, take: (files: File[]) => Promise<void>}}
 */
export function startWaysIn(open) {
  const input = el("input", {
    type: "file", multiple: true, hidden: true, accept: "image/*", "data-role": "file",
    "aria-label": t("in.choose"),
  });
  document.body.append(input);
  let busy = false;

  /** @param {File[]} files */
  async function take(files) {
    if (busy || !files.length) return;
    busy = true;
    document.body.setAttribute("aria-busy", "true");
    const { ids, notices } = await uploadAll(files);
    busy = false;
    document.body.removeAttribute("aria-busy");
    if (ids.length) {
      keep(notices);
      open(ids);
    } else {
      notices.forEach((notice) => show(notice));
    }
  }

  input.addEventListener("change", () => {
    const files = [...(input.files ?? [])];
    input.value = ""; // the same file may be chosen again
    void take(files);
  });
  listenToDrops(take);
  document.addEventListener("paste", (event) => {
    const files = filesOf(event.clipboardData).filter((file) => file.type.startsWith("image/"));
    if (!files.length) return;
    event.preventDefault();
    void take(files);
  });
  return { choose: () => input.click(), take };
}

/** @param {(files: File[]) => Promise<void>} take */
function listenToDrops(take) {
  /** @type {HTMLElement | null} */
  let shown = null;
  let depth = 0;
  const hide = () => {
    depth = 0;
    shown?.remove();
    shown = null;
  };
  document.addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    depth += 1;
    shown ??= veil();
  });
  document.addEventListener("dragleave", () => {
    depth -= 1;
    if (depth <= 0) hide();
  });
  document.addEventListener("dragover", (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    hide();
    if (!hasFiles(event)) return;
    event.preventDefault();
    void take(filesOf(event.dataTransfer));
  });
}
