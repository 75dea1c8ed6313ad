/**
 * Long logs say the same again and again. Of lines that differ in numbers only the first and the last few are kept, and the
 * head and tail of the whole; a line that is left out stays as one character, so that line numbers hold. No line of a kind
 * that occurs seldom is lost, whatever it says.
 */

/** Shorter logs are kept as they are. */
const LONG = 16 * 1024;
const HEAD_LINES = 20;
const TAIL_LINES = 40;
const FIRST_OF_KIND = 12;
const LAST_OF_KIND = 4;

/** Not an empty line: patterns that begin with blanks would go through thousands of those again and again. */
const LEFT_OUT = '~';

const NEWLINE = 10;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;

interface Lines {
  /** Where each line ends. */
  readonly ends: readonly number[];
  /** Of which kind each line is: a hash over all that is no digit. */
  readonly kinds: readonly number[];
}

const linesOf = (bytes: Uint8Array): Lines => {
  const ends: number[] = [];
  const kinds: number[] = [];
  let hash = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const code = bytes[at] ?? 0;
    if (code === NEWLINE) {
      ends.push(at);
      kinds.push(hash);
      hash = 0;
    } else if (!isDigit(code)) hash = (Math.imul(hash, 31) + code) | 0;
  }
  ends.push(bytes.length);
  kinds.push(hash);
  return { ends, kinds };
};

/** The text of a log, without what it repeats. */
export const thinLog = (bytes: Buffer): string => {
  if (bytes.length < LONG) return bytes.toString('utf8');
  const { ends, kinds } = linesOf(bytes);
  const total = new Map<number, number>();
  for (const kind of kinds) total.set(kind, (total.get(kind) ?? 0) + 1);
  const seen = new Map<number, number>();
  const kept: string[] = [];
  kinds.forEach((kind, index) => {
    const before = seen.get(kind) ?? 0;
    seen.set(kind, before + 1);
    const isKept =
      index < HEAD_LINES ||
      index >= kinds.length - TAIL_LINES ||
      before < FIRST_OF_KIND ||
      before >= (total.get(kind) ?? 0) - LAST_OF_KIND;
    kept.push(isKept ? bytes.toString('utf8', index === 0 ? 0 : (ends[index - 1] ?? 0) + 1, ends[index]) : LEFT_OUT);
  });
  return kept.join('\n');
};
