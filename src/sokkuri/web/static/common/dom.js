// @ts-check
/** The DOM in few words. Text goes in as text, never as HTML: names of files are whatever they are. */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number | boolean | null | undefined | EventListener>} [props]
 *   attributes; `onclick` and the like take functions; null, undefined and false are left out
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.replace(/^on/, ""), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== null && child !== undefined) node.append(child);
  return node;
}

/**
 * The element with this `data-role`.
 * @param {string} role @param {ParentNode} [root] @returns {HTMLElement}
 */
export function byRole(role, root = document) {
  const found = root.querySelector(`[data-role="${role}"]`);
  if (!(found instanceof HTMLElement)) throw new Error(`the page has no ${role}`);
  return found;
}

/** @param {string} role @param {ParentNode} [root] @returns {HTMLInputElement} */
export function inputOf(role, root = document) {
  return /** @type {HTMLInputElement} */ (byRole(role, root));
}

/** @param {string} role @param {ParentNode} [root] @returns {HTMLSelectElement} */
export function selectOf(role, root = document) {
  return /** @type {HTMLSelectElement} */ (/** @type {unknown} */ (byRole(role, root)));
}

const SVG = "http://www.w3.org/2000/svg";

/** A 16 px line icon. @param {string} path @returns {SVGSVGElement} */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/**
 * The same function, at most once a frame, with its last arguments.
 * @template {any[]} A
 * @param {(...args: A) => void} act
 * @returns {(...args: A) => void}
 */
export function onceAFrame(act) {
  let waiting = false;
  /** @type {A} */
  let last;
  return (...args) => {
    last = args;
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      act(...last);
    });
  };
}

/** Whether keys typed here are text. @param {EventTarget | null} target */
export function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLSelectElement) return true;
  const plain = ["checkbox", "radio", "range", "button", "submit", "file"];
  return target instanceof HTMLInputElement && !plain.includes(target.type);
}

/** Whether the space bar does something to this by itself. @param {EventTarget | null} target */
export function takesSpace(target) {
  return target instanceof Element && target.closest("button, summary, input, select") !== null;
}
