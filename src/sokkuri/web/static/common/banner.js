// @ts-check
/** Calm lines at the top of the page: what is wrong, and what to do. */

import { Problem } from "./api.js";
import { byRole, el } from "./dom.js";
import { lang, words } from "./page-data.js";
import { t } from "./words.js";

const KEPT = "sokkuri.notices";

/** @typedef {{detail: string, next?: string}} Notice */

/** The server's words are the command line's: no capital, no full stop. @param {string} said */
function sentence(said) {
  const text = said.charAt(0).toUpperCase() + said.slice(1);
  return /[\p{L}\p{N})）]$/u.test(text) ? `${text}${lang === "ja" ? "。" : "."}` : text;
}

/** @param {Problem} problem @returns {Notice} */
function problemNotice(problem) {
  const kind = problem.type.split(":").at(-1) ?? "";
  const next = words[`problem.${kind}.next`] ?? sentence(problem.next);
  return { detail: sentence(problem.message) || t("error.unknown"), next };
}

/** @param {unknown} error @returns {Notice} */
export function noticeOf(error) {
  if (error instanceof Problem) {
    if (error.type === "unreachable") {
      return { detail: t("error.unreachable"), next: t("error.unreachable.next") };
    }
    return problemNotice(error);
  }
  console.error(error);
  return { detail: t("error.unknown") };
}

/**
 * Show a notice until it is closed. The same words are shown once.
 * @param {Notice} notice @param {...HTMLElement} actions
 */
export function show(notice, ...actions) {
  const place = byRole("banners");
  const key = `${notice.detail}\n${notice.next ?? ""}`;
  for (const old of [...place.children]) {
    if (old instanceof HTMLElement && old.dataset.key === key) old.remove();
  }
  const close = el("button", {
    class: "button plain square",
    type: "button",
    "aria-label": t("shell.close"),
    onclick: () => banner.remove(),
  }, "✕");
  const text = el("p", {}, el("b", {}, notice.detail), " ");
  if (notice.next) text.append(el("span", { class: "next" }, notice.next));
  const banner = el("div", { class: "banner", "data-role": "banner" }, text, ...actions, close);
  banner.dataset.key = key;
  place.append(banner);
  return banner;
}

/** @param {unknown} error */
export function showError(error) {
  if (error instanceof DOMException && error.name === "AbortError") return;
  show(noticeOf(error));
}

/** Take away what the page itself said; what the page before left stays until it is closed. */
export function clear() {
  for (const banner of byRole("banners").querySelectorAll(".banner:not([data-kept])")) banner.remove();
}

/** Keep notices for the next page of this tab. @param {Notice[]} notices */
export function keep(notices) {
  if (notices.length) sessionStorage.setItem(KEPT, JSON.stringify(notices));
}

/** Show what the page before has kept. */
export function showKept() {
  const text = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  if (text) for (const notice of JSON.parse(text)) show(notice).dataset.kept = "";
}
