// @ts-check
/** Keys of the compare page. */
import { MODES } from "./stage.js";
import { addKeys } from "../common/keys.js";

const PAN = 60;
const STEP = 1.25;

/** @type {Record<string, [number, number]>} */
const ARROWS = {
  ArrowLeft: [PAN, 0],
  ArrowRight: [-PAN, 0],
  ArrowUp: [0, PAN],
  ArrowDown: [0, -PAN],
};

/** Whether it wants arrows or the space bar for itself. @param {EventTarget | null} target */
function isControl(target) {
  return (
    target instanceof Element &&
    target.matches("input:not([type=radio]), button, select, a, summary")
  );
}

/**
 * @typedef {object} Acts
 * @property {(mode: import("./stage.js").Mode) => void} mode
 * @property {(step: 1 | -1) => void} step to another pair
 * @property {() => void} swap
 * @property {() => void} explain
 *
 * @param {import("./stage.js").Stage} stage
 * @param {import("./blink.js").Blink} blink
 * @param {Acts} acts
 */
export function listenToKeys(stage, blink, acts) {
  const { view } = stage;
  addKeys(
    {
      keys: ["1", "2", "3", "4", "5"],
      label: "1 … 5",
      words: "compare.keys.modes",
      act: (event) => acts.mode(MODES[Number(event.key) - 1]),
    },
    { keys: [" "], label: "Space", words: "compare.keys.blink", act: press },
    {
      keys: ["+", "="],
      label: "+",
      words: "compare.keys.in",
      act: () => view.zoomTo(view.zoom * STEP),
    },
    {
      keys: ["-"],
      label: "−",
      words: "compare.keys.out",
      act: () => view.zoomTo(view.zoom / STEP),
    },
    { keys: ["z"], words: "compare.keys.full", act: () => view.zoomTo(1) },
    { keys: ["0"], words: "compare.keys.fit", act: () => view.fit() },
    { keys: Object.keys(ARROWS), label: "← → ↑ ↓", words: "compare.keys.pan", act: pan },
    { keys: ["j"], words: "compare.keys.next", act: () => acts.step(1) },
    { keys: ["k"], words: "compare.keys.previous", act: () => acts.step(-1) },
    { keys: ["s"], words: "compare.keys.swap", act: acts.swap },
    { keys: ["x"], words: "compare.keys.explain", act: acts.explain },
  );

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (isControl(event.target)) return false;
    if (event.repeat) return true;
    if (stage.mode !== "blink") {
      blink.wanted = false;
      acts.mode("blink");
    }
    blink.press();
    return true;
  }

  /** @param {KeyboardEvent} event */
  function pan(event) {
    if (isControl(event.target) || event.target instanceof HTMLInputElement) return false;
    const [right, down] = ARROWS[event.key];
    view.pan(right * devicePixelRatio, down * devicePixelRatio);
    return true;
  }

  document.addEventListener("keyup", (event) => {
    if (event.key === " ") blink.release();
  });
}
