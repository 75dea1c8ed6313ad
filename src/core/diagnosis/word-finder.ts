/**
 * Finds many words in long texts in one pass (Aho and Corasick): for every line the owners of the words that stand in it.
 * Letters count in either case. Regular expressions of hundreds of alternatives read three megabytes a second; this reads
 * a hundred.
 */

const CODES = 128;
const NEWLINE = 10;

export interface WordFinder {
  /** Calls back for each line with a word: its number (0-based), where it stands in the text, and whose words it holds. */
  readonly eachLine: (
    text: string,
    found: (number: number, from: number, to: number, owners: readonly number[]) => void,
  ) => void;
}

/** `words[i]` are the words of owner i, in lower case. */
export const wordFinder = (words: readonly (readonly string[])[]): WordFinder => {
  const classes = new Uint8Array(CODES);
  let width = 1;
  for (const word of words.flat())
    for (let at = 0; at < word.length; at += 1) {
      const code = word.charCodeAt(at);
      if (code < CODES && classes[code] === 0) classes[code] = width++;
    }
  for (let code = 65; code <= 90; code += 1) classes[code] = classes[code + 32] ?? 0;
  const classAt = (text: string, at: number): number => {
    const code = text.charCodeAt(at);
    return code < CODES ? (classes[code] ?? 0) : 0;
  };

  // The words as a tree: next[state * width + class], 0 is the root.
  const next: number[] = Array.from({ length: width }, () => 0);
  const owners: number[][] = [[]];
  words.forEach((own, owner) => {
    for (const word of own) {
      let state = 0;
      for (let at = 0; at < word.length; at += 1) {
        const place = state * width + classAt(word, at);
        if (next[place] === 0) {
          next[place] = owners.length;
          owners.push([]);
          for (let more = 0; more < width; more += 1) next.push(0);
        }
        state = next[place] ?? 0;
      }
      owners[state]?.push(owner);
    }
  });

  // Where a word breaks off, its longest end that begins another word goes on; breadth first, so that shorter ones are done.
  const fallback = new Int32Array(owners.length);
  const queue: number[] = [];
  for (let letter = 1; letter < width; letter += 1) if (next[letter] !== 0) queue.push(next[letter] ?? 0);
  for (let head = 0; head < queue.length; head += 1) {
    const state = queue[head] ?? 0;
    const behind = fallback[state] ?? 0;
    owners[state]?.push(...(owners[behind] ?? []));
    for (let letter = 0; letter < width; letter += 1) {
      const place = state * width + letter;
      const target = next[place] ?? 0;
      const other = next[behind * width + letter] ?? 0;
      if (target === 0) next[place] = other;
      else {
        fallback[target] = other;
        queue.push(target);
      }
    }
  }
  const table = Int32Array.from(next);
  const ends = Uint8Array.from(owners, (own) => (own.length > 0 ? 1 : 0));

  return {
    eachLine: (text, found) => {
      let state = 0;
      let number = 0;
      let from = 0;
      let hits: Set<number> | undefined;
      for (let at = 0; at < text.length; at += 1) {
        const code = text.charCodeAt(at);
        if (code === NEWLINE) {
          if (hits !== undefined)
            found(
              number,
              from,
              at,
              [...hits].toSorted((a, b) => a - b),
            );
          hits = undefined;
          state = 0;
          number += 1;
          from = at + 1;
          continue;
        }
        state = table[state * width + (code < CODES ? (classes[code] ?? 0) : 0)] ?? 0;
        if (ends[state] === 1) {
          hits ??= new Set();
          for (const owner of owners[state] ?? []) hits.add(owner);
        }
      }
      if (hits !== undefined)
        found(
          number,
          from,
          text.length,
          [...hits].toSorted((a, b) => a - b),
        );
    },
  };
};
