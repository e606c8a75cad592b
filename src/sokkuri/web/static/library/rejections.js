// @ts-check
/** The files of a folder that could not be read, with reasons, a page at a time. */

import { getJson } from "../common/api.js";
import { showError } from "../common/banner.js";
import { el } from "../common/dom.js";
import { t } from "../common/words.js";

const PAGE = 100;

/** @typedef {import("../api.js").RejectedFile} Rejected */

export class Rejections {
  /** @param {string} key of the folder */
  constructor(key) {
    this.key = key;
    this.count = -1;
    this.shown = 0;
    this.title = el("summary");
    this.rows = el("tbody");
    this.more = el("button", {
      class: "button", type: "button", hidden: true, "data-role": "rejected-more",
      onclick: () => void this.fetch(),
    });
    const heads = ["name", "folder", "reason"].map((word) => el("th", { scope: "col" }, t(`library.${word}`)));
    const table = el("table", { class: "table" }, el("thead", {}, el("tr", {}, ...heads)), this.rows);
    this.root = el("details", { class: "rejected", "data-role": "rejected" }, this.title, table, this.more);
    this.root.addEventListener("toggle", () => {
      if (this.root.open && !this.shown) void this.fetch();
    });
  }

  /** @param {number} count */
  show(count) {
    this.root.hidden = count === 0;
    if (count === this.count) return;
    this.count = count;
    this.title.textContent = t("library.rejected.title", { count });
    this.rows.replaceChildren();
    this.shown = 0;
    if (this.root.open) void this.fetch();
  }

  async fetch() {
    try {
      const query = { offset: String(this.shown), limit: String(PAGE) };
      const answer = await getJson(`/library/${this.key}/rejected`, query);
      this.rows.append(...answer.rejected.map(row));
      this.shown += answer.rejected.length;
      const left = answer.total - this.shown;
      this.more.hidden = left <= 0;
      this.more.textContent = t("library.more", { count: Math.min(PAGE, left) });
    } catch (error) {
      showError(error);
    }
  }
}

/** @param {Rejected} rejected */
function row(rejected) {
  return el("tr", { "data-role": "rejected-row" }, el("td", {}, el("bdi", {}, rejected.name)),
    el("td", {}, el("bdi", {}, rejected.folder)), el("td", {}, rejected.reason));
}
