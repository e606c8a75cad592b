// @ts-check
/** A long list from the server, fetched in pieces where somebody looks. */

import { getJson } from "../common/api.js";

/** @typedef {import("../search/distances.js").Photo} Photo */

const PIECE = 200;

export class Pages {
  /** @param {() => void} changed more of the list is known */
  constructor(changed) {
    this.changed = changed;
    this.total = 0;
    this.query = new URLSearchParams();
    /** @type {Map<number, Photo[]>} */
    this.pieces = new Map();
    /** @type {Set<number>} */
    this.asked = new Set();
    this.age = 0;
  }

  /** Another list. @param {URLSearchParams} query @returns {Promise<void>} */
  open(query) {
    this.query = query;
    this.pieces.clear();
    return this.refresh(0, 0);
  }

  /**
   * The same list anew: it has grown. What is known stays until it is replaced. Something is always
   * asked for, or a list that was empty would stay so.
   * @param {number} first @param {number} last places that are looked at; in an empty list none are
   */
  async refresh(first, last) {
    this.age += 1;
    this.asked.clear();
    const seen = [Math.floor(first / PIECE), Math.floor(Math.max(first, last) / PIECE)];
    for (const piece of this.pieces.keys()) {
      if (piece < seen[0] || piece > seen[1]) this.pieces.delete(piece);
    }
    for (let piece = seen[0]; piece <= seen[1]; piece++) await this.fetch(piece);
  }

  /** @param {number} place @returns {Photo | undefined} */
  at(place) {
    return this.pieces.get(Math.floor(place / PIECE))?.[place % PIECE];
  }

  /** Ask for what is missing between two places. @param {number} first @param {number} last */
  want(first, last) {
    const end = Math.min(last, this.total - 1);
    for (let piece = Math.floor(first / PIECE); piece * PIECE <= end; piece++) {
      if (!this.asked.has(piece)) this.fetch(piece).catch(() => this.asked.delete(piece));
    }
  }

  /** @param {number} piece */
  async fetch(piece) {
    const { age } = this;
    this.asked.add(piece);
    const query = new URLSearchParams(this.query);
    query.set("offset", String(piece * PIECE));
    query.set("limit", String(PIECE));
    const answer = await getJson("/images", query);
    if (age !== this.age) return;
    this.total = answer.total;
    this.pieces.set(piece, answer.images);
    this.changed();
  }
}
