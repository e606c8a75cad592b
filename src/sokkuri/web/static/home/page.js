// @ts-check
/** The first page: ways in, and all photos of the library. */

import { post } from "../common/api.js";
import { showError } from "../common/banner.js";
import { byRole, inputOf, selectOf } from "../common/dom.js";
import { FolderChooser } from "../common/folder-chooser.js";
import { Grid } from "./grid.js";
import { addKeys } from "../common/keys.js";
import { LargeView } from "../common/large-view.js";
import { Pages } from "./photo-list.js";
import { watchLibrary } from "../common/progress.js";
import { restoreScroll, startScrolling } from "../common/scroll.js";
import { startWaysIn } from "../common/ways-in.js";
import { t } from "../common/words.js";

/** @param {string[]} ids */
function searchUrl(ids) {
  return `/search?${new URLSearchParams(ids.map((id) => ["img", id]))}`;
}

class HomePage {
  constructor() {
    this.sort = selectOf("browse-sort");
    this.folder = new FolderChooser(inputOf("browse-folder"), () => this.change());
    this.pages = new Pages(() => this.shown());
    this.grid = new Grid(byRole("grid"), {
      total: () => this.pages.total,
      at: (place) => this.pages.at(place),
      want: (first, last) => this.pages.want(first, last),
      href: (photo) => searchUrl([photo.id]),
      folder: () => this.folder.value,
      open: (place) => this.large.show(place),
    });
    this.large = new LargeView({
      count: () => this.pages.total,
      at: (place) => {
        this.pages.want(place, place);
        return this.pages.at(place);
      },
      grows: () => false, // it is all there is
      grow: () => {},
      leave: (place) => this.grid.goTo(place),
      search: (id) => searchUrl([id]),
      explain: null,
      compare: null,
      said: () => "",
    });
    this.photos = -1;
    this.indexing = true;
    /** @type {import("../common/progress.js").Folder[]} */
    this.libraries = [];
    /** The list that was opened last; it is there, or what is wrong has been said. */
    this.opened = Promise.resolve();
    /** Look at the library again. @type {() => Promise<void>} */
    this.look = () => Promise.resolve();
  }

  start() {
    const query = new URLSearchParams(location.search);
    this.folder.value = query.get("folder") ?? "";
    if (query.get("sort")) this.sort.value = query.get("sort") ?? "name";
    if (!this.sort.value) this.sort.value = "name";
    const ways = startWaysIn((ids) => location.assign(searchUrl(ids)));
    byRole("choose").addEventListener("click", ways.choose);
    this.sort.addEventListener("change", () => this.change());
    addKeys(
      { keys: ["Arrows"], label: "← ↑ → ↓", words: "keys.move" },
      { keys: [" ", "Enter"], label: "Space Enter", words: "keys.large" },
      { keys: ["o"], words: "keys.choose", act: ways.choose },
      { keys: ["v"], label: "Ctrl+V", words: "keys.paste", act: () => false },
    );
    byRole("empty-refresh").addEventListener("click", () => void this.refresh());
    startScrolling();
    this.open();
    this.opened.then(restoreScroll);
    this.look = watchLibrary((folders, running) => this.watch(folders, running));
  }

  /** Look for changes in every folder. */
  async refresh() {
    try {
      for (const { key } of this.libraries) await post(`/library/${key}/refresh`);
      await this.look();
    } catch (error) {
      showError(error);
    }
  }

  get filtered() {
    return this.folder.value !== "";
  }

  get query() {
    const query = new URLSearchParams();
    if (this.filtered) query.set("folder", this.folder.value);
    if (this.sort.value !== "name") query.set("sort", this.sort.value);
    return query;
  }

  open() {
    this.opened = this.pages.open(this.query).then(() => this.grid.reset(), showError);
  }

  change() {
    const text = this.query.toString();
    history.replaceState({ scroll: 0 }, "", text ? `/?${text}` : "/");
    scrollTo({ top: 0, behavior: "instant" });
    this.open();
  }

  /** More of the list is known. */
  shown() {
    const { total } = this.pages;
    byRole("browse-count").textContent = t("home.photos", { count: total });
    byRole("empty").hidden = total > 0;
    this.explainEmpty();
    this.grid.draw();
    this.large.renew();
  }

  /** Why there is no photo, and what will or can change that. */
  explainEmpty() {
    const why = byRole("empty-why");
    const next = byRole("empty-next");
    byRole("empty-ways").hidden = this.filtered || this.indexing;
    next.hidden = this.filtered;
    if (this.filtered) {
      why.textContent = t("home.empty.folder");
    } else if (this.indexing) {
      why.textContent = t("home.empty");
      next.textContent = t("home.empty.next");
    } else {
      const count = this.libraries.reduce((sum, library) => sum + library.rejected, 0);
      const note = this.libraries.map((library) => library.note).find(Boolean);
      why.textContent = t("home.empty.none", { folder: this.libraries.map(({ path }) => path).join(", ") });
      next.textContent = note ?? t(count ? "home.empty.rejected" : "home.empty.none.next", { count });
    }
  }

  /** @param {import("../common/progress.js").Folder[]} folders @param {boolean} running */
  watch(folders, running) {
    const photos = folders.reduce((sum, folder) => sum + folder.photos, 0);
    const first = this.photos === -1;
    const changed = photos !== this.photos || (this.indexing && !running);
    this.photos = photos;
    this.indexing = running;
    this.libraries = folders;
    this.opened.then(() => {
      // A list that was asked for before the library was looked at may lack what came in between.
      const behind = this.filtered ? first && running : photos !== this.pages.total;
      if (behind || (changed && !first)) return this.pages.refresh(this.grid.first, this.grid.last);
      return this.explainEmpty();
    }).catch(showError);
  }
}

new HomePage().start();
