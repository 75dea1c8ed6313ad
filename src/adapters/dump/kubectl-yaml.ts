/**
 * Reads the block YAML that kubectl and oc write, several times faster than a general reader, and nothing else:
 * whatever it does not know (flow collections, tags, anchors, comments, folded blocks, tabs) throws NotKubectlYaml,
 * and the caller takes the general reader (read-yaml.ts). Scalars resolve by the YAML 1.2 core schema as js-yaml 4
 * does; a test compares both over every file at hand.
 */
import type { OwnText } from './own-text.ts';
import { foldQuotedLines, resolveScalar, unescapeDouble } from './yaml-scalar.ts';

export class NotKubectlYaml extends Error {}

const SPACE = 32;
const DASH = 45;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const COLON = 58;
const QUESTION = 63;
const SINGLE = 39;
const DOUBLE = 34;

/** First characters that mean something a plain scalar may not start with: tags, anchors, flow, directives, comments. */
const REFUSED_START = new Set(Array.from('&*!%@`#,]}?', (character) => character.charCodeAt(0)));

/** Only blanks count as white space in YAML; String.trimEnd would take an ideographic space along. */
const trimBlanks = (text: string): string => {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === SPACE) end -= 1;
  return end === text.length ? text : text.slice(0, end);
};

class Reader {
  readonly #text: string;
  readonly #own: OwnText;
  /** Start of the current line, and of its first character that is no space; `#end` is where its newline is. */
  #start = 0;
  #content = 0;
  #end = 0;
  /** Indentation of the current line; -1 at the end of the document. */
  #indent = -1;
  #next = 0;

  constructor(text: string, own: OwnText) {
    this.#text = text;
    this.#own = own;
    this.#advance();
  }

  /** Reads one document and leaves the reader behind its end marker. */
  document(): unknown {
    const value = this.#indent < 0 ? null : this.#block(this.#indent);
    if (this.#indent >= 0) throw new NotKubectlYaml(`unexpected indentation at offset ${this.#start}`);
    return value;
  }

  /** Whether another document follows. */
  get more(): boolean {
    return this.#next < this.#text.length;
  }

  /** After a `---`: goes to the first line of the next document. */
  nextDocument(): void {
    this.#advance();
  }

  /** Goes to the next line with content; blank lines are passed over, `---` ends the document. */
  #advance(): void {
    const text = this.#text;
    for (;;) {
      const start = this.#next;
      if (start >= text.length) {
        this.#indent = -1;
        return;
      }
      let end = text.indexOf('\n', start);
      if (end < 0) end = text.length;
      this.#next = end + 1;
      let content = start;
      while (content < end && text.charCodeAt(content) === SPACE) content += 1;
      if (content === end || (content === end - 1 && text.charCodeAt(content) === CARRIAGE_RETURN)) continue;
      if (content === start && text.charCodeAt(start) === DASH && text.startsWith('---', start)) {
        if (end - start !== 3) throw new NotKubectlYaml('a document marker with content');
        this.#indent = -1;
        return;
      }
      if (text.charCodeAt(end - 1) === CARRIAGE_RETURN) throw new NotKubectlYaml('carriage returns');
      this.#start = start;
      this.#content = content;
      this.#end = end;
      this.#indent = content - start;
      return;
    }
  }

  #block(indent: number): unknown {
    return this.#isItem() ? this.#sequence(indent) : this.#mappingOrScalar(indent);
  }

  #isItem(): boolean {
    if (this.#text.charCodeAt(this.#content) !== DASH) return false;
    if (this.#content + 1 === this.#end) return true;
    return this.#text.charCodeAt(this.#content + 1) === SPACE;
  }

  #sequence(indent: number): unknown[] {
    const items: unknown[] = [];
    while (this.#indent === indent && this.#isItem()) {
      if (this.#content + 1 === this.#end) {
        this.#advance();
        items.push(this.#indent > indent ? this.#block(this.#indent) : null);
        continue;
      }
      // What follows the dash stands in a column of its own and may open a nested block there.
      let content = this.#content + 2;
      while (content < this.#end && this.#text.charCodeAt(content) === SPACE) content += 1;
      if (content === this.#end) throw new NotKubectlYaml('an item of blanks');
      this.#content = content;
      this.#indent = content - this.#start;
      items.push(this.#block(this.#indent));
    }
    if (this.#indent > indent) throw new NotKubectlYaml(`unexpected indentation at offset ${this.#start}`);
    return items;
  }

  #mappingOrScalar(indent: number): unknown {
    const colon = this.#keyEnd();
    if (colon < 0) return this.#scalar(this.#content, indent - 1);
    const map: Record<string, unknown> = {};
    while (this.#indent === indent) {
      const at = this.#keyEnd();
      if (at < 0 || this.#isItem()) throw new NotKubectlYaml(`a line that is no key at offset ${this.#start}`);
      const key = this.#own(this.#key(at));
      if (Object.hasOwn(map, key)) throw new NotKubectlYaml(`the key ${key} stands twice`);
      const value = this.#valueAfter(at, indent);
      // `__proto__` as a key must stay data.
      if (key === '__proto__')
        Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
      else map[key] = value;
    }
    if (this.#indent > indent) throw new NotKubectlYaml(`unexpected indentation at offset ${this.#start}`);
    return map;
  }

  /** Offset of the colon that ends the key on this line, or -1 when the line has none. */
  #keyEnd(): number {
    const text = this.#text;
    const end = this.#end;
    const first = text.charCodeAt(this.#content);
    let at = this.#content;
    if (first === DOUBLE || first === SINGLE) {
      at = this.#quoteEnd(this.#content + 1, first, end);
      if (at < 0) return -1;
      at += 1;
      return text.charCodeAt(at) === COLON && (at + 1 === end || text.charCodeAt(at + 1) === SPACE) ? at : -1;
    }
    for (;;) {
      at = text.indexOf(':', at);
      if (at < 0 || at >= end) return -1;
      if (at + 1 === end || text.charCodeAt(at + 1) === SPACE) return at;
      at += 1;
    }
  }

  #quoteEnd(from: number, quote: number, limit: number): number {
    const text = this.#text;
    let at = from;
    while (at < limit) {
      const code = text.charCodeAt(at);
      if (code === quote) {
        if (quote === SINGLE && text.charCodeAt(at + 1) === SINGLE) at += 1;
        else return at;
      } else if (code === 92 && quote === DOUBLE) at += 1;
      at += 1;
    }
    return -1;
  }

  #key(colon: number): string {
    const text = this.#text;
    const first = text.charCodeAt(this.#content);
    if (first === SINGLE) return text.slice(this.#content + 1, colon - 1).replaceAll("''", "'");
    if (first === DOUBLE) return unescapeDouble(text.slice(this.#content + 1, colon - 1));
    if (REFUSED_START.has(first) || first === 123 || first === 91 || first === 124 || first === 62)
      throw new NotKubectlYaml(`a key that starts with ${String.fromCharCode(first)}`);
    const key = text.slice(this.#content, colon);
    if (key === '<<') throw new NotKubectlYaml('a merge key');
    if (key.includes(' #')) throw new NotKubectlYaml('a comment');
    return trimBlanks(key);
  }

  #valueAfter(colon: number, indent: number): unknown {
    const text = this.#text;
    let content = colon + 1;
    while (content < this.#end && text.charCodeAt(content) === SPACE) content += 1;
    if (content < this.#end) return this.#scalar(content, indent);
    this.#advance();
    if (this.#indent > indent) return this.#block(this.#indent);
    // A sequence may stand at the indentation of its key.
    if (this.#indent === indent && this.#isItem()) return this.#sequence(indent);
    return null;
  }

  /** A scalar that starts at `content` of this line and belongs to a parent at indentation `parent`. */
  #scalar(content: number, parent: number): unknown {
    const value = this.#scalarView(content, parent);
    return typeof value === 'string' ? this.#own(value) : value;
  }

  #scalarView(content: number, parent: number): unknown {
    const text = this.#text;
    const first = text.charCodeAt(content);
    if (first === SINGLE || first === DOUBLE) return this.#quoted(content, first);
    if (first === 124) return this.#literal(content, parent);
    if (first === 123 || first === 91) return this.#emptyFlow(content, first);
    if (REFUSED_START.has(first) || first === 62) throw new NotKubectlYaml(`a value that starts with ${text[content]}`);
    if (
      (first === DASH || first === QUESTION || first === COLON) &&
      (content + 1 === this.#end || text.charCodeAt(content + 1) === SPACE)
    )
      throw new NotKubectlYaml('an indicator inside a value');
    const end = this.#end;
    const line = text.slice(content, end);
    // `a: b: c` and comments are not what kubectl writes.
    if (line.includes(': ') || line.includes(' #') || line.charCodeAt(line.length - 1) === COLON)
      throw new NotKubectlYaml(`a colon or a comment inside a plain value at offset ${content}`);
    if (line.includes('\t')) throw new NotKubectlYaml('a tab');
    const blankBefore = this.#next < text.length && text.charCodeAt(this.#next) === NEWLINE;
    this.#advance();
    if (this.#indent <= parent) return resolveScalar(trimBlanks(line));
    if (blankBefore) throw new NotKubectlYaml('a plain value with blank lines');
    const parts = [trimBlanks(line)];
    while (this.#indent > parent) {
      const more = text.slice(this.#content, this.#end);
      if (
        more.includes(': ') ||
        more.includes(' #') ||
        more.startsWith('#') ||
        more.endsWith(':') ||
        more.includes('\t')
      )
        throw new NotKubectlYaml('a folded plain value with a colon or a comment');
      if (this.#next < text.length && text.charCodeAt(this.#next) === NEWLINE)
        throw new NotKubectlYaml('a plain value with blank lines');
      parts.push(trimBlanks(more));
      this.#advance();
    }
    return resolveScalar(parts.join(' '));
  }

  #emptyFlow(content: number, first: number): unknown {
    const line = trimBlanks(this.#text.slice(content, this.#end));
    if (line !== (first === 123 ? '{}' : '[]')) throw new NotKubectlYaml('a flow collection');
    this.#advance();
    return first === 123 ? {} : [];
  }

  #quoted(content: number, quote: number): string {
    const text = this.#text;
    const close = this.#quoteEnd(content + 1, quote, text.length);
    if (close < 0) throw new NotKubectlYaml('a quote that is not closed');
    const raw = text.slice(content + 1, close);
    const broken = close > this.#end;
    if (broken) {
      this.#next = text.indexOf('\n', close) + 1 || text.length + 1;
      this.#end = this.#next - 1;
    }
    for (let at = close + 1; at < this.#end && at < text.length; at += 1)
      if (text.charCodeAt(at) !== SPACE) throw new NotKubectlYaml('text behind a closing quote');
    this.#advance();
    const folded = broken ? foldQuotedLines(raw, quote === DOUBLE) : raw;
    return quote === SINGLE ? folded.replaceAll("''", "'") : unescapeDouble(folded);
  }

  /** `|`, `|-`, `|+`, with or without an indentation indicator. */
  #literal(content: number, parent: number): string {
    const text = this.#text;
    const header = trimBlanks(text.slice(content + 1, this.#end));
    const match = /^([1-9])?([-+])?$|^([-+])([1-9])$/.exec(header);
    if (match === null) throw new NotKubectlYaml('a block header of another kind');
    const indicator = match[1] ?? match[4];
    const chomp = match[2] ?? match[3] ?? '';
    let indent = indicator === undefined ? -1 : Math.max(parent, 0) + Number(indicator);
    const lines: string[] = [];
    let at = this.#next;
    while (at < text.length) {
      let end = text.indexOf('\n', at);
      if (end < 0) end = text.length;
      let first = at;
      while (first < end && text.charCodeAt(first) === SPACE) first += 1;
      const blank = first === end;
      if (!blank && indent < 0) {
        if (lines.some((line) => line.length > first - at)) throw new NotKubectlYaml('leading blanks in a block');
        indent = first - at;
      }
      if (!blank && (first - at < indent || indent <= parent)) break;
      if (blank && indent < 0 && first > at) throw new NotKubectlYaml('leading blanks in a block');
      lines.push(text.slice(Math.min(at + Math.max(indent, 0), end), end));
      at = end + 1;
    }
    this.#next = at;
    this.#advance();
    let kept = lines.length;
    while (kept > 0 && lines[kept - 1] === '') kept -= 1;
    const body = lines.slice(0, kept).join('\n');
    if (chomp === '-') return body;
    if (chomp === '+') return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
    return kept === 0 ? '' : `${body}\n`;
  }
}

/**
 * All documents of a text as kubectl writes it. Throws NotKubectlYaml on anything else. `own` copies what is kept, where
 * the text itself is not kept.
 */
export const parseKubectlYaml = (text: string, own: OwnText = (part) => part): unknown[] => {
  if (text.charCodeAt(0) === 0xfeff || text.startsWith('%'))
    throw new NotKubectlYaml('a byte order mark or a directive');
  const reader = new Reader(text, own);
  const documents: unknown[] = [];
  if (!text.startsWith('---')) documents.push(reader.document());
  while (reader.more) {
    reader.nextDocument();
    documents.push(reader.document());
  }
  return documents;
};
