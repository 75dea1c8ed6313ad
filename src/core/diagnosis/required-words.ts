/**
 * Words of which one stands in every match of a pattern, read from its source. With them a text is searched for all patterns
 * at once, and a pattern is tried only on lines that hold a word of it. A construct that is not understood yields no word,
 * which is slow and never wrong.
 */

/** Shorter words stand in every second line. */
const SHORTEST = 3;

/** One of these words stands in every match; undefined: nothing is known. */
type Words = readonly string[] | undefined;

const leastLength = (words: readonly string[]): number => Math.min(...words.map(({ length }) => length));

/** The set whose shortest word is longest: it leaves the fewest lines to try. */
const better = (a: Words, b: Words): Words => {
  if (a === undefined || b === undefined) return a ?? b;
  const [x, y] = [leastLength(a), leastLength(b)];
  return x === y ? (a.length <= b.length ? a : b) : x > y ? a : b;
};

const isLiteral = (character: string): boolean => /[\w \-:;,"'=/<>@!#%&~`]/.test(character);

class Reader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  get #next(): string {
    return this.#source[this.#at] ?? '';
  }

  /** Every alternative up to the closing bracket or the end. */
  alternatives(): Words {
    const all: Words[] = [this.#sequence()];
    while (this.#next === '|') {
      this.#at += 1;
      all.push(this.#sequence());
    }
    return all.every((words) => words !== undefined) ? all.flatMap((words) => words ?? []) : undefined;
  }

  #sequence(): Words {
    let best: Words;
    let run = '';
    const endRun = (): void => {
      if (run.length >= SHORTEST) best = better(best, [run.toLowerCase()]);
      run = '';
    };
    while (this.#at < this.#source.length && this.#next !== '|' && this.#next !== ')') {
      const item = this.#item();
      const quantifier = this.#quantifier();
      if (typeof item === 'string' && quantifier !== 'optional') {
        run += item;
        if (quantifier === 'repeated') endRun();
      } else {
        endRun();
        if (typeof item !== 'string' && quantifier !== 'optional') best = better(best, item);
      }
    }
    endRun();
    return best;
  }

  /** A character that stands for itself, or the words of a group; undefined for everything else. */
  #item(): string | Words {
    const character = this.#next;
    this.#at += 1;
    if (character === '(') return this.#group();
    if (character === '[') {
      while (this.#at < this.#source.length && this.#next !== ']') this.#at += this.#next === '\\' ? 2 : 1;
      this.#at += 1;
      return undefined;
    }
    if (character !== '\\') return isLiteral(character) ? character : undefined;
    const escaped = this.#next;
    this.#at += 1;
    if (escaped === 'k') this.#at = this.#source.indexOf('>', this.#at) + 1;
    return /[A-Za-z0-9]/.test(escaped) ? undefined : escaped;
  }

  #group(): Words {
    const look = /^\?(?:<?[=!])/.exec(this.#source.slice(this.#at, this.#at + 4));
    const kind = /^\?(?::|<[^>=!][^>]*>|<?[=!])/.exec(this.#source.slice(this.#at, this.#at + 60));
    this.#at += kind?.[0].length ?? 0;
    const words = this.alternatives();
    this.#at += 1;
    return look === null ? words : undefined;
  }

  #quantifier(): 'once' | 'optional' | 'repeated' {
    const found = /^(?:[?*+]|\{(\d+)(?:,\d*)?\})\??/.exec(this.#source.slice(this.#at, this.#at + 16));
    if (found === null) return 'once';
    this.#at += found[0].length;
    return /^[?*]/.test(found[0]) || found[1] === '0' ? 'optional' : 'repeated';
  }
}

export const requiredWords = ({ source }: RegExp): Words => {
  const words = new Reader(source).alternatives();
  return words?.every((word) => word.length >= SHORTEST) === true ? words : undefined;
};
