/**
 * Shell patterns (`*`, `?`, `[a-z]`) against texts that may have unknown pieces. Matching is iterative, so that a pattern
 * from a hostile script costs no more than its length times the text's.
 */
import { isUnknown, literal } from './shell-value.ts';
import type { Value } from './shell-value.ts';

export type Token =
  | { readonly is: 'char'; readonly char: string }
  | { readonly is: 'any' }
  | { readonly is: 'star' }
  | { readonly is: 'class'; readonly members: string; readonly inverted: boolean };

/** Undefined where a piece is unknown, or the pattern is an extended one (`@(a|b)`), so that no answer is certain. */
export type Pattern = readonly Token[] | undefined;

export const plainPattern = (text: string): readonly Token[] =>
  Array.from(text, (char): Token => ({ is: 'char', char }));

/** Reads unquoted text as a pattern. */
export const readPattern = (source: string): Pattern => {
  const tokens: Token[] = [];
  const chars = Array.from(source);
  for (let at = 0; at < chars.length; at += 1) {
    const char = chars[at] ?? '';
    if (char === '*') {
      if (tokens.at(-1)?.is !== 'star') tokens.push({ is: 'star' });
    } else if (char === '?') tokens.push({ is: 'any' });
    else if (char === '[') {
      const end = chars.indexOf(']', at + 2);
      if (end < 0) tokens.push({ is: 'char', char });
      else {
        const inverted = chars[at + 1] === '!' || chars[at + 1] === '^';
        tokens.push({ is: 'class', members: chars.slice(at + (inverted ? 2 : 1), end).join(''), inverted });
        at = end;
      }
    } else if (char === '\\' && at + 1 < chars.length) {
      at += 1;
      tokens.push({ is: 'char', char: chars[at] ?? '' });
    } else tokens.push({ is: 'char', char });
  }
  return tokens;
};

const inClass = (members: string, char: string): boolean => {
  const named = /^\[:(alpha|digit|alnum|upper|lower|space):\]$/.exec(`[${members}`);
  if (named !== null) {
    const tests = { alpha: /[a-z]/i, digit: /\d/, alnum: /[a-z\d]/i, upper: /[A-Z]/, lower: /[a-z]/, space: /\s/ };
    return tests[named[1] as keyof typeof tests].test(char);
  }
  for (let at = 0; at < members.length; at += 1) {
    const from = members[at] ?? '';
    const to = members[at + 1] === '-' && at + 2 < members.length ? (members[at + 2] ?? from) : from;
    if (char >= from && char <= to) return true;
    if (to !== from) at += 2;
  }
  return false;
};

const matchesOne = (token: Token, char: string): boolean =>
  token.is === 'char'
    ? token.char === char
    : token.is === 'class'
      ? inClass(token.members, char) !== token.inverted
      : token.is === 'any';

export const matchesText = (pattern: readonly Token[], source: string): boolean => {
  const chars = Array.from(source);
  let token = 0;
  let at = 0;
  let star = -1;
  let retry = 0;
  while (at < chars.length) {
    const here = pattern[token];
    if (here?.is === 'star') {
      star = token;
      retry = at;
      token += 1;
    } else if (here !== undefined && matchesOne(here, chars[at] ?? '')) {
      token += 1;
      at += 1;
    } else if (star >= 0) {
      token = star + 1;
      retry += 1;
      at = retry;
    } else return false;
  }
  while (pattern[token]?.is === 'star') token += 1;
  return token === pattern.length;
};

/** True or false where it is certain. */
export const matches = (pattern: Pattern, value: Value): boolean | undefined => {
  if (pattern === undefined) return undefined;
  if (pattern.length === 1 && pattern[0]?.is === 'star') return true;
  const known = literal(value);
  if (known !== undefined) return matchesText(pattern, known);
  // What begins otherwise than the pattern does cannot match, whatever the unknown rest is.
  const [start] = value;
  if (start === undefined || isUnknown(start)) return undefined;
  for (const [at, char] of Array.from(start).entries()) {
    const token = pattern[at];
    if (token === undefined) return false;
    if (token.is === 'star') return undefined;
    if (!matchesOne(token, char)) return false;
  }
  return undefined;
};

/** The text of a pattern without wildcards, else undefined. */
export const plainText = (pattern: Pattern): string | undefined => {
  if (pattern === undefined) return undefined;
  let all = '';
  for (const token of pattern) {
    if (token.is !== 'char') return undefined;
    all += token.char;
  }
  return all;
};

/** Cuts the shortest or longest matching end off a known text (`${x#p}`, `${x##p}`, `${x%p}`, `${x%%p}`). */
export const cutMatching = (pattern: readonly Token[], source: string, operator: '#' | '##' | '%' | '%%'): string => {
  const length = source.length;
  // A pattern of n tokens against every cut of a long text costs n * length^2; long texts are left whole.
  if (length > 4096) return source;
  const cuts = Array.from({ length: length + 1 }, (_, at) => at);
  const order = operator === '#' || operator === '%%' ? cuts : cuts.toReversed();
  const front = operator.startsWith('#');
  const found = order.find((cut) => matchesText(pattern, front ? source.slice(0, cut) : source.slice(cut)));
  if (found === undefined) return source;
  return front ? source.slice(found) : source.slice(0, found);
};
