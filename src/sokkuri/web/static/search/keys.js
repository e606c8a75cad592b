// @ts-check
/** Keys of the page of results. */

import { byRole, inputOf, takesSpace } from "../common/dom.js";
import { addKeys, addQuietKeys } from "../common/keys.js";
import { settings } from "../common/page-data.js";
import { EMPHASES } from "./query.js";
import { PRESETS } from "./presets.js";

/**
 * @param {{
 *   state: import("./state.js").State,
 *   meant: () => import("./tile.js").Tile | null,
 *   pager: import("./pager.js").Pager,
 *   threshold: import("./threshold.js").Threshold,
 *   replace: (change: Partial<import("./state.js").State>) => void,
 *   push: (state: import("./state.js").State) => void,
 *   openTab: (images: string[], tab: number) => void,
 *   openLarge: () => boolean | void,
 * }} page
 * @param {() => void} choose
 */
export function addSearchKeys(page, choose) {
  /** @param {string} role */
  const follow = (role) => () => {
    const link = page.meant()?.action(role);
    if (!link) return false;
    link.click();
  };
  /** @param {number} step */
  const tab = (step) => () => {
    const { images, tab: at } = page.state;
    if (images.length < 2) return false;
    page.openTab(images, (at + step + images.length) % images.length);
  };
  addKeys(
    { keys: ["Arrows"], label: "← ↑ → ↓", words: "keys.move" },
    { keys: [" "], label: "Space Enter", words: "keys.large", act: ({ target }) => !takesSpace(target) && page.openLarge() },
    { keys: ["x"], words: "keys.explain", act: follow("explain") },
    { keys: ["c"], words: "keys.compare", act: follow("compare") },
    { keys: ["d"], words: "keys.download", act: follow("download") },
    { keys: ["["], label: "[ ]", words: "keys.pages", act: () => page.pager.back() },
    { keys: ["s"], words: "keys.copies", act: () => page.push({ ...page.state, copies: !page.state.copies, offset: 0 }) },
    { keys: ["/"], words: "keys.threshold", act: () => page.threshold.focus() },
    { keys: ["-"], label: "- +", words: "keys.bits", act: () => page.threshold.nudge(-1) },
    { keys: ["1"], label: "1 2 3 0", words: "keys.presets", act: () => page.threshold.choose(PRESETS[0]) },
    { keys: ["e"], words: "keys.emphasis", act: () => nextEmphasis(page) },
    { keys: ["i"], words: "keys.details", act: () => byRole("details").click() },
    { keys: ["m"], words: "keys.mirror", act: () => inputOf("mirror").click() },
    { keys: [","], label: ", .", words: "keys.tabs", act: tab(-1) },
    { keys: ["o"], words: "keys.choose", act: choose },
    { keys: ["v"], label: "Ctrl+V", words: "keys.paste", act: () => false },
  );
  addQuietKeys(
    { keys: ["]"], words: "keys.pages", act: () => page.pager.next() },
    { keys: ["+", "="], words: "keys.bits", act: () => page.threshold.nudge(1) },
    { keys: ["2"], words: "keys.presets", act: () => page.threshold.choose(PRESETS[1]) },
    { keys: ["3"], words: "keys.presets", act: () => page.threshold.choose(PRESETS[2]) },
    { keys: ["0"], words: "keys.presets", act: () => page.threshold.chooseNearest() },
    { keys: ["."], words: "keys.tabs", act: tab(1) },
  );
}

/** @param {{state: import("./state.js").State, replace: (change: any) => void}} page */
function nextEmphasis(page) {
  if (byRole("dial").hidden) return false;
  const now = page.state.emphasis ?? settings.emphasis;
  const at = EMPHASES.findIndex((name) => name === now);
  const next = EMPHASES[(at + 1) % EMPHASES.length];
  page.replace({ emphasis: next === settings.emphasis ? null : next });
}
