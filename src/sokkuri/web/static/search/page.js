// @ts-check
/** The page of results: one state, one answer with all distances, and what they look like. */

import { Problem } from "../common/api.js";
import { clear, show, showError } from "../common/banner.js";
import { Copies } from "./copies.js";
import { Answers } from "./answers.js";
import { byRole, onceAFrame, selectOf } from "../common/dom.js";
import { startDetails } from "./details.js";
import { showEmpty, startEmpty } from "./empty.js";
import { Filters } from "./filters.js";
import { Growth } from "./growth.js";
import { makeLarge, matchesOf, shownOf } from "./large.js";
import { startMenus } from "./menus.js";
import { moreOf, showMore, startMore } from "./more.js";
import { Pager, pageStart } from "./pager.js";
import { Query } from "./query.js";
import { restoreScroll, saveScroll, startScrolling } from "../common/scroll.js";
import { addSearchKeys } from "./keys.js";
import { showSharing, startSharing } from "./share.js";
import { hashOf, limitOf, mostOf, pageSize, pageUrl, pairQuery, readState, searchFrom } from "./state.js";
import { Threshold } from "./threshold.js";
import { meantOf, Tiles } from "./tiles.js";
import { startWaysIn } from "../common/ways-in.js";
import { t } from "../common/words.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./distances.js").Distances} Distances */

/** There is no such photo any more. */
const GONE = 404;

const NOT_HASHED = "urn:sokkuri:not-hashed";
const BEING_HASHED = "urn:sokkuri:being-hashed";
const SECOND = 1000;

class SearchPage {
  constructor() {
    this.state = readState(location.search);
    this.answers = new Answers();
    /** The answer that is shown. @type {Distances | null} */
    this.distances = null;
    /** Ended where another answer is asked for. */
    this.loading = new AbortController();
    /** Whether the threshold is in somebody's hand. */
    this.dragging = false;
    /** @type {Growth | undefined} */
    this.growth = undefined;
    this.query = new Query((change) => this.replace(change), (images, tab) => this.openTab(images, tab));
    this.threshold = new Threshold({
      drag: (change) => this.drag(change),
      release: () => this.release(),
    });
    this.tiles = new Tiles(byRole("tiles"));
    this.pager = new Pager((offset) => this.turn(offset, true));
    this.large = makeLarge(this);
    this.copies = new Copies(this);
    this.filters = new Filters((change) => this.replace({ ...change, offset: 0 }));
    this.renderSoon = onceAFrame(() => this.render());
  }

  start() {
    startScrolling();
    let adding = false;
    const ways = startWaysIn((ids) => {
      this.take(ids, adding);
      adding = false;
    });
    byRole("add").addEventListener("click", () => {
      adding = true;
      ways.choose();
    });
    startMenus();
    startDetails();
    startSharing(() => ({ ...this.state, k: mostOf(this.state, this.tiles.columns) }));
    startEmpty((distance) => this.offer(distance));
    startMore((change) => this.widen(change));
    new ResizeObserver(() => this.fit()).observe(byRole("tiles"));
    selectOf("sort").addEventListener("change", ({ target }) => {
      const sort = /** @type {any} */ (target).value;
      this.state = { ...this.state, sort, offset: 0 };
      this.settle();
    });
    for (const { list } of this.lists) list.addEventListener("click", (event) => this.click(event));
    byRole("query-more").addEventListener("click", () => this.toggleMore());
    addSearchKeys(this, ways.choose);
    addEventListener("popstate", () => {
      this.state = readState(location.search);
      void this.load().then(restoreScroll);
    });
    this.query.listed = this.listHashes();
    const loaded = this.load();
    void loaded.then(restoreScroll);
    this.growth = new Growth(this, loaded);
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
    this.copies.showWay(this.state);
    this.query.showMeasure(this.state);
    this.filters.show(this.state);
    this.query.showTabs(this.state).catch(showError);
    try {
      if (this.state.copies) {
        this.distances = null;
        await this.makeLacking(signal);
        await this.copies.load(signal);
        return;
      }
      const known = this.answers.known(this.state);
      if (!known && !quiet) this.showBusy();
      if (!known) await this.makeLacking(signal);
      const distances = known ?? (await this.answers.ask(this.state, signal));
      clear();
      for (const note of distances.notes) show({ detail: note });
      await this.open(distances, signal);
    } catch (error) {
      if (!signal.aborted) this.failed(error, signal);
    }
  }

  showBusy() {
    byRole("count").textContent = t("search.counting");
    byRole("results").setAttribute("aria-busy", "true");
  }

  /** @param {Distances} distances @param {AbortSignal} signal */
  async open(distances, signal) {
    this.distances = distances;
    this.tiles.links = this.makeLinks();
    this.query.showPhoto(distances.query, distances.lowQuality);
    this.threshold.load(distances);
    this.tiles.measure();
    await this.answers.fetchPage(distances, this.state, this.tiles.columns, signal);
    byRole("results").setAttribute("aria-busy", "false");
    this.render();
  }

  /** @param {unknown} error @param {AbortSignal} signal */
  failed(error, signal) {
    if (error instanceof Problem && error.type === NOT_HASHED && !this.answers.wished.has(hashOf(this.state))) {
      void this.makeHash(error, signal);
      return;
    }
    clear();
    showError(error);
    if (error instanceof Problem && error.type === BEING_HASHED) {
      void this.growth?.look();
      this.query.introduce(this.state, signal).catch(() => {}); // asked again with the distances
      setTimeout(() => {
        if (!signal.aborted) void this.load();
      }, SECOND);
      return;
    }
    byRole("results").setAttribute("aria-busy", "false");
    for (const role of ["count", "copies-count"]) byRole(role).textContent = "";
    if (error instanceof Problem && error.status === GONE) this.showResults(false);
  }

  /**
   * Somebody chose a hash that no photo has yet: have it made, and go on when the first have it.
   * @param {Problem} error what is shown where that may not be @param {AbortSignal} signal
   */
  async makeHash(error, signal) {
    try {
      await this.answers.makeHash(hashOf(this.state), signal);
    } catch {
      this.failed(error, signal);
      return;
    }
    if (!signal.aborted) void this.load();
  }

  /** Known to be lacking, a hash is made before its distances are asked for. @param {AbortSignal} signal */
  async makeLacking(signal) {
    const hash = hashOf(this.state);
    if (this.answers.wished.has(hash) || !(await this.query.lacks(hash)) || signal.aborted) return;
    await this.answers.makeHash(hash, signal).catch(() => {}); // where it may not be, the answer says why
  }

  /** @param {boolean} yes otherwise there is nothing to search from */
  showResults(yes) {
    byRole("results").hidden = !yes;
    byRole("no-query").hidden = yes;
  }

  render() {
    const { distances, state } = this;
    if (!distances) return;
    const limit = limitOf(state);
    const { columns } = this.tiles;
    const most = mostOf(state, columns);
    const part = distances.between(state.minDistance, limit, most);
    const count = part.end - part.first;
    const size = pageSize(state);
    const offset = pageStart(state.offset, count, size);
    const matches = distances.rows
      ? distances.page(part, state.sort, offset, size)
      : distances.sentWithin(state.minDistance, limit);
    this.threshold.show(state, part, columns, this.dragging);
    this.tiles.show(matches, distances.bits, !this.dragging);
    this.pager.show(offset, count, size);
    this.large.renew();
    showMore(offset + size >= count ? this.more() : null);
    showEmpty(state, distances, count === 0);
    selectOf("sort").value = state.sort;
    byRole("tiles").hidden = count === 0;
    if (!this.dragging) showSharing({ ...state, k: most });
  }

  /** The threshold moves: nothing is asked for until it rests. @param {Partial<State>} change */
  drag(change) {
    if (!this.distances) return;
    if (!this.dragging) this.tiles.hold();
    this.dragging = true;
    const limit = limitOf(this.state);
    if (limit === null) {
      // From here on the threshold bounds, not the number of matches.
      const most = change.rate ? null : this.threshold.slider.most;
      change = { maxDistance: most, k: null, ...change };
    }
    this.state = { ...this.state, ...change, offset: 0 };
    this.renderSoon();
  }

  release() {
    if (!this.dragging) return;
    this.dragging = false;
    this.settle();
    this.growth?.release();
  }

  /** The address follows, and photos are asked for. */
  settle() {
    this.note({});
    this.renew();
  }

  /** The address follows. @param {Partial<State>} change */
  note(change) {
    this.state = { ...this.state, ...change };
    history.replaceState(history.state, "", pageUrl(this.state));
  }

  /** Ask for the photos of the state, and show them. */
  renew() {
    if (this.state.copies) {
      const { signal } = this.loading;
      this.copies.renew(signal).catch((error) => signal.aborted || showError(error));
    }
    if (!this.distances) return;
    this.answers
      .fetchPage(this.distances, this.state, this.tiles.columns, this.loading.signal)
      .then(() => this.render(), showError);
  }

  /** Another way to compare, in the same place of the history. @param {Partial<State>} change */
  replace(change) {
    const measured = "hash" in change || "emphasis" in change;
    // A distance means something else under another measure.
    const fresh = measured ? { minDistance: 0, maxDistance: null, rate: null, k: null, offset: 0 } : {};
    this.note({ ...fresh, ...change });
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
    const { minDistance, maxDistance, rate, k, sort } = this.state;
    const first = searchFrom(this.state, images[0]);
    this.push({ ...first, minDistance, maxDistance, rate, k, sort, images, tab });
  }

  /**
   * Photos came in from outside.
   * @param {string[]} ids @param {boolean} adding they join those that are open
   */
  take(ids, adding) {
    const images = adding ? [...new Set([...this.state.images, ...ids])] : ids;
    this.openTab(images, images.indexOf(ids[0]));
  }

  /** @param {number} offset @param {boolean} [up] to the top of the page */
  turn(offset, up = false) {
    this.state = { ...this.state, offset };
    this.settle();
    if (up) scrollTo({ top: 0, behavior: "instant" });
  }

  /** The row is another one: it is filled. */
  fit() {
    if (this.tiles.measure() && !this.dragging) this.renew();
  }

  /** What shows more below the last page, where there is more. */
  more() {
    const { state, distances, tiles } = this;
    if (state.copies) return this.copies.more();
    return distances ? moreOf(state, distances, tiles.columns) : null;
  }

  /** More matches below those that are shown. @param {Partial<State>} change */
  widen(change) {
    this.state = { ...this.state, ...change };
    this.settle();
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
    const tile = target && this.lists.map((tiles) => tiles.tileOf(target)).find(Boolean);
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
      for (const [name, value] of pairQuery(state)) query.set(name, value);
      return `${page}?${query}`;
    };
    return {
      search: (/** @type {string} */ id) => pageUrl(searchFrom(state, id)),
      explain: pair(state.copies ? "/copy" : "/explain"),
      compare: pair("/compare"),
      open: (/** @type {string} */ id) => this.openLarge(id),
    };
  }

  /** Lists of tiles: the matches, and those that are told apart from them. */
  get lists() {
    return [this.tiles, this.copies.scenes.tiles];
  }

  meant() {
    return meantOf(...this.lists);
  }

  /** @param {string} [id] of a tile; the one that keys are meant for if left out */
  openLarge(id) {
    const { tiles, pager } = this;
    const shown = this.lists.flatMap((list) => list.shown);
    const tile = id ? shown.find((each) => each.id === id) : this.meant();
    if (!tile) return false;
    const place = tiles.shown.indexOf(tile);
    if (place >= 0) this.large.show(pager.offset + place, matchesOf(this));
    else this.large.show(shown.indexOf(tile) - tiles.shown.length, shownOf(this, this.copies.scenes.tiles));
  }

  listHashes() {
    return this.query.loadHashes(this.state).catch(showError);
  }

  loadAnew() {
    this.answers.kept.clear();
    this.copies.kept.clear();
    void this.load(true);
  }
}

new SearchPage().start();
