/** JSON as Go's encoding/json writes it, for texts that must equal the operator's byte for byte. */

const GO_ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

const ESCAPED_BY_GO = /[<>&\u2028\u2029]/;

/** Keys come out in the order in which the object holds them; Go sorts maps, which is the caller's to do. */
export const goJson = (value: unknown): string => {
  const text = JSON.stringify(value);
  return ESCAPED_BY_GO.test(text) ? text.replace(/[<>&\u2028\u2029]/g, (found) => GO_ESCAPES[found] ?? found) : text;
};
