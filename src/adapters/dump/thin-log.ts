/**
 * Long logs say the same again and again. Of lines that differ in numbers only the first and the last few are kept, and the
 * head and tail of the whole; a line that is left out stays as an empty one, so that line numbers hold. No line of a kind
 * that occurs seldom is lost, whatever it says.
 */

/** Shorter logs are kept as they are. */
const LONG = 64 * 1024;
const HEAD_LINES = 50;
const TAIL_LINES = 100;
const FIRST_OF_KIND = 20;
const LAST_OF_KIND = 5;

const NEWLINE = 10;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Where each line ends, and of which kind it is: a hash over all that is no digit. */
const kindsOf = (text: string): { readonly ends: readonly number[]; readonly kinds: readonly number[] } => {
  const ends: number[] = [];
  const kinds: number[] = [];
  let hash = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === NEWLINE) {
      ends.push(at);
      kinds.push(hash);
      hash = 0;
    } else if (!isDigit(code)) hash = (Math.imul(hash, 31) + code) | 0;
  }
  ends.push(text.length);
  kinds.push(hash);
  return { ends, kinds };
};

export const thinLog = (text: string): string => {
  if (text.length < LONG) return text;
  const { ends, kinds } = kindsOf(text);
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
    kept.push(isKept ? text.slice(index === 0 ? 0 : (ends[index - 1] ?? 0) + 1, ends[index]) : '');
  });
  return kept.join('\n');
};
