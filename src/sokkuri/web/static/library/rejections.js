// @ts-check
/** The files of a folder that could not be read: by kind of reason, sorted, a page at a time. */

import { getJson } from "../common/api.js";
import { showError } from "../common/banner.js";
import { el } from "../common/dom.js";
import { number, t } from "../common/words.js";

const PAGE = 100;

/** @typedef {import("../api.js").RejectedFile} Rejected */
/** @typedef {import("../api.js").KindCount} Kind */
/** @typedef {"name" | "folder" | "reason"} Column */

export class Rejections {
  /** @param {string} key of the folder */
  constructor(key) {
    this.key = key;
    this.count = -1;
    this.shown = 0;
    /** The kind that is shown, empty for all. */
    this.kind = "";
    /** @type {Column} */
    this.column = "folder";
    this.turned = false;
    this.title = el("summary");
    this.kinds = el("div", {
      class: "kinds bar", role: "group", "aria-label": t("library.reason"), "data-role": "rejected-kinds",
    });
    this.rows = el("tbody");
    this.more = el("button", {
      class: "button", type: "button", hidden: true, "data-role": "rejected-more",
      onclick: () => void this.fetch(),
    });
    this.heads = /** @type {const} */ (["name", "folder", "reason"]).map((column) => this.head(column));
    const table = el("table", { class: "table" }, el("thead", {}, el("tr", {}, ...this.heads)), this.rows);
    this.root = el("details", { class: "rejected", "data-role": "rejected" },
      this.title, this.kinds, table, this.more);
    this.root.addEventListener("toggle", () => {
      if (this.root.open && !this.shown) void this.fetch();
    });
  }

  /** @param {Column} column */
  head(column) {
    const button = el("button", {
      type: "button", class: "sort", "data-role": `rejected-by-${column}`, onclick: () => this.sortBy(column),
    }, t(`library.${column}`));
    const sorted = column === this.column ? "ascending" : null;
    return el("th", { scope: "col", "data-column": column, "aria-sort": sorted }, button);
  }

  /** @param {Column} column the same again turns the order round */
  sortBy(column) {
    this.turned = column === this.column && !this.turned;
    this.column = column;
    for (const head of this.heads) {
      head.removeAttribute("aria-sort");
      if (head.dataset.column === column) {
        head.setAttribute("aria-sort", this.turned ? "descending" : "ascending");
      }
    }
    this.renew();
  }

  renew() {
    this.shown = 0;
    if (this.root.open) void this.fetch();
  }

  /** @param {number} count */
  show(count) {
    this.root.hidden = count === 0;
    if (count === this.count) return;
    this.count = count;
    this.title.textContent = t("library.rejected.title", { count });
    this.renew();
  }

  async fetch() {
    try {
      const sort = `${this.turned ? "-" : ""}${this.column}`;
      const query = { kind: this.kind, sort, offset: String(this.shown), limit: String(PAGE) };
      const answer = await getJson(`/library/${this.key}/rejected`, query);
      if (!this.shown) this.rows.replaceChildren();
      this.rows.append(...answer.rejected.map(row));
      this.shown += answer.rejected.length;
      this.showKinds(answer.kinds);
      const left = answer.total - this.shown;
      this.more.hidden = left <= 0;
      this.more.textContent = t("library.more", { count: Math.min(PAGE, left) });
    } catch (error) {
      showError(error);
    }
  }

  /** @param {Kind[]} kinds */
  showKinds(kinds) {
    this.kinds.hidden = kinds.length < 2;
    const count = kinds.reduce((sum, kind) => sum + kind.count, 0);
    const rows = [{ kind: "", count }, ...kinds];
    const focused = this.kinds.contains(document.activeElement) ? this.kind : null;
    this.kinds.replaceChildren(...rows.map(({ kind, count }) => el("button", {
      type: "button", class: "button", "aria-pressed": String(kind === this.kind), "data-kind": kind,
      onclick: () => {
        this.kind = kind;
        this.renew();
      },
    }, t(`library.kind.${kind || "all"}`), el("span", { class: "number soft" }, number(count)))));
    if (focused !== null) /** @type {HTMLElement} */ (this.kinds.querySelector(`[data-kind="${focused}"]`))?.focus();
  }
}

/** @param {Rejected} rejected */
function row(rejected) {
  return el("tr", { "data-role": "rejected-row" }, el("td", {}, el("bdi", {}, rejected.name)),
    el("td", {}, el("bdi", {}, rejected.folder)), el("td", {}, rejected.reason));
}
