// @ts-check
/** Where the page stood, kept in the history: going back finds the same place again. */

const REST = 150;

export function startScrolling() {
  history.scrollRestoration = "manual";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resting;
  addEventListener("scroll", () => {
    clearTimeout(resting);
    resting = setTimeout(saveScroll, REST);
  }, { passive: true });
  // A link may be followed before the page has come to rest.
  addEventListener("click", saveScroll, { capture: true });
}

export function saveScroll() {
  history.replaceState({ ...history.state, scroll: Math.round(scrollY) }, "");
}

export function restoreScroll() {
  scrollTo({ top: history.state?.scroll ?? 0, behavior: "instant" });
}
