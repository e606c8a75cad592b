// @ts-check
/** The distances of a whole library from one query: counted, cut and sorted without the server. */

/** @typedef {import("./state.js").Sort} Sort */
/** @typedef {import("../api.js").Photo} Photo */
/** @typedef {import("../api.js").DistanceTable} Answer */
/** @typedef {import("../api.js").DistanceRows} Rows */

/**
 * @typedef {object} Match
 * @property {string} id
 * @property {string} name
 * @property {string} folder
 * @property {number | null} bytes
 * @property {number | null} width
 * @property {number | null} height
 * @property {number} distance
 * @property {"bytes" | "link" | "pixels" | null} same
 * @property {number | null} lowQuality
 */

/** A part of the ranking, by places in the order (distance, path). */
/** @typedef {{first: number, end: number}} Part */

export class Distances {
  /** @param {Answer} answer */
  constructor(answer) {
    this.query = answer.query;
    this.hash = answer.hash;
    this.bits = answer.bits;
    this.searched = answer.searched;
    this.linksLeftOut = answer.links_left_out;
    this.histogram = answer.histogram;
    this.chances = answer.by_chance;
    this.lowQuality = answer.low_quality;
    this.notes = answer.notes ?? [];
    this.rows = answer.rows;
    /** How many photos lie below each distance. */
    this.below = cumulated(answer.histogram);
    /** @type {Map<Sort, Uint32Array>} */
    this.orders = new Map();
    /** The page that was sent of a library too large to be sent whole. @type {Match[]} */
    this.sent = [];
    /** Made when they are first shown, and the same ever after. @type {Match[]} */
    this.matches = [];
  }

  /** The farthest distance there is. */
  get farthest() {
    return this.searched ? this.histogram.length - 1 : 0;
  }

  /** The nearest distance there is. */
  get nearest() {
    return this.distanceAt(0);
  }

  /**
   * Which places lie within two bounds, both inclusive, `most` at most.
   * @param {number} least @param {number | null} limit @param {number | null} most
   * @returns {Part}
   */
  between(least, limit, most) {
    const first = this.countBelow(least);
    let end = limit === null ? this.searched : this.countBelow(limit + 1);
    if (most !== null) end = Math.min(end, first + most);
    return { first, end: Math.max(first, end) };
  }

  /**
   * How many photos lie within two bounds of a usual one by chance; null where nobody can tell.
   * @param {number} least @param {number} limit
   */
  chanceBetween(least, limit) {
    if (!this.chances?.length) return null;
    const last = this.chances.length - 1;
    const nearer = least > 0 ? this.chances[Math.min(least - 1, last)] : 0;
    return Math.max(0, this.chances[Math.min(limit, last)] - nearer);
  }

  /** @param {number} distance */
  countBelow(distance) {
    const at = Math.max(0, Math.min(distance, this.below.length - 1));
    return this.below[at];
  }

  /** The distance of the photo at a place of the ranking. @param {number} place */
  distanceAt(place) {
    if (!this.searched) return 0;
    let low = 0;
    let high = this.farthest;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.below[middle + 1] > place) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /**
   * A page of a part, sorted. Ties stay nearest first.
   * @param {Part} part @param {Sort} sort @param {number} offset @param {number} limit
   * @returns {Match[]}
   */
  page(part, sort, offset, limit) {
    const matches = [];
    if (sort === "nearest") {
      const end = Math.min(part.end, part.first + offset + limit);
      for (let place = part.first + offset; place < end; place++) matches.push(this.match(place));
      return matches;
    }
    let skipped = 0;
    for (const place of this.order(sort)) {
      if (place < part.first || place >= part.end) continue;
      if (skipped++ < offset) continue;
      matches.push(this.match(place));
      if (matches.length === limit) break;
    }
    return matches;
  }

  /** @param {number} least @param {number | null} limit in bits, both inclusive */
  sentWithin(least, limit) {
    return this.sent.filter(({ distance }) => distance >= least && (limit === null || distance <= limit));
  }

  /** @param {number} place @returns {Match} */
  match(place) {
    const rows = /** @type {Rows} */ (this.rows);
    return (this.matches[place] ??= {
      id: rows.id[place],
      name: rows.name[place],
      folder: rows.folder[place],
      bytes: rows.bytes[place],
      width: rows.width[place],
      height: rows.height[place],
      distance: rows.distance[place],
      same: rows.same[place],
      lowQuality: rows.low_quality[place],
    });
  }

  /** All places in the order of a sort, made once. @param {Sort} sort */
  order(sort) {
    let order = this.orders.get(sort);
    if (order === undefined) {
      const rows = /** @type {Rows} */ (this.rows);
      order = Uint32Array.from(rows.id, (_, place) => place).sort(comparison(rows, sort));
      this.orders.set(sort, order);
    }
    return order;
  }
}

/** @param {number[]} histogram */
function cumulated(histogram) {
  const below = new Uint32Array(histogram.length + 1);
  for (let i = 0; i < histogram.length; i++) below[i + 1] = below[i] + histogram[i];
  return below;
}

/**
 * @param {Rows} rows @param {Sort} sort
 * @returns {(a: number, b: number) => number}
 */
function comparison(rows, sort) {
  const values = {
    nearest: rows.distance, farthest: rows.distance, newest: rows.modified, oldest: rows.modified,
    biggest: rows.bytes, smallest: rows.bytes, name: rows.by_name,
  }[sort];
  const down = sort === "farthest" || sort === "newest" || sort === "biggest";
  return (a, b) => (down ? values[b] - values[a] : values[a] - values[b]) || a - b;
}
