// @ts-check
/** Menus that open from a `<details>`: Escape or a press elsewhere closes them. */

export function startMenus() {
  /** @param {EventTarget | null} kept */
  const closeOthers = (kept) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!(kept instanceof Node && menu.contains(kept))) menu.removeAttribute("open");
    }
  };
  document.addEventListener("pointerdown", (event) => closeOthers(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (!menu) return;
    event.preventDefault();
    menu.removeAttribute("open");
    menu.querySelector("summary")?.focus();
  });
}
