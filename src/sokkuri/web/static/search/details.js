// @ts-check
/** Path, pixels and size under the tiles, for whoever wants them; remembered by the browser. */

import { byRole } from "../common/dom.js";

const KEY = "sokkuri-details";

export function startDetails() {
  const button = byRole("details");
  /** @param {boolean} yes */
  const show = (yes) => {
    button.setAttribute("aria-pressed", String(yes));
    for (const list of document.querySelectorAll(".tiles")) list.classList.toggle("with-facts", yes);
  };
  button.addEventListener("click", () => {
    const yes = button.getAttribute("aria-pressed") !== "true";
    show(yes);
    try {
      localStorage.setItem(KEY, yes ? "1" : "");
    } catch {
      // A browser that keeps nothing shows them until the page is left.
    }
  });
  try {
    show(localStorage.getItem(KEY) === "1");
  } catch {
    show(false);
  }
}
