// @ts-check
/** The grid of matches. Tiles are kept and moved, so that a photo is asked for only once. */

import { isTyping } from "../common/dom.js";
import { LETTER } from "../common/names.js";
import { CopyTile } from "./copy-tile.js";
import { Tile } from "./tile.js";

/** @typedef {import("./distances.js").Match} Match */
/** @typedef {import("./tile.js").Links} Links */

/** Tiles that are kept though they are not shown. */
const KEPT = 512;

/** @param {Match} match @returns {Tile} */
function makeTile(match) {
  return "outline" in match ? new CopyTile(/** @type {any} */ (match)) : new Tile(match);
}

/**
 * The tile that keys are meant for: the one in focus, else the one under the pointer.
 * @param {...Tiles} lists
 */
export function meantOf(...lists) {
  for (const list of lists) {
    const focused = list.tileOf(document.activeElement);
    if (focused) return focused;
  }
  return lists.map((list) => list.pointed()).find((tile) => tile !== null) ?? null;
}

export class Tiles {
  /** @param {HTMLElement} list */
  constructor(list) {
    this.list = list;
    /** @type {Map<string, Tile>} */
    this.known = new Map();
    /** @type {Tile[]} */
    this.shown = [];
    /** @type {Tile | null} */
    this.current = null;
    /** Where tiles lead: the same for as long as one answer is shown. @type {Links | null} */
    this.links = null;
    /** Tiles that a row has room for. */
    this.columns = 1;
    /** Letters of a name that a tile has room for. */
    this.letters = 20;
    this.width = 0;
    list.addEventListener("focusin", (event) => this.setCurrent(this.tileOf(event.target)));
    list.addEventListener("keydown", (event) => this.onKey(event));
  }

  /**
   * @param {Match[]} matches @param {number} bits
   * @param {boolean} load whether photos may be asked for
   */
  show(matches, bits, load) {
    const { links, letters } = this;
    if (!links) return;
    this.shown = matches.map((match) => {
      const key = "outline" in match ? `copy ${match.id}` : match.id;
      let tile = this.known.get(key);
      if (tile === undefined) this.known.set(key, (tile = makeTile(match)));
      const same = tile.match === match && tile.links === links && tile.letters === letters;
      if (!same) tile.update(match, bits, links, letters);
      tile.match = match;
      tile.links = links;
      if (load) tile.load();
      return tile;
    });
    this.place();
    if (load) this.forget();
    if (!this.current || !this.shown.includes(this.current)) this.setCurrent(this.shown[0] ?? null);
  }

  /** Put the shown tiles into the list with as few moves as it takes. */
  place() {
    let at = this.list.firstElementChild;
    for (const tile of this.shown) {
      if (tile.root === at) at = at.nextElementSibling;
      else this.list.insertBefore(tile.root, at);
    }
    while (at) {
      const next = at.nextElementSibling;
      at.remove();
      at = next;
    }
  }

  /** Drop the oldest tiles that are not shown. */
  forget() {
    const shown = new Set(this.shown);
    for (const [id, tile] of this.known) {
      if (this.known.size <= KEPT) break;
      if (!shown.has(tile)) this.known.delete(id);
    }
  }

  /** Ask for nothing more, until photos are loaded again. */
  hold() {
    for (const tile of this.known.values()) tile.hold();
  }

  load() {
    for (const tile of this.shown) tile.load();
  }

  /** What a copy's tile says of it. @param {string} id */
  tell(id) {
    const tile = this.shown.find((each) => each.id === id);
    return tile ? [tile.distance.textContent, tile.percent.textContent].join(" · ") : "";
  }

  /** @param {EventTarget | null} target */
  tileOf(target) {
    const root = target instanceof Element ? target.closest(".tile") : null;
    return this.shown.find((tile) => tile.root === root) ?? null;
  }

  /** @param {Tile | null} tile */
  setCurrent(tile) {
    if (tile === this.current) return;
    this.current?.setFocusable(false);
    this.current = tile;
    tile?.setFocusable(true);
  }

  /** The tile under the pointer. */
  pointed() {
    return this.shown.find((tile) => tile.root.matches(":hover")) ?? null;
  }

  /** Count the columns that the style makes of the width. @returns {boolean} whether they are others */
  measure() {
    const width = this.list.clientWidth;
    if (!width || width === this.width) return false;
    const before = this.columns;
    this.width = width;
    const tracks = getComputedStyle(this.list).gridTemplateColumns.split(" ");
    this.columns = tracks.length;
    this.letters = Math.floor(parseFloat(tracks[0]) / LETTER);
    return this.columns !== before;
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === "Enter" && event.target === this.current?.link) {
      event.preventDefault();
      this.links?.open(this.current.id);
      return;
    }
    const at = this.current ? this.shown.indexOf(this.current) : -1;
    const steps = {
      ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.columns, ArrowUp: -this.columns,
      Home: -at, End: this.shown.length - 1 - at,
    };
    if (!(event.key in steps)) return;
    const next = this.shown[at + steps[/** @type {keyof typeof steps} */ (event.key)]];
    if (!next) return;
    event.preventDefault();
    this.setCurrent(next);
    next.link.focus();
  }
}
