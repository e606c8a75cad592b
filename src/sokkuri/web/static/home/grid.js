// @ts-check
/**
 * A windowed grid: however long the list, only the rows near the window are in the page. Rows have
 * one height, so a place in the list is a place on the page.
 */

import { pictureUrl } from "../common/api.js";
import { el, isTyping, onceAFrame } from "../common/dom.js";
import { cornerOf } from "../common/large-view.js";
import { elideMiddle, LETTER } from "../common/names.js";
import { Picture } from "../common/picture.js";
import { t } from "../common/words.js";

/** @typedef {import("../search/distances.js").Photo} Photo */
/** @typedef {{root: HTMLElement, link: HTMLAnchorElement, picture: Picture, folder: HTMLElement, name: HTMLElement, id: string}} Cell */

const LEAST_WIDTH = 132;
const LEAST_WIDTH_NARROW = 104;
const NARROW = 700;
const GAP = 10;
const CAPTION = 20;
const ROW_GAP = 10;
/** Letters that a name beside its folder has at least, or else it says nothing. */
const NAME_LETTERS = 9;
/** Letters of a caption that has room for a folder and a name. */
const ROOM_FOR_BOTH = 16;
/** Windows above and below that are kept ready. */
const AHEAD = 0.75;
/** Photos are asked for where scrolling rests so long, in ms: who flies past needs none. */
const REST = 90;

/**
 * @typedef {object} Source
 * @property {() => number} total
 * @property {(place: number) => Photo | undefined} at
 * @property {(first: number, last: number) => void} want
 * @property {(photo: Photo) => string} href
 * @property {() => string} folder that all photos of the list lie in
 * @property {(place: number) => void} open the large view
 */

export class Grid {
  /** @param {HTMLElement} root @param {Source} source */
  constructor(root, source) {
    this.root = root;
    this.source = source;
    /** Cells by their place. @type {Map<number, Cell>} */
    this.cells = new Map();
    this.current = 0;
    this.columns = 1;
    this.width = 0;
    this.side = LEAST_WIDTH;
    this.first = 0;
    this.last = 0;
    this.drawSoon = onceAFrame(() => this.draw());
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.resting = undefined;
    addEventListener("scroll", this.drawSoon, { passive: true });
    new ResizeObserver(() => this.measure()).observe(root);
    root.addEventListener("keydown", (event) => this.onKey(event));
    root.addEventListener("focusin", (event) => this.onFocus(event));
  }

  /** The row height. */
  get step() {
    return this.side + CAPTION + ROW_GAP;
  }

  /** Fit the columns to the width; what was at the top stays there. */
  measure() {
    const width = this.root.clientWidth;
    if (!width) return;
    const same = width === this.width;
    this.width = width;
    const least = innerWidth <= NARROW ? LEAST_WIDTH_NARROW : LEAST_WIDTH;
    const columns = Math.max(2, Math.floor((width + GAP) / (least + GAP)));
    const side = Math.floor((width + GAP) / columns) - GAP;
    if (same && columns === this.columns && side === this.side) return this.draw();
    this.columns = columns;
    this.side = side;
    this.clear();
    this.draw();
  }

  /** The list is another one: nothing that is drawn holds. */
  reset() {
    this.current = 0;
    this.clear();
    this.draw();
  }

  clear() {
    for (const place of [...this.cells.keys()]) this.remove(place);
  }

  /** @param {number} place */
  remove(place) {
    const cell = this.cells.get(place);
    cell?.picture.letGo();
    cell?.root.remove();
    this.cells.delete(place);
  }

  draw() {
    const total = this.source.total();
    const rows = Math.ceil(total / this.columns);
    this.root.style.height = `${Math.max(0, rows * this.step - ROW_GAP)}px`;
    const top = -this.root.getBoundingClientRect().top;
    const ahead = innerHeight * AHEAD;
    const firstRow = Math.max(0, Math.floor((top - ahead) / this.step));
    const lastRow = Math.min(rows - 1, Math.floor((top + innerHeight + ahead) / this.step));
    this.first = firstRow * this.columns;
    this.last = Math.min(total, (lastRow + 1) * this.columns) - 1;
    this.source.want(this.first, this.last);
    this.drop(total);
    const fresh = document.createDocumentFragment();
    for (let place = this.first; place <= this.last; place++) this.drawCell(place, total, fresh);
    // In the order of the list, for whoever hears the page instead of seeing it.
    if (placeOf(fresh.firstElementChild) < placeOf(this.root.firstElementChild)) {
      this.root.prepend(fresh);
    } else {
      this.root.append(fresh);
    }
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.loadPictures(), REST);
  }

  loadPictures() {
    const side = this.side > 160 || devicePixelRatio > 1 ? 320 : 160;
    for (const cell of this.cells.values()) if (cell.id) cell.picture.load(pictureUrl(cell.id, side));
  }

  /**
   * Remove what is far; the cell in focus stays, or the keyboard would lose its place.
   * @param {number} total
   */
  drop(total) {
    for (const [place, cell] of this.cells) {
      const near = place >= this.first && place <= this.last;
      if (near || (place < total && cell.root.contains(document.activeElement))) continue;
      this.remove(place);
    }
  }

  /** @param {number} place @param {number} total @param {DocumentFragment} fresh */
  drawCell(place, total, fresh) {
    let cell = this.cells.get(place);
    if (!cell) {
      cell = this.makeCell(place);
      this.cells.set(place, cell);
      fresh.append(cell.root);
    }
    const photo = this.source.at(place);
    if (photo && photo.id !== cell.id) this.fill(cell, photo);
    cell.root.setAttribute("aria-posinset", String(place + 1));
    cell.root.setAttribute("aria-setsize", String(total));
  }

  /** @param {number} place @returns {Cell} */
  makeCell(place) {
    const image = el("img", { alt: "", decoding: "async", draggable: "false" });
    const well = el("span", { class: "well" }, image);
    const folder = el("bdi", { class: "cut cell-folder" });
    const name = el("bdi", { class: "cut cell-name" });
    const caption = el("span", { class: "cell-caption" }, folder, name);
    const link = el("a", { tabindex: place === this.current ? 0 : -1, draggable: "false" }, well, caption);
    const root = el("div", { class: "cell", role: "listitem", "data-role": "cell" }, link);
    root.append(cornerOf("", () => this.source.open(place)));
    // What does not divide by the columns goes into the gaps, a pixel here and there.
    const x = Math.round(((place % this.columns) * (this.width + GAP)) / this.columns);
    const y = Math.floor(place / this.columns) * this.step;
    root.style.transform = `translate(${x}px, ${y}px)`;
    root.style.width = `${this.side}px`;
    root.style.height = `${this.side + CAPTION}px`;
    well.style.height = `${this.side}px`;
    root.dataset.place = String(place);
    return { root, link, picture: new Picture(image, root), folder, name, id: "" };
  }

  /** @param {Cell} cell @param {Photo} photo */
  fill(cell, photo) {
    cell.id = photo.id;
    cell.root.dataset.id = photo.id;
    cell.picture.letGo();
    cell.link.href = this.source.href(photo);
    cell.link.title = photo.folder ? `${photo.folder}/${photo.name}` : photo.name;
    cell.link.setAttribute("aria-label", t("home.search_from", { name: photo.name }));
    cell.root.querySelector("button")?.setAttribute("aria-label", t("large.open", { name: photo.name }));
    this.caption(cell, photo);
  }

  /**
   * The folder and the name: of photos that a machine has named the folder says more.
   * @param {Cell} cell @param {Photo} photo
   */
  caption(cell, photo) {
    const room = Math.floor(this.side / LETTER);
    const folder = photo.folder === this.source.folder() ? "" : (photo.folder.split("/").at(-1) ?? "");
    const name = folder ? room - folder.length - 1 : room;
    const alone = photo.name.length > name && room < ROOM_FOR_BOTH;
    const left = Math.max(name, Math.min(NAME_LETTERS, photo.name.length));
    cell.folder.textContent = folder && !alone ? `${elideMiddle(folder, room - left - 1)}/` : folder;
    cell.name.textContent = folder && alone ? "" : elideMiddle(photo.name, left);
  }

  /** @param {FocusEvent} event */
  onFocus(event) {
    const place = placeOf(event.target instanceof Element ? event.target.closest(".cell") : null);
    if (place !== -1) this.setCurrent(place);
  }

  /** @param {number} place */
  setCurrent(place) {
    const before = this.cells.get(this.current);
    if (before) before.link.tabIndex = -1;
    this.current = place;
    const cell = this.cells.get(place);
    if (cell) cell.link.tabIndex = 0;
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.target instanceof HTMLAnchorElement && (event.key === " " || event.key === "Enter")) {
      event.preventDefault();
      return this.source.open(this.current);
    }
    const page = Math.max(1, Math.floor(innerHeight / this.step)) * this.columns;
    const total = this.source.total();
    const to = {
      ArrowRight: this.current + 1, ArrowLeft: this.current - 1,
      ArrowDown: this.current + this.columns, ArrowUp: this.current - this.columns,
      PageDown: Math.min(total - 1, this.current + page), PageUp: Math.max(0, this.current - page),
      Home: 0, End: total - 1,
    }[event.key];
    if (to === undefined || to < 0 || to >= total) return;
    event.preventDefault();
    this.goTo(to);
  }

  /** Bring a place into the window and put the keyboard there. @param {number} place */
  goTo(place) {
    const top = this.root.getBoundingClientRect().top + scrollY;
    const y = top + Math.floor(place / this.columns) * this.step;
    const head = 60;
    if (y < scrollY + head) scrollTo({ top: y - head, behavior: "instant" });
    else if (y + this.step > scrollY + innerHeight) {
      scrollTo({ top: y + this.step - innerHeight, behavior: "instant" });
    }
    this.draw();
    this.setCurrent(place);
    this.cells.get(place)?.link.focus({ preventScroll: true });
  }
}

/** @param {Element | null} cell */
function placeOf(cell) {
  return cell instanceof HTMLElement ? Number(cell.dataset.place) : -1;
}
