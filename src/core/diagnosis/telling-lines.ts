/**
 * Lines of logs and host text that rules look for, found in one pass over every text: each rule names its patterns, and a
 * pattern is tried only on lines that hold a word of it. Rules then ask for their lines by name.
 */
import type { Snapshot, SnapshotText } from '../snapshot/snapshot.ts';
import { requiredWords } from './required-words.ts';
import { wordFinder } from './word-finder.ts';

export interface TellingLine {
  readonly text: SnapshotText;
  /** The line as it stands, without its newline. */
  readonly line: string;
  readonly origin: { readonly source: string; readonly line: number };
  /** Named groups of the pattern. */
  readonly groups: Readonly<Record<string, string | undefined>>;
}

/** Patterns by name; one line each, no flags but `i`. */
export type LinePatterns = Readonly<Record<string, RegExp>>;

const MOST_PER_TEXT = 500;

/** Patterns may take the square of a line's length; longer ones are documents without line breaks, which readers read. */
const LONGEST_LINE = 16_384;

/** The patterns of which no word is known, as one: they have to be tried on every line. */
const union = (patterns: readonly RegExp[]): RegExp | undefined => {
  if (patterns.length === 0) return undefined;
  // Group names may repeat across patterns, so they are dropped here; the single patterns keep them.
  const sources = patterns.map(({ source }) => `(?:${source.replaceAll(/\(\?<(?![=!])[^>]+>/g, '(?:')})`);
  return new RegExp(sources.join('|'), 'i');
};

/** Every line that one of the patterns matches, by the pattern's name. Long logs give their first 500 lines a pattern. */
export const tellingLines = (
  { texts }: Pick<Snapshot, 'texts'>,
  patterns: LinePatterns,
): ReadonlyMap<string, readonly TellingLine[]> => {
  const found = new Map<string, TellingLine[]>();
  if (texts.length === 0) return found;
  const entries = Object.entries(patterns).map(([name, pattern]) => ({ name, pattern, words: requiredWords(pattern) }));
  if (entries.length === 0) return found;
  const finder = wordFinder(entries.map(({ words }) => words ?? []));
  const wordless = entries.filter(({ words }) => words === undefined);
  const any = union(wordless.map(({ pattern }) => pattern));
  for (const text of texts) {
    const counts = new Map<string, number>();
    const first = text.origin.line ?? 1;
    const take = ({ name, pattern }: (typeof entries)[number], line: string, number: number): void => {
      const match = pattern.exec(line);
      const count = counts.get(name) ?? 0;
      if (match === null || count >= MOST_PER_TEXT) return;
      counts.set(name, count + 1);
      const list = found.get(name) ?? [];
      list.push({
        text,
        line,
        origin: { source: text.origin.source, line: first + number },
        groups: match.groups ?? {},
      });
      found.set(name, list);
    };
    finder.eachLine(text.text, (number, from, to, owners) => {
      const line = text.text.slice(from, Math.min(to, from + LONGEST_LINE));
      for (const owner of owners) {
        const entry = entries[owner];
        if (entry !== undefined) take(entry, line, number);
      }
    });
    if (any?.test(text.text) !== true) continue;
    text.text.split('\n').forEach((whole, number) => {
      const line = whole.slice(0, LONGEST_LINE);
      if (any.test(line)) for (const entry of wordless) take(entry, line, number);
    });
  }
  return found;
};
