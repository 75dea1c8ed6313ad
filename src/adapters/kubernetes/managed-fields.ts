/**
 * Cuts metadata.managedFields out of a watch event before it is parsed. They are half of a pod, and the slower half:
 * their keys (`f:containers`, `k:{"name":"main"}`) make every object one of a new shape.
 */

const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, COMMA] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x2c];

const METADATA = Buffer.from('"metadata":');
const MANAGED_FIELDS = Buffer.from('"managedFields":[');

/** `{"type":...,"object":{"metadata":{`: how deep the members of metadata lie. */
const DEPTH = 3;

/** The text of `line` (`{"type":"ADDED","object":{...}}`) without them; the whole text when it has none. */
export const textWithoutManagedFields = (line: Buffer): string => {
  const found = findManagedFields(line);
  if (found === undefined) return line.toString('utf8');
  return line.toString('utf8', 0, found.start) + line.toString('utf8', found.end);
};

const findManagedFields = (line: Buffer): { readonly start: number; readonly end: number } | undefined => {
  // Most of a search would be in vain: many objects have none.
  if (!line.includes(MANAGED_FIELDS)) return undefined;
  let depth = 0;
  let inMetadata = false;
  for (let at = 0; at < line.length; at += 1) {
    const byte = line[at];
    if (byte === QUOTE) {
      if (inMetadata && depth === DEPTH && startsAt(line, MANAGED_FIELDS, at)) return memberAt(line, at);
      at = endOfString(line, at);
    } else if (byte === OPEN || byte === OPEN_LIST) {
      depth += 1;
      if (depth === DEPTH) inMetadata = startsAt(line, METADATA, at - METADATA.length);
    } else if (byte === CLOSE || byte === CLOSE_LIST) depth -= 1;
  }
  return undefined;
};

/** The member that begins at `start`, with the one comma that goes with it. */
const memberAt = (line: Buffer, start: number): { readonly start: number; readonly end: number } | undefined => {
  let depth = 0;
  for (let at = start + MANAGED_FIELDS.length - 1; at < line.length; at += 1) {
    const byte = line[at];
    if (byte === QUOTE) at = endOfString(line, at);
    else if (byte === OPEN || byte === OPEN_LIST) depth += 1;
    else if (byte === CLOSE || byte === CLOSE_LIST) {
      depth -= 1;
      if (depth > 0) continue;
      if (line[at + 1] === COMMA) return { start, end: at + 2 };
      return { start: line[start - 1] === COMMA ? start - 1 : start, end: at + 1 };
    }
  }
  return undefined;
};

/** The place of the closing quote of the string that opens at `open`. */
const endOfString = (line: Buffer, open: number): number => {
  // Strings here are short: a search by indexOf would cost more in calls than it saves.
  for (let at = open + 1; at < line.length; at += 1) {
    const byte = line[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at += 1;
  }
  return line.length;
};

const startsAt = (line: Buffer, word: Buffer, at: number): boolean =>
  at >= 0 && at + word.length <= line.length && line.compare(word, 0, word.length, at, at + word.length) === 0;
