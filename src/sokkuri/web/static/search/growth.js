// @ts-check
/** New photos appear while a folder is indexed, unless the threshold is in somebody's hand. */

import { watchLibrary } from "../common/progress.js";
import { filtersOn, hashOf } from "./state.js";

/** @typedef {import("../common/progress.js").Folder} Folder */

export class Growth {
  /**
   * @param {{
   *   state: import("./state.js").State,
   *   distances: import("./distances.js").Distances | null,
   *   dragging: boolean,
   *   listHashes: () => Promise<void>,
   *   loadAnew: () => void,
   * }} page
   * @param {Promise<void>} loaded the first answer is there, or what is wrong has been said
   */
  constructor(page, loaded) {
    this.page = page;
    this.loaded = loaded;
    /** What the library held when it was last looked at. */
    this.held = "";
    /** The hashes it had then. */
    this.kept = "";
    /** Whether it was looked at while the threshold was in somebody's hand. */
    this.missed = false;
    this.look = watchLibrary((folders, running) => this.see(folders, running));
  }

  /** The threshold rests. */
  release() {
    if (this.missed) void this.look();
    this.missed = false;
  }

  /** @param {Folder[]} folders @param {boolean} running */
  see(folders, running) {
    if (this.page.dragging) {
      this.missed = true;
      return;
    }
    const held = folders.map((folder) => {
      const hash = folder.hashes.find(({ name }) => name === hashOf(this.page.state));
      return `${folder.key} ${folder.photos} ${hash?.photos ?? 0} ${running}`;
    }).join();
    const kept = folders.map(({ hashes }) => hashes.map(({ name }) => name)).join();
    const first = this.held === "";
    const grown = held !== this.held;
    if (kept !== this.kept && !first) void this.page.listHashes();
    this.held = held;
    this.kept = kept;
    if (first) void this.loaded.then(() => this.catchUp(folders, running));
    else if (grown) this.page.loadAnew();
  }

  /**
   * The answer was asked for before the library was looked at; it may lack what came in between.
   * @param {Folder[]} folders @param {boolean} running
   */
  catchUp(folders, running) {
    const { state, distances, dragging } = this.page;
    if (!distances || dragging) return;
    const photos = folders.reduce((sum, folder) => sum + folder.photos, 0);
    if (filtersOn(state) ? running : photos !== distances.searched) this.page.loadAnew();
  }
}
