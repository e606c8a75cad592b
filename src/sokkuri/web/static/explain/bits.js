// @ts-check
/**
 * Packed bits as the API sends them: base64, eight to a byte, the first bit highest.
 */

/**
 * @param {string} base64
 * @returns {Uint8Array}
 */
export function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/**
 * @param {string} base64
 * @param {number} count how many bits there are; the rest of the last byte is padding
 * @returns {Uint8Array} a 0 or a 1 for each bit
 */
export function bitsOf(base64, count) {
  const bytes = bytesOf(base64);
  const bits = new Uint8Array(count);
  for (let at = 0; at < count; at++) bits[at] = (bytes[at >> 3] >> (7 - (at & 7))) & 1;
  return bits;
}

/**
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 * @param {Uint8Array} compared 1 where the search looks at the bit
 * @returns {Uint8Array} 1 where the two differ and the bit is compared
 */
export function differingOf(a, b, compared) {
  return a.map((bit, at) => (bit ^ b[at]) & compared[at]);
}
