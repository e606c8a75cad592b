// @ts-check
/** What the page of results asks of the server; distances are kept for going back and for tabs. */

import { getJson, post } from "../common/api.js";
import { Distances } from "./distances.js";
import { distancesQuery, mostOf, pageSize, searchQuery } from "./state.js";

/** @typedef {import("./state.js").State} State */

/** Answers that are kept. */
const KEPT = 8;

export class Answers {
  constructor() {
    /** @type {Map<string, Distances>} */
    this.kept = new Map();
    /** Hashes that were asked for. @type {Set<string>} */
    this.wished = new Set();
  }

  /** The distances of a state, if they are known. @param {State} state */
  known(state) {
    return this.kept.get(distancesQuery(state).toString());
  }

  /** @param {State} state @param {AbortSignal} signal */
  async ask(state, signal) {
    const query = distancesQuery(state);
    const answer = new Distances(await getJson("/distances", query, signal));
    this.kept.set(query.toString(), answer);
    for (const key of this.kept.keys()) {
      if (this.kept.size <= KEPT) break;
      this.kept.delete(key);
    }
    return answer;
  }

  /**
   * Where the distances have no rows, tiles come page by page.
   * @param {Distances} distances @param {State} state @param {number} columns
   * @param {AbortSignal} signal
   */
  async fetchPage(distances, state, columns, signal) {
    if (distances.rows) return;
    const query = searchQuery(state);
    const most = mostOf(state, columns);
    if (most !== null) query.set("k", String(most));
    query.set("limit", String(pageSize(state)));
    distances.sent = (await getJson("/search", query, signal)).matches.map((/** @type {any} */ match) => ({
      ...match, lowQuality: match.low_quality,
    }));
  }

  /** Have all photos get a hash that none has yet. @param {string} hash @param {AbortSignal} signal */
  async makeHash(hash, signal) {
    this.wished.add(hash);
    const { folders } = await getJson("/library", undefined, signal);
    for (const { key } of folders) {
      await post(`/library/${key}/refresh?hash=${encodeURIComponent(hash)}`);
    }
  }
}
