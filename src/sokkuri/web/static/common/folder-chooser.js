// @ts-check
/**
 * A field for a folder: what is typed filters the folders there are, each with its photos counted.
 * A combobox with a list, as WAI-ARIA describes it.
 */

import { getJson } from "./api.js";
import { showError } from "./banner.js";
import { el } from "./dom.js";
import { t } from "./words.js";

/** @typedef {import("../api.js").FolderCount} Folder */

/** Folders that are listed at once; whoever types finds the others. */
const LISTED = 200;

let made = 0;

/** @param {string} text */
const plain = (text) => text.normalize("NFC").toLocaleLowerCase();

export class FolderChooser {
  /**
   * @param {HTMLInputElement} input in an element that the list may hang from
   * @param {() => void} changed another folder is chosen
   */
  constructor(input, changed) {
    this.input = input;
    this.changed = changed;
    /** The folder that is chosen, empty for all. */
    this.chosen = "";
    /** @type {Folder[]} */
    this.folders = [];
    /** Photos of all folders. */
    this.photos = 0;
    /** The option that the arrow keys are at, -1 for none. */
    this.at = -1;
    /** The folders are known, or what is wrong has been said. */
    this.listed = Promise.resolve();
    const id = `folders-${++made}`;
    this.list = el("ul", {
      id, class: "choices panel", role: "listbox", hidden: true, "aria-label": t("home.folder"),
      "data-role": "folder-list",
    });
    input.after(this.list);
    const said = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id };
    for (const [name, value] of Object.entries(said)) input.setAttribute(name, value);
    input.addEventListener("click", () => this.open());
    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.onKey(event));
    input.addEventListener("blur", () => this.close());
    // Not to take the focus away from the field, which would close the list before the click.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target instanceof Element ? event.target.closest("li") : null;
      if (option?.dataset.folder !== undefined) this.choose(option.dataset.folder);
    });
  }

  get value() {
    return this.chosen;
  }

  set value(folder) {
    this.chosen = folder;
    if (document.activeElement !== this.input) this.input.value = folder;
  }

  get isOpen() {
    return !this.list.hidden;
  }

  open() {
    if (this.isOpen) return;
    this.show();
    this.listed = this.fetch();
  }

  async fetch() {
    try {
      const { photos, folders } = await getJson("/folders");
      this.photos = photos;
      this.folders = folders;
    } catch (error) {
      showError(error);
    }
    if (!this.isOpen) return;
    this.show();
    this.takeTyped();
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.input.value = this.chosen;
  }

  /** What is a folder already counts at once. */
  typed() {
    this.open();
    this.show();
    this.takeTyped();
  }

  takeTyped() {
    const text = this.input.value.trim();
    if (this.isFolder(text)) this.take(text);
  }

  /** All folders together are one, too. @param {string} text */
  isFolder(text) {
    return text === "" || this.folders.some(({ folder }) => folder === text);
  }

  /** The folders that what is typed is part of; all of them where nothing was typed yet. */
  fitting() {
    const wanted = this.input.value === this.chosen ? "" : plain(this.input.value.trim());
    return this.folders.filter(({ folder }) => plain(folder).includes(wanted));
  }

  show() {
    const fitting = this.fitting().slice(0, LISTED);
    const all = this.input.value.trim() === "" || this.input.value === this.chosen;
    const rows = all ? [{ folder: "", photos: this.photos }, ...fitting] : fitting;
    this.list.replaceChildren(...rows.map((row, at) => this.option(row, at)));
    if (!rows.length) {
      const words = t("home.folder.none");
      this.list.append(el("li", { class: "soft", role: "option", "aria-disabled": "true" }, words));
    }
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.mark(-1);
  }

  /** @param {Folder} row @param {number} at */
  option({ folder, photos }, at) {
    const name = folder ? el("bdi", { class: "cut" }, folder) : el("span", {}, t("home.all_folders"));
    return el("li", {
      id: `${this.list.id}-${at}`, role: "option", title: folder, "data-folder": folder,
      "aria-selected": String(folder === this.chosen),
    }, name, el("span", { class: "number soft" }, t("home.photos", { count: photos })));
  }

  /** @param {number} at */
  mark(at) {
    this.at = at;
    for (const [place, option] of [...this.list.children].entries()) {
      option.classList.toggle("at", place === at);
      if (place !== at) continue;
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
    if (at === -1) this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const count = this.list.querySelectorAll("[data-folder]").length;
      if (!this.isOpen) this.open();
      else if (count) this.mark(this.at === -1 && step === -1 ? count - 1 : (this.at + step + count) % count);
    } else if (event.key === "Enter") {
      event.preventDefault();
      void this.listed.then(() => this.choose(this.meant()));
    } else if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }

  /** The folder that Enter chooses: the one marked, the one typed, else the first that fits. */
  meant() {
    const option = this.list.children[this.at];
    if (option instanceof HTMLElement) return option.dataset.folder ?? "";
    const text = this.input.value.trim();
    if (this.isFolder(text)) return text;
    return this.fitting()[0]?.folder ?? text;
  }

  /** @param {string} folder */
  choose(folder) {
    this.input.value = folder;
    this.take(folder);
    this.close();
  }

  /** @param {string} folder */
  take(folder) {
    if (folder === this.chosen) return;
    this.chosen = folder;
    this.changed();
  }
}
