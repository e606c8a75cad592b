// @ts-check
/** The filters of a search: folder, dates, sizes, quality, links. They change what is compared. */

import { byRole, inputOf } from "../common/dom.js";
import { FolderChooser } from "../common/folder-chooser.js";
import { settings } from "../common/page-data.js";
import { filtersOn } from "./state.js";
import { t } from "../common/words.js";

/** @typedef {import("./state.js").State} State */

const KILO = 1000;

export class Filters {
  /** @param {(change: Partial<State>) => void} apply */
  constructor(apply) {
    this.folder = new FolderChooser(inputOf("filter-folder"), () => apply(this.read()));
    this.after = inputOf("filter-after");
    this.before = inputOf("filter-before");
    this.minBytes = inputOf("filter-min-bytes");
    this.maxBytes = inputOf("filter-max-bytes");
    this.quality = inputOf("filter-quality");
    this.links = inputOf("filter-links");
    const inputs = [this.after, this.before, this.minBytes, this.maxBytes, this.quality, this.links];
    for (const input of inputs) input.addEventListener("change", () => apply(this.read()));
    byRole("filter-clear").addEventListener("click", () => {
      for (const input of inputs) input.value = "";
      this.folder.value = "";
      this.quality.checked = false;
      this.links.checked = false;
      apply(this.read());
    });
  }

  /** @returns {Partial<State>} */
  read() {
    return {
      folder: this.folder.value,
      after: this.after.value,
      before: this.before.value,
      minBytes: inBytes(this.minBytes.value),
      maxBytes: inBytes(this.maxBytes.value),
      minQuality: this.quality.checked ? String(settings.low_quality) : "",
      links: this.links.checked ? "0" : "",
    };
  }

  /** @param {State} state */
  show(state) {
    this.folder.value = state.folder;
    this.after.value = state.after;
    this.before.value = state.before;
    this.minBytes.value = inKilo(state.minBytes);
    this.maxBytes.value = inKilo(state.maxBytes);
    this.quality.checked = state.minQuality !== "";
    this.links.checked = state.links !== "";
    const on = filtersOn(state);
    byRole("filter-label").textContent = on
      ? t("search.filter.on", { count: on })
      : t("search.filter");
    byRole("filter-clear").toggleAttribute("disabled", on === 0);
  }
}

/** @param {string} kilo */
function inBytes(kilo) {
  return kilo === "" ? "" : String(Math.round(Number(kilo) * KILO));
}

/** @param {string} count */
function inKilo(count) {
  return count === "" ? "" : String(Number(count) / KILO);
}
