/**
 * The line of a value in block YAML, by indentation; nothing is parsed. The items of a list are found once for all questions
 * about it.
 */
import type { Path } from '../../core/model/dig.ts';

const indentOf = (line: string): number => line.length - line.trimStart().length;

const unquote = (key: string): string => {
  const trimmed = key.trim();
  return /^(['"]).*\1$/.test(trimmed) ? trimmed.slice(1, -1) : trimmed;
};

const keyOf = (content: string): string | undefined => {
  const match = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s'"][^:]*(?::[^\s:][^:]*)*):(?:\s|$)/.exec(content);
  return match?.[1] === undefined ? undefined : unquote(match[1]);
};

/** Line index (0-based) of the wanted part within lines[from..to), whose block starts at column `indent`. */
const findInYaml = (lines: string[], from: number, to: number, path: Path): number => {
  let best = from;
  let start = from;
  let end = to;
  let column = -1;
  for (const step of path) {
    // The column of this block is that of its first line with content; dashes count as blanks once entered.
    let found = -1;
    let count = -1;
    let block = column;
    for (let index = start; index < end; index += 1) {
      const line = lines[index] ?? '';
      if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
      const indent = indentOf(line);
      if (block < 0) block = indent;
      if (indent < block) break;
      if (indent > block) continue;
      const content = line.slice(indent);
      if (typeof step === 'number' ? content === '-' || content.startsWith('- ') : keyOf(content) === step) {
        count += 1;
        if (typeof step === 'string' || count === step) {
          found = index;
          break;
        }
      }
    }
    if (found < 0) return best;
    best = found;
    const own = lines[found] ?? '';
    const isItem = typeof step === 'number';
    const depth = indentOf(own);
    let stop = found + 1;
    while (stop < end) {
      const line = lines[stop] ?? '';
      const indent = indentOf(line);
      if (
        line.trim() !== '' &&
        (indent < depth || (indent === depth && (isItem || !line.slice(indent).startsWith('-'))))
      )
        break;
      stop += 1;
    }
    end = stop;
    if (isItem) {
      // The item's first key stands behind the dash: read the line as if the dash were a blank.
      const inner = own.replace(/^( *)-( +)/, (_all, blanks: string, gap: string) => `${blanks} ${gap}`);
      if (inner !== own) lines[found] = inner;
      column = inner === own ? -1 : indentOf(inner);
      start = inner === own ? found + 1 : found;
    } else {
      column = -1;
      start = found + 1;
    }
  }
  return best;
};

const MARK = /^---(\s|$)/;

interface Block {
  /** Line indexes, 0-based: [from, to). */
  readonly from: number;
  readonly to: number;
}

/** The documents of a text, each without blank lines and comments above it. */
const documentsIn = (lines: readonly string[]): readonly Block[] => {
  const marks = lines.flatMap((line, index) => (MARK.test(line) ? [index] : []));
  const starts = marks[0] === 0 ? marks.map((at) => at + 1) : [0, ...marks.map((at) => at + 1)];
  return starts.map((start, index) => {
    const to = starts[index + 1] === undefined ? lines.length : (starts[index + 1] ?? 0) - 1;
    let from = start;
    while (from < to && ((lines[from] ?? '').trim() === '' || (lines[from] ?? '').startsWith('#'))) from += 1;
    return { from, to };
  });
};

/** The items of a document's list. */
const itemsIn = (lines: readonly string[], { from, to }: Block): readonly Block[] => {
  const key = lines.findIndex((line, index) => index >= from && index < to && /^items:\s*$/.test(line));
  if (key < 0) return [];
  const starts: number[] = [];
  let indent = -1;
  let at = key + 1;
  for (; at < to; at += 1) {
    const line = lines[at] ?? '';
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const own = indentOf(line);
    if (indent < 0) indent = own;
    if (own < indent || (own === indent && !/^-(\s|$)/.test(line.slice(own)))) break;
    if (own === indent) starts.push(at);
  }
  return starts.map((start, index) => ({ from: start, to: starts[index + 1] ?? at }));
};

/** 1-based line of the value at a path of a document, else of its nearest parent. */
export const yamlLines = (text: string): ((document: number, path: Path) => number) => {
  const lines = text.split('\n');
  const documents = documentsIn(lines);
  const items = new Map<number, readonly Block[]>();
  const itemsOf = (document: number, block: Block): readonly Block[] => {
    const known = items.get(document) ?? itemsIn(lines, block);
    items.set(document, known);
    return known;
  };
  return (document, path) => {
    const whole = documents[document];
    if (whole === undefined) return 1;
    const [list, index] = path;
    const item = list === 'items' && typeof index === 'number' ? itemsOf(document, whole)[index] : undefined;
    const { from, to } = item ?? whole;
    // A copy: dashes are blanked in it on the way.
    return (
      from + findInYaml(lines.slice(from, to), 0, to - from, item === undefined ? path : [0, ...path.slice(2)]) + 1
    );
  };
};
