// @ts-check
/**
 * Thresholds to start from: shares of the bits, by hash. At the first about one pair in 100,000 of
 * unrelated photos passes; the last still leaves most of a library out. docs/evaluate.md measures.
 */

/** @typedef {"same" | "near" | "alike"} Preset */
/** @typedef {Record<Preset, number>} Shares */

/** @type {readonly Preset[]} */
export const PRESETS = ["same", "near", "alike"];

/** @type {Record<string, Shares>} */
const LOOK = {
  shape: { same: 0.1, near: 0.15, alike: 0.2 },
  balanced: { same: 0.07, near: 0.11, alike: 0.155 },
  colour: { same: 0.04, near: 0.07, alike: 0.105 },
};

/** By the start of a hash's name; the first that fits counts. @type {[string, Shares][]} */
const FAMILIES = [
  ["ahash-", { same: 0.05, near: 0.1, alike: 0.17 }],
  ["blockmean", { same: 0.05, near: 0.1, alike: 0.17 }],
  ["whash", { same: 0.05, near: 0.1, alike: 0.17 }],
  ["colorhash", { same: 0.03, near: 0.06, alike: 0.1 }],
  ["pdq", { same: 0.12, near: 0.2, alike: 0.28 }],
  ["", { same: 0.1, near: 0.18, alike: 0.26 }],
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
 * The largest distance of a preset. Whoever asks for what is alike never gets less than without a
 * threshold.
 * @param {Preset} preset
 * @param {import("./distances.js").Distances} distances @param {number} nearest shown without one
 */
export function presetDistance(preset, distances, nearest) {
  const most = Math.round(sharesOf(distances.hash)[preset] * distances.bits);
  if (preset !== "alike") return most;
  return Math.max(most, distances.distanceAt(Math.min(nearest, distances.searched) - 1));
}
