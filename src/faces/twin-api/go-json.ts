/** JSON as the server's own decoder reads it, with its words where it cannot (Go's encoding/json). */
import { type Answer, badRequest, done } from '../../twin/world/status.ts';

/** The refusal's message is the bare error, for callers to put into their own sentence. */
export const parseJson = (text: string): Answer<unknown> => {
  try {
    return done(JSON.parse(text) as unknown);
  } catch (error) {
    return badRequest(goError(text, error instanceof Error ? error.message : String(error)));
  }
};

/** `json: cannot unmarshal array into Go value of type T`. */
export const cannotUnmarshal = (value: unknown, type: string): string =>
  `json: cannot unmarshal ${goKind(value)} into Go value of type ${type}`;

const goKind = (value: unknown): string => {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return value === null ? 'null' : typeof value;
};

/** V8 tells where it stopped, by a position or by the token that it did not expect; Go tells what it looked for there. */
const goError = (text: string, message: string): string => {
  const position = /at position (\d+)/.exec(message)?.[1];
  const token = /^Unexpected token '(.)/su.exec(message)?.[1];
  const at = position !== undefined ? Number(position) : token === undefined ? text.length : text.indexOf(token);
  const wrong = text[at];
  if (wrong === undefined || message.startsWith('Unterminated')) return 'unexpected end of JSON input';
  const wanted = /property name/.test(message) ? 'object key string' : 'value';
  return /after JSON/.test(message)
    ? `invalid character '${wrong}' after top-level value`
    : `invalid character '${wrong}' looking for beginning of ${wanted}`;
};
