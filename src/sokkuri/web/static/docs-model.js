// @ts-check
/** The OpenAPI document as a list of what can be asked, grouped, with types in short words. */

/**
 * @typedef {object} Operation
 * @property {string} id for the address
 * @property {string} method
 * @property {string} path
 * @property {string} tag
 * @property {string} about
 * @property {any[]} parameters
 * @property {{type: string, schema: any} | null} body
 * @property {{status: string, about: string, type: string, schema: any}[]} answers
 *
 * @typedef {{name: string, optional: boolean, schema: any, about: string}} Property
 */

/** @param {any} content @returns {{type: string, schema: any} | null} */
function bodyOf(content) {
  const [entry] = Object.entries(content ?? {});
  return entry ? { type: entry[0], schema: entry[1].schema ?? {} } : null;
}

/** @param {any} responses @returns {Operation["answers"]} */
function answersOf(responses) {
  return Object.entries(responses ?? {}).map(([status, answer]) => {
    const { type = "", schema = {} } = bodyOf(answer.content) ?? {};
    return { status, about: answer.description ?? "", type, schema };
  });
}

/**
 * @param {any} document
 * @returns {Operation[]}
 */
export function operationsOf(document) {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: `${method}-${path}`.replace(/[^a-z0-9]+/gi, "-").replace(/-$/, ""),
      method: method.toUpperCase(),
      path,
      tag: operation.tags?.[0] ?? "",
      about: operation.description || operation.summary || "",
      parameters: operation.parameters ?? [],
      body: bodyOf(operation.requestBody?.content),
      answers: answersOf(operation.responses),
    })),
  );
}

/** @param {any} schema @returns {string} the name of the schema it points to, or "" */
export function referenceOf(schema) {
  return schema?.$ref?.split("/").pop() ?? "";
}

/**
 * @param {any} schema
 * @returns {string} such as `integer`, `[Match]` or `"bytes" | "pixels" | null`
 */
export function typeOf(schema = {}) {
  const reference = referenceOf(schema);
  if (reference) return reference;
  if (schema.enum) {
    const told = schema.enum.filter((/** @type {any} */ each) => each !== "");
    return told.map((/** @type {any} */ each) => JSON.stringify(each)).join(" | ");
  }
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const several = schema.anyOf ?? schema.oneOf;
  if (several) return several.map(typeOf).join(" | ");
  if (schema.allOf) return schema.allOf.map(typeOf).join(" & ");
  if (schema.type === "array") return `[${typeOf(schema.items)}]`;
  if (schema.additionalProperties?.type) return `{name: ${typeOf(schema.additionalProperties)}}`;
  const type = Array.isArray(schema.type) ? schema.type.join(" | ") : schema.type;
  return schema.format === "binary" ? "file" : (type ?? "any");
}

/** @param {any} schema @returns {string[]} names of all schemas that a type speaks of */
export function referencesIn(schema = {}) {
  const own = referenceOf(schema);
  const several = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? [];
  const inner = [...several, schema.items].filter(Boolean).flatMap(referencesIn);
  return own ? [own, ...inner] : inner;
}

/** @param {any} schema @returns {Property[]} */
export function propertiesOf(schema = {}) {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).map(([name, inner]) => ({
    name,
    optional: !required.has(name),
    schema: inner,
    about: inner.description ?? "",
  }));
}

/** A larger bound only guards the server and tells the reader nothing. */
const TELLING = 10_000;

/**
 * What bounds a value, in short, and what it is where nothing is said.
 *
 * @param {any} schema
 * @returns {{bounds: string, initial: string}}
 */
export function boundsOf(schema = {}) {
  const plain =
    (schema.anyOf ?? []).find((/** @type {any} */ each) => each.type !== "null") ?? schema;
  const { minimum: least, maximum: most } = plain;
  const told = least !== undefined && most !== undefined && most <= TELLING;
  const initial = schema.default;
  const shown = initial !== undefined && initial !== null && initial !== "";
  return { bounds: told ? `${least} … ${most}` : "", initial: shown ? String(initial) : "" };
}
