// @ts-check
/** Words, numbers and dates in the page's language. */

import { lang, words } from "./page-data.js";

const numbers = new Intl.NumberFormat(lang);
const decimals = new Intl.NumberFormat(lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const moments = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" });
const dates = new Intl.DateTimeFormat(lang, { dateStyle: "medium" });

/**
 * The sentence of a key with its `{places}` filled; the key itself where it is unknown, so that a
 * gap is seen. Where `{count}` is 1 and the key has a form `.one`, that is taken.
 * @param {string} key
 * @param {Record<string, string | number>} [values] numbers are written as in the language
 */
export function t(key, values = {}) {
  const one = values.count === 1 ? words[`${key}.one`] : undefined;
  const sentence = one ?? words[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? number(value) : value;
  });
}

/** @param {number} value @returns {string} `1,799` */
export function number(value) {
  return numbers.format(value);
}

/** @param {number | null | undefined} count @returns {string} `26 kB`, or "" */
export function bytes(count) {
  if (count === null || count === undefined) return "";
  if (count < 1000) return `${count} B`;
  if (count < 1e6) return `${number(Math.round(count / 1000))} kB`;
  if (count < 1e9) return `${decimals.format(count / 1e6)} MB`;
  return `${decimals.format(count / 1e9)} GB`;
}

/** @param {string | number | null | undefined} when ISO text, or seconds since 1970 */
export function date(when) {
  if (when === null || when === undefined) return "";
  return dates.format(new Date(typeof when === "number" ? when * 1000 : when));
}

/** @param {string} when ISO text */
export function moment(when) {
  return moments.format(new Date(when));
}

/**
 * Bits that agree, as the command line writes them: only equal hashes are called `100%`.
 * @param {number} distance @param {number} bits
 */
export function percent(distance, bits) {
  if (distance === 0) return "100%";
  const text = (100 * (1 - distance / bits)).toFixed(1);
  return text === "100.0" ? ">99.9%" : `${text}%`;
}
