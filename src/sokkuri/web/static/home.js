// @ts-check
/** The first page: ways in, and all photos of the library. */

import { showError } from "./banner.js";
import { byRole, el, inputOf } from "./dom.js";
import { Grid } from "./grid.js";
import { addKeys } from "./keys.js";
import { Pages } from "./pages.js";
import { watchLibrary } from "./progress.js";
import { restoreScroll, startScrolling } from "./scrolling.js";
import { startWaysIn } from "./ways_in.js";
import { t } from "./words.js";

/** @param {string[]} ids */
function searchUrl(ids) {
  return `/search?${new URLSearchParams(ids.map((id) => ["img", id]))}`;
}

class HomePage {
  constructor() {
    this.sort = /** @type {HTMLSelectElement} */ (/** @type {unknown} */ (byRole("browse-sort")));
    this.folder = inputOf("browse-folder");
    this.pages = new Pages(() => this.shown());
    this.grid = new Grid(byRole("grid"), {
      total: () => this.pages.total,
      at: (place) => this.pages.at(place),
      want: (first, last) => this.pages.want(first, last),
      href: (photo) => searchUrl([photo.id]),
    });
    this.photos = -1;
    this.indexing = false;
  }

  start() {
    const query = new URLSearchParams(location.search);
    this.folder.value = query.get("folder") ?? "";
    if (query.get("sort")) this.sort.value = query.get("sort") ?? "name";
    if (!this.sort.value) this.sort.value = "name";
    const ways = startWaysIn((ids) => location.assign(searchUrl(ids)));
    byRole("choose").addEventListener("click", ways.choose);
    this.sort.addEventListener("change", () => this.change());
    this.folder.addEventListener("change", () => this.change());
    addKeys(
      { keys: ["Arrows"], label: "← ↑ → ↓", words: "keys.move" },
      { keys: ["Enter"], words: "keys.open" },
      { keys: ["o"], words: "keys.choose", act: ways.choose },
      { keys: ["v"], label: "Ctrl+V", words: "keys.paste", act: () => false },
    );
    startScrolling();
    this.open().then(restoreScroll, showError);
    watchLibrary((folders, running) => this.watch(folders, running));
  }

  get query() {
    const query = new URLSearchParams();
    if (this.folder.value.trim()) query.set("folder", this.folder.value.trim());
    if (this.sort.value !== "name") query.set("sort", this.sort.value);
    return query;
  }

  async open() {
    const query = this.query;
    await this.pages.open(query);
    this.grid.reset();
  }

  change() {
    const text = this.query.toString();
    history.replaceState({ scroll: 0 }, "", text ? `/?${text}` : "/");
    scrollTo({ top: 0, behavior: "instant" });
    this.open().catch(showError);
  }

  /** More of the list is known. */
  shown() {
    const { total } = this.pages;
    byRole("browse-count").textContent = t("home.photos", { count: total });
    const folder = this.folder.value.trim() !== "";
    byRole("empty").hidden = total > 0;
    byRole("empty-why").textContent = t(folder ? "home.empty.folder" : "home.empty");
    byRole("empty-next").hidden = folder;
    this.grid.draw();
    this.offerFolders();
  }

  /** Names of folders that were seen, for whoever types one. */
  offerFolders() {
    const list = byRole("folders");
    const known = new Set([...list.children].map((option) => /** @type {HTMLOptionElement} */ (option).value));
    for (const photos of this.pages.pieces.values()) {
      for (const { folder } of photos) {
        if (!folder || known.has(folder)) continue;
        known.add(folder);
        list.append(el("option", { value: folder }));
      }
    }
  }

  /** @param {import("./progress.js").Folder[]} folders @param {boolean} running */
  watch(folders, running) {
    const photos = folders.reduce((sum, folder) => sum + folder.photos, 0);
    const grown = this.photos !== -1 && photos !== this.photos;
    this.photos = photos;
    if (grown || (this.indexing && !running)) {
      this.pages.refresh(this.grid.first, this.grid.last).catch(showError);
    }
    this.indexing = running;
  }
}

new HomePage().start();
