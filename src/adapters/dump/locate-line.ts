/**
 * The line of a value in a YAML or JSON text, found only when a report asks for it, so that loading need not keep
 * positions. Block YAML is walked by indentation and JSON by brackets; neither parses the whole text.
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

const lineInYaml = (lines: readonly string[], document: number, path: Path): number => {
  let from = 0;
  let seen = MARK.test(lines[0] ?? '') ? -1 : 0;
  let to = lines.length;
  for (let index = 0; index < lines.length; index += 1) {
    if (!MARK.test(lines[index] ?? '')) continue;
    if (seen === document) {
      to = index;
      break;
    }
    seen += 1;
    from = index + 1;
  }
  while (from < to && ((lines[from] ?? '').trim() === '' || (lines[from] ?? '').startsWith('#'))) from += 1;
  // A copy: dashes are blanked in it on the way.
  return findInYaml(lines.slice(0, to), from, to, path) + 1;
};

const lineInJson = (text: string, path: Path): number => {
  let at = 0;
  let line = 1;
  let best = 1;
  const blanks = (): void => {
    for (; at < text.length && /[\s,:]/.test(text[at] ?? ''); at += 1) if (text[at] === '\n') line += 1;
  };
  const string = (): string => {
    const from = at;
    for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
    at += 1;
    return text.slice(from + 1, at - 1);
  };
  const skip = (): void => {
    blanks();
    if (text[at] === '"') {
      string();
      return;
    }
    if (text[at] !== '{' && text[at] !== '[') {
      while (at < text.length && !/[\s,\]}]/.test(text[at] ?? '')) at += 1;
      return;
    }
    let depth = 0;
    do {
      const character = text[at];
      if (character === '"') {
        string();
        continue;
      }
      if (character === '{' || character === '[') depth += 1;
      else if (character === '}' || character === ']') depth -= 1;
      else if (character === '\n') line += 1;
      at += 1;
    } while (depth > 0 && at < text.length);
  };
  for (const step of path) {
    blanks();
    const open = text[at];
    if (open !== (typeof step === 'number' ? '[' : '{')) return best;
    at += 1;
    let index = 0;
    for (;;) {
      blanks();
      if (at >= text.length || text[at] === '}' || text[at] === ']') return best;
      const here = line;
      const key = typeof step === 'number' ? index : string();
      blanks();
      if (key === step) {
        best = here;
        break;
      }
      skip();
      index += 1;
    }
  }
  return best;
};

/** 1-based line of the value at `path` of document `document` of a text, else of its nearest parent. */
export type LineFinder = (document: number, path: Path) => number;

/** Reads the text once for any number of questions. */
export const lineFinder = (format: 'json' | 'yaml', text: string): LineFinder => {
  if (format === 'json') return (_document, path) => lineInJson(text, path);
  const lines = text.split('\n');
  return (document, path) => lineInYaml(lines, document, path);
};
