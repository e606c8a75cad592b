// @ts-check
/** Wheel, drag, pinch and double click on the stage, and the divider of the split. */

/**
 * @typedef {import("./stage.js").Stage} Stage
 * @typedef {{x: number, y: number}} Point
 */

/** How much one notch of a wheel zooms. */
const NOTCH = 0.0016;

/** A finger that moves less, in CSS pixels, has tapped. */
const STILL = 8;

/**
 * A point of the screen from the middle of the pane it is in, in screen pixels.
 *
 * @param {Stage} stage
 * @param {Point} point
 * @returns {[number, number]}
 */
function fromMiddle(stage, { x, y }) {
  const panes = [...stage.panes.children].map((pane) => pane.getBoundingClientRect());
  const inside = panes.find((box) => x < box.right && y < box.bottom) ?? panes[panes.length - 1];
  return [
    (x - inside.left - inside.width / 2) * devicePixelRatio,
    (y - inside.top - inside.height / 2) * devicePixelRatio,
  ];
}

/** @param {Stage} stage */
function wheel(stage) {
  stage.element.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
      const factor = Math.exp(-event.deltaY * lines * NOTCH);
      stage.view.zoomTo(stage.view.zoom * factor, ...fromMiddle(stage, event));
    },
    { passive: false },
  );
}

/**
 * A double click zooms. While photos blink, a tap shows the other one instead: a finger finds no
 * space bar, and taps quickly.
 * @param {Stage} stage @param {import("./blink.js").Blink} blink
 */
function clicks(stage, blink) {
  const { element, view } = stage;
  let from = { x: 0, y: 0 };
  let finger = false;
  element.addEventListener("pointerdown", ({ clientX: x, clientY: y, pointerType }) => {
    from = { x, y };
    finger = pointerType === "touch";
  });
  element.addEventListener("click", ({ clientX, clientY }) => {
    if (!finger || stage.mode !== "blink") return;
    if (Math.hypot(clientX - from.x, clientY - from.y) > STILL) return;
    blink.press();
    blink.release();
  });
  element.addEventListener("dblclick", (event) => {
    if (finger && stage.mode === "blink") return;
    if (stage.divider.contains(/** @type {Node} */ (event.target))) return;
    if (view.zoom === 1) view.fit();
    else view.zoomTo(1, ...fromMiddle(stage, event));
  });
}

/** @param {Point[]} points @returns {Point & {apart: number}} */
function middleOf(points) {
  const [first, second = first] = points;
  return {
    x: (first.x + second.x) / 2,
    y: (first.y + second.y) / 2,
    apart: Math.hypot(first.x - second.x, first.y - second.y),
  };
}

/** One finger or the mouse moves, two also zoom. @param {Stage} stage */
function drag(stage) {
  /** @type {Map<number, Point>} */
  const held = new Map();
  const { element, view } = stage;
  element.addEventListener("pointerdown", (event) => {
    if (event.button || stage.divider.contains(/** @type {Node} */ (event.target))) return;
    element.setPointerCapture(event.pointerId);
    held.set(event.pointerId, { x: event.clientX, y: event.clientY });
    element.classList.add("dragging");
  });
  element.addEventListener("pointermove", (event) => {
    if (!held.has(event.pointerId)) return;
    const before = middleOf([...held.values()]);
    held.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const after = middleOf([...held.values()]);
    const scale = devicePixelRatio;
    view.pan((after.x - before.x) * scale, (after.y - before.y) * scale);
    if (before.apart > 8)
      view.zoomTo((view.zoom * after.apart) / before.apart, ...fromMiddle(stage, after));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    element.addEventListener(end, (event) => {
      held.delete(/** @type {PointerEvent} */ (event).pointerId);
      element.classList.toggle("dragging", held.size > 0);
    });
  }
}

/** @param {Stage} stage */
function divide(stage) {
  const { divider, element } = stage;
  /** @param {number} share */
  const move = (share) => {
    stage.split = Math.min(1, Math.max(0, share));
    stage.draw();
  };
  divider.addEventListener("pointerdown", (event) => divider.setPointerCapture(event.pointerId));
  divider.addEventListener("pointermove", (event) => {
    if (!divider.hasPointerCapture(event.pointerId)) return;
    const box = element.getBoundingClientRect();
    move((event.clientX - box.left) / box.width);
  });
  divider.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 0.1 : 0.01;
    const next = { ArrowLeft: stage.split - step, ArrowRight: stage.split + step, Home: 0, End: 1 };
    const share = next[/** @type {keyof typeof next} */ (event.key)];
    if (share === undefined) return;
    event.preventDefault();
    move(share);
  });
}

/** @param {Stage} stage @param {import("./blink.js").Blink} blink */
export function listen(stage, blink) {
  wheel(stage);
  clicks(stage, blink);
  drag(stage);
  divide(stage);
}
