// @ts-check
/** One match: its photo, how far it is, what it is called, and what can be done with it. */

import { fileUrl, pictureUrl } from "../common/api.js";
import { el, icon } from "../common/dom.js";
import { cornerOf } from "../common/large-view.js";
import { elideMiddle } from "../common/names.js";
import { Picture } from "../common/picture.js";
import { bytes, number, percent, t } from "../common/words.js";

/** @typedef {import("./distances.js").Match} Match */

/**
 * @typedef {object} Links where a tile leads
 * @property {(id: string) => string} search
 * @property {((id: string) => string) | null} explain
 * @property {((id: string) => string) | null} compare
 * @property {(id: string) => void} open the large view
 */

const DOWNLOAD = "M8 2v8m-3.2-3L8 10.2 11.2 7M3 13.5h10";

export class Tile {
  /** @param {{id: string, name: string}} match */
  constructor(match) {
    this.id = match.id;
    /** What it shows. @type {Match | null} */
    this.match = null;
    /** @type {Links | null} */
    this.links = null;
    /** Letters that its name was cut to. */
    this.letters = 0;
    this.image = el("img", { alt: "", loading: "lazy", decoding: "async", draggable: "false" });
    this.link = el("a", { class: "tile-open", tabindex: "-1", draggable: "false" });
    this.badge = el("span", { class: "badge", "data-role": "badge", hidden: true });
    this.distance = el("b", { class: "number", "data-role": "tile-distance" });
    this.percent = el("span", { class: "number soft" });
    this.name = el("bdi", { class: "tile-name cut", "data-role": "tile-name" });
    this.path = el("bdi", {});
    this.size = el("span", { class: "number" });
    this.actions = el("div", { class: "tile-actions" });
    this.corner = cornerOf(match.name, () => {});
    this.link.append(el("span", { class: "well tile-photo" }, this.image));
    this.root = el("li", { class: "tile", "data-role": "tile" },
      el("div", { class: "tile-top" }, this.link, this.badge, this.corner, this.actions),
      el("div", { class: "tile-line" }, this.distance, this.percent), this.name,
      el("div", { class: "tile-facts soft", "data-role": "tile-facts" }, this.path, this.size));
    this.root.dataset.id = match.id;
    this.picture = new Picture(this.image, this.root);
  }

  /**
   * @param {Match} match @param {number} bits @param {Links} links
   * @param {number} letters of a name that a tile has room for
   */
  update(match, bits, links, letters) {
    this.letters = letters;
    const alt = this.tell(match, bits);
    this.name.textContent = elideMiddle(match.name, letters);
    const path = match.folder ? `${match.folder}/${match.name}` : match.name;
    this.root.title = path;
    this.path.textContent = path;
    const pixels = match.width && match.height ? `${match.width} × ${match.height}` : "";
    this.size.textContent = [pixels, bytes(match.bytes)].filter(Boolean).join(" · ");
    this.root.dataset.same = match.same ?? "";
    this.link.href = links.search(match.id);
    this.image.alt = alt;
    this.mark(match);
    this.act(match, links);
  }

  /**
   * Say how far the match is.
   * @param {Match} match @param {number} bits @returns {string} the same in words, with its name
   */
  tell(match, bits) {
    const share = percent(match.distance, bits);
    this.distance.textContent = number(match.distance);
    this.percent.textContent = share;
    this.root.dataset.distance = String(match.distance);
    return t("search.tile", { name: match.name, distance: match.distance, percent: share });
  }

  /** @param {Match} match */
  mark(match) {
    const low = match.lowQuality !== null && match.lowQuality !== undefined;
    this.badge.hidden = !match.same && !low;
    this.badge.className = match.same ? "badge same" : "badge low";
    if (match.same) this.badge.textContent = t(`search.same.${match.same}`);
    else if (low) this.badge.textContent = t("search.low_tile", { quality: match.lowQuality ?? 0 });
  }

  /** @param {Match} match @param {Links} links */
  act(match, links) {
    const focusable = this.link.tabIndex;
    /** @param {string} role @param {string} href @param {Record<string, any>} more @param {Node | string} face */
    const action = (role, href, more, face) =>
      el("a", {
        href, class: "button", "data-role": role, title: t(`keys.${role}`),
        "aria-label": `${t(`search.${role}`)} ${match.name}`, tabindex: focusable, ...more,
      }, face);
    const { explain, compare } = links;
    this.actions.replaceChildren();
    if (explain) this.actions.append(action("explain", explain(match.id), {}, t("search.explain")));
    if (compare) this.actions.append(action("compare", compare(match.id), {}, t("search.compare")));
    const saves = { class: "button square", download: true };
    this.actions.append(action("download", fileUrl(match.id), saves, icon(DOWNLOAD)));
    this.corner.replaceWith((this.corner = cornerOf(match.name, () => links.open(match.id))));
  }

  /** @param {string} role @returns {HTMLAnchorElement | null} */
  action(role) {
    return this.actions.querySelector(`[data-role="${role}"]`);
  }

  /** Only the tile the keyboard is at takes part in the tab order. @param {boolean} yes */
  setFocusable(yes) {
    const index = yes ? 0 : -1;
    this.link.tabIndex = index;
    for (const action of this.actions.querySelectorAll("a")) action.tabIndex = index;
  }

  /** Ask for the photo; the browser waits until the tile is near. */
  load() {
    this.picture.load(pictureUrl(this.id, 320));
  }

  /** Take back what was not answered yet, so that nothing is asked for while dragging. */
  hold() {
    this.picture.hold();
  }
}
