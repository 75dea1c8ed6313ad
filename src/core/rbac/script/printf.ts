/** What `printf FORMAT ARG...` writes, as far as the format is known. */
import { concat, literal, text, unknown } from './shell-value.ts';
import type { Value } from './shell-value.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  '"': '"',
  "'": "'",
  a: '',
  b: '',
  f: '',
  v: '',
};

const unescape = (source: string): string => source.replace(/\\(.)/g, (whole, char: string) => ESCAPES[char] ?? whole);

/** A format is used again while arguments are left; a hostile script may hand it very many. */
const MAX_ROUNDS = 500;

export const formatPrintf = (format: Value, args: readonly Value[]): Value => {
  const known = literal(format);
  if (known === undefined) return concat(format, ...args);
  const parts = known.split(/(%[-+ #0]*\d*(?:\.\d+)?[a-zA-Z%])/);
  const takes = parts.filter((part) => /^%.*[a-zA-Z]$/.test(part)).length;
  const written: Value[] = [];
  let next = 0;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    for (const part of parts) {
      if (!part.startsWith('%') || part.length < 2) written.push(text(unescape(part)));
      else if (part === '%%') written.push(text('%'));
      else {
        const arg = args[next] ?? [];
        next += 1;
        written.push(
          /^%[sbqd]$/.test(part) ? arg : literal(arg) === undefined ? [unknown(`printf ${part}`, part)] : arg,
        );
      }
    }
    if (takes === 0 || next >= args.length) break;
  }
  return concat(...written);
};
