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
 * @typedef {[number, number, number, number]} Linear what turns and slants a photo, as of CSS `matrix`
 * @typedef {{left: number, top: number, width: number, height: number, linear?: Linear}} Spot
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

/** A frame has no more pixels than this along a side, however small A is in B. */
const MOST = 12000;

/**
 * A frame in which B lies on A, through the map between them: it holds both.
 * @param {Size} a
 * @param {Size} b
 * @param {number[][]} corners of B in A, from its top left clockwise, as fractions of A
 * @returns {Frame} in pixels of the photo that has more of them where both lie
 */
export function alignedFrame(a, b, corners) {
  const places = corners.map(([x, y]) => [x * a.width, y * a.height]);
  const across = [0, 1].map((at) => places[1][at] - places[0][at]);
  const down = [0, 1].map((at) => places[3][at] - places[0][at]);
  const [width, height] = [Math.hypot(...across), Math.hypot(...down)];
  const xs = [0, a.width, ...places.map(([x]) => x)];
  const ys = [0, a.height, ...places.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [right, bottom] = [Math.max(...xs), Math.max(...ys)];
  const finest = Math.max(1, Math.sqrt((b.width * b.height) / (width * height)));
  const scale = Math.min(finest, MOST / Math.max(right - left, bottom - top));
  return {
    width: (right - left) * scale,
    height: (bottom - top) * scale,
    a: { left: -left * scale, top: -top * scale, width: a.width * scale, height: a.height * scale },
    b: {
      left: (places[0][0] - left) * scale,
      top: (places[0][1] - top) * scale,
      width: width * scale,
      height: height * scale,
      linear: [across[0] / width, across[1] / width, down[0] / height, down[1] / height],
    },
  };
}
