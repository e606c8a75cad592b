// @ts-check
/** The page of results: one state, one answer with all distances, and what they look like. */

import { getJson, post, Problem } from "../common/api.js";
import { clear, show, showError } from "../common/banner.js";
import { Distances } from "./distances.js";
import { byRole, onceAFrame } from "../common/dom.js";
import { showEmpty, startEmpty } from "./empty.js";
import { Filters } from "./filters.js";
import { startMenus } from "./menus.js";
import { settings } from "../common/page-data.js";
import { Pager, pageStart } from "./pager.js";
import { watchLibrary } from "../common/progress.js";
import { Query } from "./query.js";
import { restoreScroll, saveScroll, startScrolling } from "../common/scroll.js";
import { addSearchKeys } from "./keys.js";
import { showSharing, startSharing } from "./share.js";
import {
  distancesQuery, filtersOn, limitOf, measureQuery, mostOf, pageUrl, readState, searchFrom, searchQuery,
} from "./state.js";
import { Threshold } from "./threshold.js";
import { Tiles } from "./tiles.js";
import { startWaysIn } from "../common/ways-in.js";
import { t } from "../common/words.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./distances.js").Match} Match */

/** Answers kept for going back and for tabs. */
const ANSWERS = 8;

/** There is no such photo any more. */
const GONE = 404;

const NOT_HASHED = "urn:sokkuri:not-hashed";
const BEING_HASHED = "urn:sokkuri:being-hashed";
const SECOND = 1000;

class SearchPage {
  constructor() {
    this.state = readState(location.search);
    /** @type {Map<string, Distances>} */
    this.answers = new Map();
    /** @type {Distances | null} */
    this.distances = null;
    /** Tiles of a library too large to be sent whole. @type {Match[]} */
    this.page = [];
    this.dragging = false;
    /** What the library held when it was last looked at. */
    this.held = "";
    /** The hashes it had then. */
    this.kept = "";
    /** The answer that was asked for last; it is there, or what is wrong has been said. */
    this.loaded = Promise.resolve();
    /** Whether it was looked at while the threshold was in somebody's hand. */
    this.missed = false;
    /** Whether photos that come in join those that are open. */
    this.adding = false;
    /** Hashes that were asked for. @type {Set<string>} */
    this.wished = new Set();
    /** @type {(() => Promise<void>) | undefined} */
    this.lookAgain = undefined;
    this.loading = new AbortController();
    this.query = new Query((change) => this.replace(change), (images, tab) => this.openTab(images, tab));
    this.threshold = new Threshold({
      drag: (change) => this.drag(change),
      release: () => this.release(),
    });
    this.tiles = new Tiles(byRole("tiles"));
    this.pager = new Pager((offset) => this.turn(offset));
    this.filters = new Filters((change) => this.replace({ ...change, offset: 0 }));
    this.sort = /** @type {HTMLSelectElement} */ (/** @type {unknown} */ (byRole("sort")));
    this.renderSoon = onceAFrame(() => this.render());
    this.links = this.makeLinks();
  }

  start() {
    startScrolling();
    const ways = startWaysIn((ids) => this.take(ids));
    byRole("add").addEventListener("click", () => {
      this.adding = true;
      ways.choose();
    });
    startMenus();
    startSharing(() => this.state);
    startEmpty((distance) => this.offer(distance));
    this.sort.addEventListener("change", () => {
      this.state = { ...this.state, sort: /** @type {any} */ (this.sort.value), offset: 0 };
      this.settle();
    });
    byRole("tiles").addEventListener("click", (event) => this.click(event));
    byRole("query-more").addEventListener("click", () => this.toggleMore());
    addSearchKeys(this, ways.choose);
    addEventListener("popstate", () => {
      this.state = readState(location.search);
      void this.load().then(restoreScroll);
    });
    this.query.loadHashes(this.state).catch(showError);
    this.loaded = this.load();
    void this.loaded.then(restoreScroll);
    this.lookAgain = watchLibrary((folders, running) => this.watch(folders, running));
  }

  /**
   * Fetch the distances of the state, unless they are known, and show them.
   * @param {boolean} [quiet] what is shown holds until then
   */
  async load(quiet = false) {
    this.loading.abort();
    this.loading = new AbortController();
    const { signal } = this.loading;
    this.showResults(this.state.images.length > 0);
    if (!this.state.images.length) return;
    this.query.showMeasure(this.state);
    this.filters.show(this.state);
    this.query.showTabs(this.state).catch(showError);
    const query = distancesQuery(this.state);
    try {
      const answer = this.answers.get(query.toString()) ?? (await this.ask(query, signal, quiet));
      clear();
      for (const note of answer.notes) show({ detail: note });
      await this.open(answer, signal);
    } catch (error) {
      if (!signal.aborted) this.failed(error, signal);
    }
  }

  /** @param {URLSearchParams} query @param {AbortSignal} signal @param {boolean} quiet */
  async ask(query, signal, quiet) {
    if (!quiet) {
      byRole("count").textContent = t("search.counting");
      byRole("results").setAttribute("aria-busy", "true");
    }
    const answer = new Distances(await getJson("/distances", query, signal));
    this.answers.set(query.toString(), answer);
    for (const key of this.answers.keys()) {
      if (this.answers.size <= ANSWERS) break;
      this.answers.delete(key);
    }
    return answer;
  }

  /** @param {Distances} answer @param {AbortSignal} signal */
  async open(answer, signal) {
    this.distances = answer;
    this.links = this.makeLinks();
    this.query.showPhoto(answer.query, answer.lowQuality);
    this.threshold.load(answer);
    await this.fetchPage(signal);
    byRole("results").setAttribute("aria-busy", "false");
    this.render();
  }

  /** @param {unknown} error @param {AbortSignal} signal */
  failed(error, signal) {
    if (error instanceof Problem && error.type === NOT_HASHED && !this.wished.has(this.state.hash)) {
      void this.makeHash(error, signal);
      return;
    }
    clear();
    showError(error);
    if (error instanceof Problem && error.type === BEING_HASHED) {
      void this.lookAgain?.();
      setTimeout(() => {
        if (!signal.aborted) void this.load();
      }, SECOND);
      return;
    }
    byRole("results").setAttribute("aria-busy", "false");
    byRole("count").textContent = "";
    if (error instanceof Problem && error.status === GONE) this.showResults(false);
  }

  /**
   * Somebody chose a hash that no photo has yet: have it made, and go on when the first have it.
   * @param {Problem} error what is shown where that may not be @param {AbortSignal} signal
   */
  async makeHash(error, signal) {
    const hash = this.state.hash;
    this.wished.add(hash);
    try {
      const { folders } = await getJson("/library", undefined, signal);
      for (const { key } of folders) {
        await post(`/library/${key}/refresh?hash=${encodeURIComponent(hash)}`);
      }
    } catch {
      this.failed(error, signal);
      return;
    }
    if (!signal.aborted) void this.load();
  }

  /** @param {boolean} yes otherwise there is nothing to search from */
  showResults(yes) {
    byRole("results").hidden = !yes;
    byRole("no-query").hidden = yes;
  }

  /** Where the answer has no rows, its tiles come page by page. @param {AbortSignal} signal */
  async fetchPage(signal) {
    if (!this.distances || this.distances.rows) return;
    const query = searchQuery(this.state);
    query.set("limit", String(settings.tiles));
    const answer = await getJson("/search", query, signal);
    this.page = answer.matches.map((/** @type {any} */ match) => ({
      ...match, lowQuality: match.low_quality,
    }));
  }

  render() {
    const { distances, state } = this;
    if (!distances) return;
    const limit = limitOf(state);
    const part = distances.between(state.minDistance, limit, mostOf(state));
    const count = part.end - part.first;
    const offset = pageStart(state.offset, count);
    const matches = distances.rows
      ? distances.page(part, state.sort, offset, settings.tiles)
      : this.page.filter((match) => isWithin(match.distance, state.minDistance, limit));
    this.threshold.show(state, part, this.dragging);
    this.tiles.show(matches, distances.bits, this.links, !this.dragging);
    this.pager.show(offset, count);
    showEmpty(state, distances, count === 0);
    this.sort.value = state.sort;
    byRole("tiles").hidden = count === 0;
    if (!this.dragging) showSharing({ ...state, offset });
  }

  /** The threshold moves: nothing is asked for until it rests. @param {Partial<State>} change */
  drag(change) {
    if (!this.distances) return;
    if (!this.dragging) this.tiles.hold();
    this.dragging = true;
    const limit = limitOf(this.state);
    if (limit === null && change.maxDistance === undefined && change.rate === undefined) {
      change = { ...change, maxDistance: this.threshold.slider.most };
    }
    this.state = { ...this.state, ...change, offset: 0 };
    this.renderSoon();
  }

  release() {
    if (!this.dragging) return;
    this.dragging = false;
    this.settle();
    if (this.missed) void this.lookAgain?.();
    this.missed = false;
  }

  /** The address follows, and photos are asked for. */
  settle() {
    history.replaceState(history.state, "", pageUrl(this.state));
    this.fetchPage(this.loading.signal).then(() => this.render(), showError);
  }

  /** Another way to compare, in the same place of the history. @param {Partial<State>} change */
  replace(change) {
    const measured = "hash" in change || "emphasis" in change;
    // A distance means something else under another measure.
    const fresh = measured ? { minDistance: 0, maxDistance: null, rate: null, offset: 0 } : {};
    this.state = { ...this.state, ...fresh, ...change };
    history.replaceState(history.state, "", pageUrl(this.state));
    void this.load();
  }

  /** Somewhere else; back leads here again. @param {State} state */
  push(state) {
    saveScroll();
    this.state = state;
    history.pushState({ scroll: 0 }, "", pageUrl(state));
    void this.load().then(restoreScroll);
  }

  /** @param {string[]} images @param {number} tab */
  openTab(images, tab) {
    const { minDistance, maxDistance, rate, sort } = this.state;
    const first = searchFrom(this.state, images[0]);
    this.push({ ...first, minDistance, maxDistance, rate, sort, images, tab });
  }

  /** Photos came in from outside. @param {string[]} ids */
  take(ids) {
    const images = this.adding ? [...new Set([...this.state.images, ...ids])] : ids;
    this.adding = false;
    this.openTab(images, images.indexOf(ids[0]));
  }

  /** @param {number} offset */
  turn(offset) {
    this.state = { ...this.state, offset };
    this.settle();
    scrollTo({ top: 0, behavior: "instant" });
  }

  /** @param {number} distance */
  offer(distance) {
    const minDistance = Math.min(this.state.minDistance, distance);
    this.state = { ...this.state, minDistance, maxDistance: distance, rate: null, offset: 0 };
    this.settle();
  }

  /** A plain click searches from the photo in this page. @param {MouseEvent} event */
  click(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const target = event.target instanceof Element ? event.target.closest(".tile-open") : null;
    const tile = target && this.tiles.tileOf(target);
    if (!tile) return;
    event.preventDefault();
    this.push(searchFrom(this.state, tile.id));
  }

  toggleMore() {
    const open = byRole("query").classList.toggle("open");
    byRole("query-more").setAttribute("aria-expanded", String(open));
  }

  makeLinks() {
    const { state } = this;
    /** @param {string} page */
    const pair = (page) => (/** @type {string} */ id) => {
      const query = new URLSearchParams({ a: state.images[state.tab], b: id });
      for (const [name, value] of measureQuery(state)) query.set(name, value);
      return `${page}?${query}`;
    };
    return {
      search: (/** @type {string} */ id) => pageUrl(searchFrom(state, id)),
      explain: pair("/explain"),
      compare: pair("/compare"),
    };
  }

  /**
   * New photos appear while a folder is indexed, unless the threshold is in somebody's hand.
   * @param {import("../common/progress.js").Folder[]} folders @param {boolean} running
   */
  watch(folders, running) {
    if (this.dragging) {
      this.missed = true;
      return;
    }
    const held = folders.map((folder) => {
      const hash = folder.hashes.find(({ name }) => name === this.state.hash);
      return `${folder.key} ${folder.photos} ${hash?.photos ?? 0} ${running}`;
    }).join();
    const first = this.held === "";
    const changed = held !== this.held;
    this.held = held;
    this.listHashes(folders, first);
    if (first) void this.loaded.then(() => this.catchUp(folders, running));
    else if (changed) this.loadAnew();
  }

  /** @param {import("../common/progress.js").Folder[]} folders @param {boolean} first */
  listHashes(folders, first) {
    const kept = folders.map(({ hashes }) => hashes.map(({ name }) => name)).join();
    const changed = kept !== this.kept;
    this.kept = kept;
    if (changed && !first) this.query.loadHashes(this.state).catch(showError);
  }

  /**
   * The answer was asked for before the library was looked at; it may lack what came in between.
   * @param {import("../common/progress.js").Folder[]} folders @param {boolean} running
   */
  catchUp(folders, running) {
    if (!this.distances || this.dragging) return;
    const photos = folders.reduce((sum, folder) => sum + folder.photos, 0);
    if (filtersOn(this.state) ? running : photos !== this.distances.searched) this.loadAnew();
  }

  loadAnew() {
    this.answers.clear();
    void this.load(true);
  }
}

/** @param {number} distance @param {number} least @param {number | null} limit */
function isWithin(distance, least, limit) {
  return distance >= least && (limit === null || distance <= limit);
}

new SearchPage().start();
