// @ts-check
/** Names of files as they are shown. */

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** A letter of Japanese, Chinese or Korean is about as wide as two others. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;

/** @param {string} letter */
const widthOf = (letter) => (WIDE.test(letter) ? 2 : 1);

/** Width that a narrow letter of a name takes below a photo, in CSS pixels. */
export const LETTER = 7.8;

/**
 * Cut a long name in its middle, so that its end, which often tells files apart, stays.
 * @param {string} name @param {number} width in narrow letters
 */
export function elideMiddle(name, width) {
  if (name.length * 2 <= width) return name;
  const letters = [...graphemes.segment(name)].map((part) => part.segment);
  let total = 0;
  for (const letter of letters) total += widthOf(letter);
  if (total <= width) return name;
  const room = width - 1;
  const start = takeFrom(letters, Math.ceil(room / 2)).join("");
  const end = takeFrom(letters.reverse(), Math.floor(room / 2)).reverse().join("");
  return `${start}…${end}`;
}

/** @param {string[]} letters @param {number} width */
function takeFrom(letters, width) {
  const taken = [];
  let left = width;
  for (const letter of letters) {
    left -= widthOf(letter);
    if (left < 0) break;
    taken.push(letter);
  }
  return taken;
}
