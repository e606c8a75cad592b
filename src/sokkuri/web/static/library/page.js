// @ts-check
/** The library page: what is indexed, what was rejected, and a look for changes. */

import { post } from "../common/api.js";
import { showError } from "../common/banner.js";
import { byRole } from "../common/dom.js";
import { FolderPanel } from "./folder-panel.js";
import { addKeys } from "../common/keys.js";
import { watchLibrary } from "../common/progress.js";
import { t } from "../common/words.js";

/** @typedef {import("../common/progress.js").Folder} Folder */

class LibraryPage {
  constructor() {
    /** @type {Map<string, FolderPanel>} */
    this.panels = new Map();
    /** Keys of folders that were being indexed. @type {Set<string>} */
    this.running = new Set();
    this.look = watchLibrary((folders) => this.show(folders));
    addKeys({ keys: ["r"], words: "keys.refresh", act: () => this.refreshAll() });
  }

  /** @param {Folder[]} folders */
  show(folders) {
    byRole("empty").hidden = folders.length > 0;
    for (const folder of folders) {
      const panel = this.panels.get(folder.key);
      if (panel) panel.show(folder);
      else this.add(folder);
      if (folder.indexing) this.running.add(folder.key);
      else if (this.running.delete(folder.key)) {
        byRole("said").textContent = t("library.refreshed", { name: folder.name });
      }
    }
  }

  /** @param {Folder} folder */
  add(folder) {
    const panel = new FolderPanel(folder, (key) => void this.refresh(key));
    this.panels.set(folder.key, panel);
    byRole("library-folders").append(panel.root);
  }

  /** @param {string} key */
  async refresh(key) {
    try {
      const folder = await post(`/library/${key}/refresh`);
      this.running.add(key);
      this.panels.get(key)?.show(folder);
      await this.look();
    } catch (error) {
      showError(error);
    }
  }

  refreshAll() {
    for (const key of this.panels.keys()) void this.refresh(key);
  }
}

new LibraryPage();
