// @ts-check
/** Names that the API gives, in words. */
import { t } from "../common/words.js";

/**
 * @param {string} key of the words
 * @param {string} name
 * @returns {string} its words, or the name itself where a newer hash brings one unknown here
 */
export function nameOf(key, name) {
  const words = t(`${key}.${name}`);
  return words === `${key}.${name}` ? name : words;
}
