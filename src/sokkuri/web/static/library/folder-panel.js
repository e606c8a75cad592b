// @ts-check
/** One folder of the library: its numbers, hashes, progress and rejected files. */

import { el } from "../common/dom.js";
import { indexingWords, progressBar } from "../common/progress.js";
import { Rejections } from "./rejections.js";
import { bytes, moment, number, t } from "../common/words.js";

/** @typedef {import("../common/progress.js").Folder} Folder */

export class FolderPanel {
  /** @param {Folder} folder @param {(key: string) => void} refresh */
  constructor(folder, refresh) {
    this.rejections = new Rejections(folder.key);
    this.refresh = el("button", {
      class: "button", type: "button", "data-role": "refresh", onclick: () => refresh(folder.key),
    });
    this.progress = el("div", { class: "progress", "data-role": "progress-line", hidden: true });
    this.path = el("p", { class: "where soft" });
    this.note = el("p", { class: "note", "data-role": "note", hidden: true });
    this.numbers = el("dl", { class: "numbers" });
    this.hashes = el("tbody");
    const browse = el("a", { class: "button plain push", href: "/" }, t("library.browse"));
    const heads = el("tr", {}, el("th", { scope: "col" }, t("library.hash")),
      el("th", { scope: "col", class: "number" }, t("library.indexed")));
    this.root = el("section", { class: "panel folder", "data-role": "folder" },
      el("div", { class: "folder-head" }, el("h2", {}, el("bdi", {}, folder.name)), browse, this.refresh),
      this.path, this.progress, this.note, this.numbers,
      el("table", { class: "table" }, el("thead", {}, heads), this.hashes), this.rejections.root);
    this.root.dataset.key = folder.key;
    this.show(folder);
  }

  /** @param {Folder} folder */
  show(folder) {
    const { indexing } = folder;
    this.refresh.disabled = indexing !== null;
    this.refresh.textContent = t(indexing ? "library.refreshing" : "library.refresh");
    this.progress.hidden = indexing === null;
    const words = el("span", { class: "number" }, indexingWords(indexing));
    this.progress.replaceChildren(words, progressBar(indexing));
    const looked = folder.looked ? t("library.looked", { when: moment(folder.looked) }) : "";
    this.path.replaceChildren(el("bdi", { class: "mono", "data-role": "path" }, folder.path),
      el("span", { "data-role": "looked" }, looked));
    this.note.hidden = !folder.note;
    this.note.textContent = folder.note;
    this.numbers.replaceChildren(
      fact("library.photos", number(folder.photos), bytes(folder.photo_bytes)), fact("library.files", number(folder.files)),
      fact("library.rejected", number(folder.rejected)),
      fact("library.other_files", number(folder.other_files)), fact("library.size", bytes(folder.bytes)),
    );
    this.hashes.replaceChildren(...folder.hashes.map((hash) =>
      el("tr", {}, el("td", { class: "mono" }, hash.name),
        el("td", { class: "number" }, number(hash.photos)))));
    this.rejections.show(folder.rejected);
  }
}

/** @param {string} key @param {string} value @param {string} [more] */
function fact(key, value, more = "") {
  const said = more ? el("dd", { class: "number more" }, more) : null;
  return el("div", {}, el("dt", {}, t(key)), el("dd", { class: "number" }, value), said);
}
