/**
 * The names of the nodes that are known, and how people and tools write them: in full, short (`dgx030` for
 * `dgx030.example.net`), in a path. Built once for a snapshot, so that large fleets and many files stay cheap.
 */

export interface NodeNames {
  readonly size: number;
  /** The node that a word names, in full or short; undefined when none or several are meant. */
  readonly find: (word: string) => string | undefined;
  /** The node named in a path as a whole word; the longest name counts, two of one length say nothing. */
  readonly inPath: (path: string) => string | undefined;
}

const shortOf = (name: string): string => name.split('.', 1)[0] ?? name;

/** Places where a word may begin and end: where a letter or digit meets something else. */
const wordEdges = (path: string): { readonly starts: readonly number[]; readonly ends: readonly number[] } => {
  const isWord = (at: number): boolean => /[A-Za-z0-9]/.test(path[at] ?? '');
  const starts: number[] = [];
  const ends: number[] = [];
  for (let at = 0; at < path.length; at += 1) {
    if (isWord(at) && !isWord(at - 1)) starts.push(at);
    if (isWord(at) && !isWord(at + 1)) ends.push(at + 1);
  }
  return { starts, ends };
};

/** A path with more words than this is searched from its end, where file and folder are. */
const MOST_WORDS = 40;

export const nodeNames = (names: Iterable<string>): NodeNames => {
  const full = new Set(names);
  const byShort = Map.groupBy(full, shortOf);
  const find = (word: string): string | undefined => {
    if (full.has(word)) return word;
    const meant = byShort.get(shortOf(word)) ?? [];
    return meant.length === 1 ? meant[0] : undefined;
  };
  /** As find, but a longer name is not shortened: `dgx030.txt` names dgx030 by its first part only. */
  const named = (text: string): string | undefined => {
    if (full.has(text)) return text;
    const meant = byShort.get(text) ?? [];
    return meant.length === 1 ? meant[0] : undefined;
  };
  const inPath = (path: string): string | undefined => {
    if (full.size === 0) return undefined;
    const { starts, ends } = wordEdges(path);
    let best = new Set<string>();
    let length = 0;
    for (const start of starts.slice(-MOST_WORDS))
      for (const end of ends.slice(-MOST_WORDS)) {
        if (end <= start || end - start < length) continue;
        const node = named(path.slice(start, end));
        if (node === undefined) continue;
        if (end - start > length) best = new Set();
        length = end - start;
        best.add(node);
      }
    return best.size === 1 ? [...best][0] : undefined;
  };
  return { size: full.size, find, inPath };
};
