/** Scalars of YAML 1.2 as js-yaml 4 resolves them under its core schema; used by the fast reader only. */

const INTEGER = /^[-+]?(?:0b[01]+|0x[\da-fA-F]+|0o[0-7]+|\d+)$/;
const FLOAT =
  /^(?:[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const RADIX: Readonly<Record<string, number>> = { '0b': 2, '0x': 16, '0o': 8 };

const integer = (text: string): number => {
  const sign = text.startsWith('-') ? -1 : 1;
  const bare = /^[-+]/.test(text) ? text.slice(1) : text;
  if (bare === '0') return 0;
  const radix = RADIX[bare.slice(0, 2)];
  return sign * (radix === undefined ? Number.parseInt(bare, 10) : Number.parseInt(bare.slice(2), radix));
};

const float = (text: string): number => {
  const value = text.toLowerCase();
  const sign = value.startsWith('-') ? -1 : 1;
  const bare = /^[-+]/.test(value) ? value.slice(1) : value;
  if (bare === '.inf') return sign * Number.POSITIVE_INFINITY;
  if (bare === '.nan') return Number.NaN;
  return sign * Number.parseFloat(bare);
};

/** A plain scalar as null, boolean, number or string. */
export const resolveScalar = (text: string): unknown => {
  const first = text.charCodeAt(0);
  // Letters that start no literal of the schema: the great majority of what kubectl writes.
  if (first > 0x3f && first !== 0x7e && !/^[tTfFnN]/.test(text)) return text;
  switch (text) {
    case '':
    case '~':
    case 'null':
    case 'Null':
    case 'NULL':
      return null;
    case 'true':
    case 'True':
    case 'TRUE':
      return true;
    case 'false':
    case 'False':
    case 'FALSE':
      return false;
    default:
  }
  if (first > 0x39) return text;
  // A number beyond the doubles stays text, as js-yaml leaves it.
  const number = INTEGER.test(text) ? integer(text) : FLOAT.test(text) ? float(text) : undefined;
  return number === undefined || (!Number.isFinite(number) && /\d/.test(text)) ? text : number;
};

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0', a: '\x07', b: '\b', t: '\t', '\t': '\t', n: '\n', v: '\v', f: '\f', r: '\r', e: '\x1b', ' ': ' ', '"': '"',
  '/': '/', '\\': '\\', N: '\x85', _: '\xa0', L: '\u2028', P: '\u2029',
}; // prettier-ignore

/** The content of a double-quoted scalar without its quotes. Throws on an escape that YAML does not know. */
export const unescapeDouble = (raw: string): string => {
  if (!raw.includes('\\')) return raw;
  return raw.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([\s\S]))/g,
    (_all, x, u, wide, plain: string | undefined) => {
      const code: string | undefined = x ?? u ?? wide;
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
      const known = ESCAPES[plain ?? ''];
      if (known === undefined) throw new Error(`unknown escape \\${plain ?? ''}`);
      return known;
    },
  );
};

/** Line folding inside quotes: one break is a space, each further one a newline; `\` at a line's end joins without a space. */
export const foldQuotedLines = (raw: string, escapes: boolean): string => {
  const lines = raw.split('\n');
  let out = (lines[0] ?? '').replace(escapes ? /(?<!\\)[ \t]+$/ : /[ \t]+$/, '');
  let breaks = 0;
  for (let index = 1; index < lines.length; index += 1) {
    const isLast = index === lines.length - 1;
    const line = (lines[index] ?? '').replace(/^[ \t]+/, '');
    const body = isLast ? line : line.replace(escapes ? /(?<!\\)[ \t]+$/ : /[ \t]+$/, '');
    if (body === '' && !isLast) {
      breaks += 1;
      continue;
    }
    const joined = escapes && breaks === 0 && /(?<!\\)(?:\\\\)*\\$/.test(out);
    if (joined) out = out.slice(0, -1) + body;
    else out += (breaks > 0 ? '\n'.repeat(breaks) : ' ') + body;
    breaks = 0;
  }
  return out;
};
