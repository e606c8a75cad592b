// @ts-check
/**
 * One frame for two photos, whatever their sizes: the larger one fills it, the other is scaled to
 * it. Photos of nearly one shape are stretched the little that makes their pixels meet; others keep
 * their shape and stand in the middle.
 */

/** Shapes count as one up to two percent: a pixel more or less, a crop by rounding. */
const SAME_SHAPE = 0.02;

/**
 * @typedef {{width: number, height: number}} Size
 * @typedef {{left: number, top: number, width: number, height: number}} Spot
 * @typedef {{width: number, height: number, a: Spot, b: Spot}} Frame
 */

/**
 * @param {Size} photo
 * @param {Size} frame
 * @returns {Spot}
 */
function spotOf(photo, frame) {
  const ratio = (photo.width * frame.height) / (photo.height * frame.width);
  if (Math.abs(Math.log(ratio)) < SAME_SHAPE) return { left: 0, top: 0, ...frame };
  const width = ratio > 1 ? frame.width : frame.width * ratio;
  const height = ratio > 1 ? frame.height / ratio : frame.height;
  return { left: (frame.width - width) / 2, top: (frame.height - height) / 2, width, height };
}

/**
 * @param {Size} a
 * @param {Size} b
 * @returns {Frame} in pixels of the larger photo
 */
export function commonFrame(a, b) {
  const larger = a.width * a.height >= b.width * b.height ? a : b;
  const frame = { width: larger.width, height: larger.height };
  return { ...frame, a: spotOf(a, frame), b: spotOf(b, frame) };
}
