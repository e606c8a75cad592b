// @ts-check
/**
 * One photo as large as the window, with what is known of it and what can be done with it. Arrows
 * go on through the list that it was opened from; where it is closed, the list has the focus again.
 */

import { fileUrl, getJson, pictureUrl, post } from "./api.js";
import { noticeOf } from "./banner.js";
import { copyText, sayCopied } from "./copy.js";
import { el, icon } from "./dom.js";
import { settings } from "./page-data.js";
import { Picture } from "./picture.js";
import { bytes, date, number, t } from "./words.js";

/** @typedef {{id: string, name: string}} Named */
/** @typedef {import("../api.js").PlacedPhoto} Photo */

/**
 * @typedef {object} List
 * @property {() => number} count
 * @property {(place: number) => Named | undefined} at asks for it, and is undefined while it is on its way
 * @property {() => boolean} grows whether there is more after the last
 * @property {() => void} grow ask for more
 * @property {(place: number) => void} leave the view was closed at a place
 * @property {(id: string) => string} search
 * @property {((id: string) => string) | null} explain
 * @property {((id: string) => string) | null} compare
 * @property {(photo: Named) => string} said of the photo in this list, or ""
 */

export const LARGER = "M9.5 2.5h4v4M13.2 2.8 9 7M6.5 13.5h-4v-4M2.8 13.2 7 9";
const BEFORE = "M10 3 5 8l5 5";
const AFTER = "m6 3 5 5-5 5";

/** A smaller picture will do below this width in device pixels. */
const SMALLER = 1280;
/** What is known of a photo is asked for where arrows rest so long, in ms. */
const REST = 120;
/** So far a finger goes sideways for another photo. */
const SWIPE = 48;

export class LargeView {
  /** @param {List} list */
  constructor(list) {
    this.list = list;
    this.place = 0;
    /** The place that is asked for: of a photo that may be on its way. */
    this.wanted = 0;
    this.id = "";
    this.path = "";
    this.asking = new AbortController();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.resting = undefined;
    this.image = el("img", { alt: "", draggable: "false", decoding: "async", "data-role": "large-photo" });
    this.stage = el("div", { class: "large-stage" }, this.image);
    this.picture = new Picture(this.image, this.stage);
    this.before = this.#arrow("before", BEFORE, -1);
    this.after = this.#arrow("after", AFTER, 1);
    this.stage.append(this.before, this.after);
    this.name = el("h2", { id: "large-name", "data-role": "large-name" });
    this.where = el("p", { class: "soft number", role: "status", "data-role": "large-place" });
    this.facts = el("dl", { class: "large-facts", "data-role": "large-facts" });
    this.trouble = el("p", { class: "large-trouble", role: "status", "data-role": "large-trouble" });
    this.actions = el("div", { class: "large-actions" });
    const close = el("button", {
      class: "button plain square large-close", type: "button", "data-role": "large-close",
      "aria-label": t("shell.close"), title: `${t("shell.close")} (Esc)`, onclick: () => this.root.close(),
    }, "✕");
    const side = el("aside", { class: "large-side" },
      el("div", { class: "large-head" }, el("div", {}, this.name, this.where), close),
      this.actions, this.trouble, this.facts);
    this.root = el("dialog", {
      class: "large", "data-role": "large", "aria-labelledby": "large-name",
    }, this.stage, side);
    this.root.addEventListener("close", () => this.#closed());
    this.root.addEventListener("keydown", (event) => this.#onKey(event));
    this.#listenToFingers();
    document.body.append(this.root);
  }

  get open() {
    return this.root.open;
  }

  /** @param {number} place @param {List} [list] another one than before */
  show(place, list = this.list) {
    this.list = list;
    if (!list.at(place)) return;
    this.root.showModal();
    this.goTo(place);
    /** @type {HTMLElement | null} */ (this.actions.querySelector("a"))?.focus();
  }

  /** @param {number} place */
  goTo(place) {
    const count = this.list.count();
    const beyond = place === count && this.list.grows();
    if (place < 0 || (place >= count && !beyond)) return;
    this.wanted = place;
    // A list that has grown says so itself; until then its end would be taken for the last place.
    if (beyond) this.list.grow();
    else this.renew();
  }

  /** More of the list is known, or it is another one. */
  renew() {
    if (!this.open) return;
    const last = this.list.count() - (this.list.grows() ? 0 : 1);
    this.wanted = Math.max(0, Math.min(this.wanted, last));
    const photo = this.list.at(this.wanted);
    if (photo) this.place = this.wanted;
    if (photo && photo.id !== this.id) this.#fill(photo);
    else this.#showPlace();
  }

  /** @param {Named} photo */
  #fill(photo) {
    this.id = photo.id;
    this.path = "";
    this.picture.letGo();
    // The tile's own picture stands there until the large one has come.
    this.stage.style.backgroundImage = `url("${pictureUrl(photo.id, 320)}")`;
    const width = this.stage.clientWidth * devicePixelRatio;
    this.picture.load(pictureUrl(photo.id, width > SMALLER ? 2048 : SMALLER));
    this.image.alt = photo.name;
    this.name.replaceChildren(el("bdi", {}, photo.name));
    this.trouble.textContent = "";
    this.facts.classList.add("old");
    this.#showActions(photo);
    this.#showPlace();
    this.asking.abort();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.#ask(photo.id), REST);
  }

  #showPlace() {
    const count = this.list.count();
    const photo = this.list.at(this.place);
    const place = t("large.place", { place: this.place + 1, count });
    const said = photo ? this.list.said(photo) : "";
    const whole = [said, place].filter(Boolean).map((words) => el("span", {}, words));
    this.where.replaceChildren(...whole.flatMap((words, at) => (at ? [" · ", words] : [words])));
    this.before.disabled = this.place === 0;
    this.after.disabled = this.place >= count - 1 && !this.list.grows();
  }

  /** @param {string} id */
  async #ask(id) {
    this.asking = new AbortController();
    try {
      const photo = await getJson(`/images/${encodeURIComponent(id)}`, {}, this.asking.signal);
      if (id === this.id) this.#showFacts(photo);
    } catch (error) {
      if (!this.asking.signal.aborted) this.#fail(error);
    }
  }

  /** @param {Photo} photo */
  #showFacts(photo) {
    this.path = photo.path;
    this.facts.classList.remove("old");
    const pixels = photo.width && photo.height ? `${number(photo.width)} × ${number(photo.height)}` : "";
    const facts = [
      ["folder", photo.folder], ["pixels", pixels], ["size", bytes(photo.bytes)],
      ["format", photo.format], ["date", date(photo.modified)], ["taken", photo.taken && date(photo.taken)],
      ["camera", photo.camera], ["path", photo.path],
    ];
    this.facts.replaceChildren(...facts.filter(([, value]) => value).map(([name, value]) =>
      el("div", { "data-fact": name }, el("dt", {}, t(`large.${name}`)), el("dd", {}, el("bdi", {}, value)))));
    for (const role of ["large-copy", "large-reveal"]) {
      const button = this.actions.querySelector(`[data-role="${role}"]`);
      if (button instanceof HTMLButtonElement) button.disabled = !photo.path;
    }
  }

  /** @param {Named} photo */
  #showActions({ id }) {
    const { search, explain, compare } = this.list;
    const again = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.role : "";
    /** @param {string} role @param {string} key @param {Record<string, any>} more */
    const link = (role, key, more) => el("a", {
      class: "button", "data-role": `large-${role}`, title: `(${key})`, ...more,
    }, t(`large.${role}`));
    /** @param {string} role @param {(button: HTMLElement) => void} act */
    const button = (role, act) => {
      const made = el("button", { class: "button", type: "button", disabled: true, "data-role": `large-${role}` },
        t(`large.${role}`));
      made.addEventListener("click", () => act(made));
      return made;
    };
    this.actions.replaceChildren(...[
      link("search", "Enter", { href: search(id), class: "button first" }),
      explain && link("explain", "x", { href: explain(id) }),
      compare && link("compare", "c", { href: compare(id) }),
      button("copy", (made) => void this.#copy(made)),
      settings.reveals ? button("reveal", () => void this.#reveal()) : null,
      link("download", "d", { href: fileUrl(id), download: true }),
    ].filter((each) => each !== null));
    const same = again ? this.actions.querySelector(`[data-role="${again}"]:not(:disabled)`) : null;
    const focus = same ?? (document.activeElement === document.body ? this.actions.firstElementChild : null);
    if (focus instanceof HTMLElement) focus.focus();
  }

  /** @param {HTMLElement} button */
  async #copy(button) {
    if (await copyText(this.path, t("large.copy"))) sayCopied(button);
  }

  async #reveal() {
    try {
      await post(`/images/${encodeURIComponent(this.id)}/reveal`);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    const { detail, next } = noticeOf(error);
    this.trouble.textContent = [detail, next].filter(Boolean).join(" ");
  }

  #closed() {
    clearTimeout(this.resting);
    this.asking.abort();
    this.picture.letGo();
    this.stage.style.backgroundImage = "";
    this.id = "";
    this.facts.replaceChildren();
    this.list.leave(this.place);
  }

  /** @param {string} role @param {string} path @param {number} step */
  #arrow(role, path, step) {
    const words = t(`large.${role}`);
    return el("button", {
      class: `large-arrow ${role}`, type: "button", "data-role": `large-${role}`, "aria-label": words,
      title: `${words} (${step < 0 ? "←" : "→"})`, onclick: () => this.goTo(this.place + step),
    }, icon(path));
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLTextAreaElement) return;
    const to = {
      ArrowRight: this.place + 1, ArrowDown: this.place + 1, ArrowLeft: this.place - 1,
      ArrowUp: this.place - 1, Home: 0, End: this.list.count() - 1,
    }[event.key];
    const link = { x: "explain", c: "compare", d: "download" }[event.key];
    if (to !== undefined) this.goTo(to);
    else if (link) this.#follow(link);
    // A button takes the space bar itself.
    else if (event.key === " " && !(event.target instanceof HTMLButtonElement)) this.root.close();
    else return;
    event.preventDefault();
  }

  /** @param {string} role */
  #follow(role) {
    const link = this.actions.querySelector(`[data-role="large-${role}"]`);
    if (link instanceof HTMLElement) link.click();
  }

  #listenToFingers() {
    let from = 0;
    this.stage.addEventListener("touchstart", (event) => {
      from = event.touches.length === 1 ? event.touches[0].clientX : NaN;
    }, { passive: true });
    this.stage.addEventListener("touchend", (event) => {
      const way = event.changedTouches[0].clientX - from;
      if (Math.abs(way) >= SWIPE) this.goTo(this.place + (way < 0 ? 1 : -1));
    });
  }
}

/**
 * The corner of a tile that opens it.
 * @param {string} name of the photo @param {() => void} act
 */
export function cornerOf(name, act) {
  const words = t("large.open", { name });
  return el("button", {
    class: "button square corner", type: "button", tabindex: "-1", "data-role": "larger",
    "aria-label": words, title: `${t("large.title")} (${t("large.space")})`, onclick: act,
  }, icon(LARGER));
}
