// @ts-check
/** Requests to our own API, and its one shape of error. */

import { lang } from "./page-data.js";

export const API = "/api/v1";

/** What the server says is wrong, and what to do about it. */
export class Problem extends Error {
  /** @param {{status?: number, type?: string, title?: string, detail?: string, next?: string}} fields */
  constructor(fields) {
    super(fields.detail || fields.title || "");
    this.status = fields.status ?? 0;
    this.type = fields.type ?? "";
    this.next = fields.next ?? "";
  }
}

/**
 * @param {string} path below the API
 * @param {URLSearchParams | Record<string, string>} [query]
 */
export function apiUrl(path, query) {
  const text = query ? new URLSearchParams(query).toString() : "";
  return `${API}${path}${text ? `?${text}` : ""}`;
}

/**
 * @param {string} path @param {URLSearchParams | Record<string, string>} [query]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export function getJson(path, query, signal) {
  return ask(apiUrl(path, query), { signal });
}

/** @param {string} path @returns {Promise<any>} */
export function post(path) {
  return ask(apiUrl(path), { method: "POST" });
}

/** @param {Blob} file @param {string} name @returns {Promise<any>} the photo it became */
export function upload(file, name) {
  const form = new FormData();
  form.append("file", file, name);
  return ask(apiUrl("/uploads"), { method: "POST", body: form });
}

/** @param {string} id @param {160 | 320 | 640 | 1280 | 2048} side */
export function pictureUrl(id, side) {
  return `${API}/images/${encodeURIComponent(id)}/picture?side=${side}`;
}

/** @param {string} id */
export function fileUrl(id) {
  return `${API}/images/${encodeURIComponent(id)}/file`;
}

/** @param {string} url @param {RequestInit} init */
async function ask(url, init) {
  let answer;
  try {
    answer = await fetch(url, { ...init, headers: { Accept: "application/json", "Accept-Language": lang } });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem({ type: "unreachable" });
  }
  const wrong = answer.headers.get("Content-Type")?.startsWith("application/problem+json");
  if (answer.ok && !wrong) return answer.json();
  throw new Problem({ status: answer.status, ...(await answer.json().catch(() => ({}))) });
}
