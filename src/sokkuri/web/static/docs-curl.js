// @ts-check
/** A line for the terminal that asks what an operation answers. */

/** @typedef {import("./docs-model.js").Operation} Operation */

/** @type {Record<string, string>} */
const EXAMPLES = {
  id: "3fa9c1.41",
  img: "3fa9c1.41",
  a: "3fa9c1.41",
  b: "3fa9c1.57",
  key: "3fa9c1",
};

/** Parameters that make an example what it is for, by the end of its path. */
/** @type {Record<string, Record<string, string>>} */
const SHOWN = {
  "/search": { max_distance: "40", limit: "20" },
  "/picture": { side: "640" },
  "/images": { sort: "newest", limit: "20" },
  "/export": { format: "csv" },
  "/figure": { format: "png" },
};

/** @type {Record<string, string>} */
const FILES = {
  "image/png": "figure.png",
  "image/jpeg": "photo.jpg",
  "application/octet-stream": "photo.jpg",
};

/** @param {Operation} operation */
function queryOf({ path, parameters, body }) {
  const shown = SHOWN[path.slice(path.lastIndexOf("/"))] ?? {};
  return parameters
    .filter((each) => each.in === "query")
    .flatMap(({ name }) => {
      const value = shown[name] ?? (body ? undefined : EXAMPLES[name]);
      return value ? [`${name}=${value}`] : [];
    })
    .join("&");
}

/** Where an answer that is no text goes. @param {Operation} operation */
function outOf({ path, answers }) {
  const type = answers.find(({ status }) => status.startsWith("2"))?.type ?? "";
  if (path.endsWith("/file")) return " -OJ";
  if (path.endsWith("/export")) return " -o matches.csv";
  const file = FILES[type] ?? (path.endsWith("/figure") ? FILES["image/png"] : "");
  return file ? ` -o ${file}` : "";
}

/**
 * @param {Operation} operation
 * @param {string} origin
 * @returns {string}
 */
export function curlOf(operation, origin) {
  const { method, path, body } = operation;
  const place = path.replace(/\{(\w+)\}/g, (whole, name) => EXAMPLES[name] ?? whole);
  const query = queryOf(operation);
  const address = `${origin}${place}${query ? `?${query}` : ""}`;
  const parts = ["curl"];
  if (path !== "/healthz") parts.push('-H "Authorization: Bearer $SOKKURI_TOKEN"');
  if (body?.type === "multipart/form-data") parts.push("-F file=@sample.jpg");
  else if (method !== "GET") parts.push(`-X ${method}`);
  parts.push(`'${address}'${outOf(operation)}`);
  return parts.join(parts.length > 2 ? " \\\n  " : " ");
}
