/**
 * The line of a value in a JSON text, by walking its brackets. The items of a list are found once for all questions about
 * it: an inventory asks for thousands of places in one list of node states.
 */
import type { Path } from '../../core/model/dig.ts';

interface Place {
  readonly at: number;
  /** 1-based. */
  readonly line: number;
}

const [TAB, NEWLINE, RETURN, BLANK] = [9, 10, 13, 32];
const [QUOTE, COMMA, COLON, BACKSLASH] = [34, 44, 58, 92];
const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [91, 93, 123, 125];

/** Reads forward through one text. */
class JsonCursor {
  private readonly text: string;
  private at: number;
  private line: number;

  constructor(text: string, { at, line }: Place) {
    this.text = text;
    this.at = at;
    this.line = line;
  }

  place(): Place {
    return { at: this.at, line: this.line };
  }

  /** The next character that says something; NaN at the end. */
  peek(): number {
    for (; this.at < this.text.length; this.at += 1) {
      const code = this.text.charCodeAt(this.at);
      if (code === NEWLINE) this.line += 1;
      else if (code !== BLANK && code !== TAB && code !== RETURN && code !== COMMA && code !== COLON) return code;
    }
    return Number.NaN;
  }

  step(): void {
    this.at += 1;
  }

  /** The key that stands here, without its quotes. */
  key(): string {
    this.peek();
    const from = this.at + 1;
    this.string();
    return this.text.slice(from, this.at - 1);
  }

  /** Goes behind the value that stands here. */
  skip(): void {
    const first = this.peek();
    if (first === QUOTE) this.string();
    else if (first === OPEN_MAP || first === OPEN_LIST) this.nested();
    else this.word();
  }

  private string(): void {
    let at = this.at + 1;
    for (; at < this.text.length; at += 1) {
      const code = this.text.charCodeAt(at);
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) break;
    }
    this.at = at + 1;
  }

  private nested(): void {
    let depth = 0;
    while (this.at < this.text.length) {
      const code = this.text.charCodeAt(this.at);
      if (code === QUOTE) {
        this.string();
        continue;
      }
      this.at += 1;
      if (code === OPEN_MAP || code === OPEN_LIST) depth += 1;
      else if (code === NEWLINE) this.line += 1;
      else if (code === CLOSE_MAP || code === CLOSE_LIST) {
        depth -= 1;
        if (depth === 0) return;
      }
    }
  }

  private word(): void {
    for (; this.at < this.text.length; this.at += 1) {
      const code = this.text.charCodeAt(this.at);
      if (code <= BLANK || code === COMMA || code === CLOSE_LIST || code === CLOSE_MAP) return;
    }
  }
}

const isEnd = (code: number): boolean => Number.isNaN(code) || code === CLOSE_LIST || code === CLOSE_MAP;

/** Where the value of `step` begins, and the line on which it is named; undefined where there is none. */
const into = (
  text: string,
  from: Place,
  step: string | number,
): { readonly value: Place; readonly line: number } | undefined => {
  const cursor = new JsonCursor(text, from);
  if (cursor.peek() !== (typeof step === 'number' ? OPEN_LIST : OPEN_MAP)) return undefined;
  cursor.step();
  for (let index = 0; !isEnd(cursor.peek()); index += 1) {
    const { line } = cursor.place();
    const key = typeof step === 'number' ? index : cursor.key();
    cursor.peek();
    if (key === step) return { value: cursor.place(), line };
    cursor.skip();
  }
  return undefined;
};

const lineAt = (text: string, from: Place, path: Path): number => {
  let [place, best] = [from, from.line];
  for (const step of path) {
    const found = into(text, place, step);
    if (found === undefined) return best;
    place = found.value;
    best = found.line;
  }
  return best;
};

const itemsOf = (text: string): readonly Place[] => {
  const items = into(text, { at: 0, line: 1 }, 'items');
  if (items === undefined) return [];
  const cursor = new JsonCursor(text, items.value);
  const places: Place[] = [];
  if (cursor.peek() !== OPEN_LIST) return places;
  cursor.step();
  while (!isEnd(cursor.peek())) {
    places.push(cursor.place());
    cursor.skip();
  }
  return places;
};

/** 1-based line of the value at a path, else of its nearest parent. */
export const jsonLines = (text: string): ((path: Path) => number) => {
  let items: readonly Place[] | undefined;
  return (path) => {
    const [list, index] = path;
    const item = list === 'items' && typeof index === 'number' ? (items ??= itemsOf(text))[index] : undefined;
    return item === undefined ? lineAt(text, { at: 0, line: 1 }, path) : lineAt(text, item, path.slice(2));
  };
};
