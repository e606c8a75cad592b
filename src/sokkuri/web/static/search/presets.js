// @ts-check
/**
 * Thresholds to start from: shares of the bits, by hash. Strict is about where one pair in 100,000
 * of unrelated photos passes; loose still leaves most of a library out. docs/evaluate.md measures.
 */

/** @typedef {{strict: number, normal: number, loose: number}} Shares */

/** @type {Record<string, Shares>} */
const LOOK = {
  shape: { strict: 0.1, normal: 0.15, loose: 0.2 },
  balanced: { strict: 0.07, normal: 0.11, loose: 0.155 },
  colour: { strict: 0.04, normal: 0.07, loose: 0.105 },
};

/** By the start of a hash's name; the first that fits counts. @type {[string, Shares][]} */
const FAMILIES = [
  ["ahash-", { strict: 0.05, normal: 0.1, loose: 0.17 }],
  ["blockmean", { strict: 0.05, normal: 0.1, loose: 0.17 }],
  ["whash", { strict: 0.05, normal: 0.1, loose: 0.17 }],
  ["colorhash", { strict: 0.03, normal: 0.06, loose: 0.1 }],
  ["pdq", { strict: 0.12, normal: 0.2, loose: 0.28 }],
  ["", { strict: 0.1, normal: 0.18, loose: 0.26 }],
];

/** @param {string} name with its emphasis, as `look-2@balanced` @returns {Shares} */
function sharesOf(name) {
  if (name.startsWith("look-2-compact")) return LOOK.balanced;
  if (name.startsWith("look-2")) {
    const emphasis = name.split("@")[1] ?? "balanced";
    if (emphasis in LOOK) return LOOK[emphasis];
    const share = Number(emphasis);
    return share < 0.17 ? LOOK.shape : share < 0.5 ? LOOK.balanced : LOOK.colour;
  }
  const found = FAMILIES.find(([start]) => name.startsWith(start));
  return /** @type {[string, Shares]} */ (found)[1];
}

/**
 * @param {"strict" | "normal" | "loose"} preset
 * @param {string} name of the hash @param {number} bits
 * @returns {number} the largest distance
 */
export function presetDistance(preset, name, bits) {
  return Math.round(sharesOf(name)[preset] * bits);
}
