/**
 * Lines of logs and host text that rules look for, found in one pass over every text: each rule names its patterns, and
 * a text is read line by line only where their union matches at all. Rules then ask for their lines by name.
 */
import type { Snapshot, SnapshotText } from '../snapshot/snapshot.ts';

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

const union = (patterns: readonly RegExp[]): RegExp | undefined => {
  if (patterns.length === 0) return undefined;
  // Group names may repeat across patterns, so they are dropped here; the single patterns keep them.
  const sources = patterns.map(({ source }) => `(?:${source.replaceAll(/\(\?<(?![=!])[^>]+>/g, '(?:')})`);
  return new RegExp(sources.join('|'), 'im');
};

/** Every line that one of the patterns matches, by the pattern's name. Long logs give their first 500 lines a pattern. */
export const tellingLines = (
  { texts }: Pick<Snapshot, 'texts'>,
  patterns: LinePatterns,
): ReadonlyMap<string, readonly TellingLine[]> => {
  const found = new Map<string, TellingLine[]>();
  const any = union(Object.values(patterns));
  if (any === undefined) return found;
  const entries = Object.entries(patterns);
  for (const text of texts) {
    if (!any.test(text.text)) continue;
    const counts = new Map<string, number>();
    let number = text.origin.line ?? 1;
    for (const line of text.text.split('\n')) {
      if (any.test(line))
        for (const [name, pattern] of entries) {
          const match = pattern.exec(line);
          const count = counts.get(name) ?? 0;
          if (match === null || count >= MOST_PER_TEXT) continue;
          counts.set(name, count + 1);
          const list = found.get(name) ?? [];
          list.push({ text, line, origin: { source: text.origin.source, line: number }, groups: match.groups ?? {} });
          found.set(name, list);
        }
      number += 1;
    }
  }
  return found;
};
