/**
 * Hides what gives access: passwords, tokens, keys, in any text that people and programs print. The number of lines stays,
 * so that places still fit. What is hidden is unknown from then on; it is never read as a value.
 */

export const HIDDEN = '***HIDDEN***';

const KEYS = '(?:api|access|private|secret|auth|ssh|session|client)[-_.]?(?:access[-_.]?)?key';

/** Cheap, so that the rest of a large dump is not searched pattern by pattern. */
const SUSPICIOUS = new RegExp(
  `pass|pwd|secret|token|auth|bearer|basic|credential|cookie|user_?data|configdrive|eyJ|://[^/\\s]*@|PRIVATE KEY|AKIA|gh[pousr]_|glpat|nvapi|xox[abprs]-|hvs\\.|sk-| -[Ppu] |${KEYS}`,
  'i',
);

/**
 * Ends of the names of settings that hold what gives access: `REDIS_PASSWORD`, `adminPass`, `redfish_password`. What stands
 * before is not matched, so that no long word is gone through again and again.
 */
const NAME = `(?:password|passwd|passphrase|pwd(?!\\s*[:=]\\s*/)|client[_-]?secret|${KEYS}|client-key-data|(?:auth|access|refresh|id|bootstrap)[_-]?token|credentials?|configdrive|user_?data|(?<![A-Za-z])pass|(?<=[a-z])Pass)`;

/** One word after these at the beginning of a line, or in quotes, is hidden; elsewhere they are words of sentences. */
const LOOSE_NAME = '(?:token|secret|credential|auth|cookie|pass)';

const QUOTED = '"(?:[^"\\\\]|\\\\.)*"|\'(?:[^\'\\\\]|\\\\.)*\'';
/** In JSON within a string quotes are escaped. */
const ESCAPED = '\\\\+"[^"\\\\]*\\\\+"';
const BARE = '(?![|>{\\[(]|\\s*$)[^\\s,;&}\\])|"\']+';

interface Pattern {
  readonly find: RegExp;
  readonly put: string;
}

const PATTERNS: readonly Pattern[] = [
  // scheme://user:password@host
  { find: /(:\/\/[^\s/:@'"]{0,200}:)[^\s/@'"]+(?=@)/gi, put: `$1${HIDDEN}` },
  {
    find: /\b(authorization|cookie|x-auth-token)(["']?\s*[:=]\s*["']?)[^\r\n"']+/gi,
    put: `$1$2${HIDDEN}`,
  },
  { find: /\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, put: `$1 ${HIDDEN}` },
  { find: /\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?/g, put: HIDDEN },
  {
    find: /\b(?:gh[pousr]_\w{16,}|glpat-[\w-]{10,}|AKIA[0-9A-Z]{12,}|nvapi-[\w-]{10,}|xox[abprs]-[\w-]{8,}|hvs\.[\w-]{8,}|sk-[\w-]{16,})/g,
    put: HIDDEN,
  },
  // "password": "x", 'redfish_password': 'x', password=x, PASSWORD: x, | adminPass | x |, --password x
  { find: new RegExp(`(${NAME}\\\\*["']?\\s*[:=]\\s*)(?:${ESCAPED}|${QUOTED}|${BARE})`, 'gim'), put: `$1"${HIDDEN}"` },
  { find: new RegExp(`(${NAME}\\s*\\|)[^|\\n]*(?=\\|)`, 'gi'), put: `$1 ${HIDDEN} ` },
  { find: new RegExp(`(-[\\w-]{0,40}${NAME}\\s+)(?:${QUOTED}|(?!-)[^\\s"']+)`, 'gi'), put: `$1${HIDDEN}` },
  {
    find: /(\b(?:ipmitool|ipmipower|sshpass|curl)\b[^\r\n]*?\s-(?:P|p|u)\s*)(?:"[^"]*"|'[^']*'|[^\s"']+)/g,
    put: `$1${HIDDEN}`,
  },
  {
    find: new RegExp(`(${LOOSE_NAME}["']\\s*:\\s*)(?:"(?:[^"\\\\\\s]|\\\\.){6,}"|'(?:[^'\\\\\\s]|\\\\.){6,}')`, 'gi'),
    put: `$1"${HIDDEN}"`,
  },
  {
    find: new RegExp(
      `^(\\s*(?:- |export )?[\\w.-]{0,60}?${LOOSE_NAME}\\s*:\\s+)(?:["'][^"'\\s]+["']|[^\\s"'{\\[|>&*]\\S{5,})[ \\t]*\\r?$`,
      'gim',
    ),
    put: `$1${HIDDEN}`,
  },
  { find: new RegExp(`(${LOOSE_NAME}=)(?:${QUOTED}|[A-Za-z0-9._~+/=-]{8,})`, 'gi'), put: `$1"${HIDDEN}"` },
];

const hideLine = (line: string): string => PATTERNS.reduce((now, { find, put }) => now.replace(find, put), line);

const KEY_BEGIN = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/;
const KEY_END = /-----END [A-Z0-9 ]*PRIVATE KEY-----/;
const BLOCK = new RegExp(
  `^(?<indent>\\s*)(?:- )?["']?[\\w.-]{0,60}?(?:${NAME}|${LOOSE_NAME})["']?\\s*:\\s*[|>][+-]?\\d?\\s*$`,
  'i',
);
const SECRET_OBJECT = /^\s*(?:- )?["']?kind["']?\s*:\s*["']?Secret["']?,?\s*$/m;
const SECRET_DATA = /^(?<indent>\s*)["']?(?:data|stringData)["']?\s*:\s*\{?\s*$/;
const SECRET_ENTRY = /^(\s*["']?[\w.-]+["']?\s*:\s*)\S.*$/;

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** What a line hides of those after it: the body of a key, of a YAML block, the entries of a Secret. */
type Open = { readonly kind: 'key' } | { readonly kind: 'block' | 'data'; readonly indent: number };

const opensIn = (line: string, inSecrets: boolean): Open | undefined => {
  if (KEY_BEGIN.test(line) && !KEY_END.test(line)) return { kind: 'key' };
  const block = BLOCK.exec(line)?.groups?.['indent'];
  if (block !== undefined) return { kind: 'block', indent: block.length };
  const data = inSecrets ? SECRET_DATA.exec(line)?.groups?.['indent'] : undefined;
  return data === undefined ? undefined : { kind: 'data', indent: data.length };
};

const isOver = (open: Open, line: string): boolean =>
  open.kind === 'key' ? KEY_END.test(line) : line.trim() !== '' && indentOf(line) <= open.indent;

/** `undefined` where the line is hidden by nothing above it. */
const under = (open: Open, line: string): string => {
  if (line.trim() === '') return line;
  const blanks = ' '.repeat(indentOf(line));
  return open.kind === 'data' && SECRET_ENTRY.test(line)
    ? line.replace(SECRET_ENTRY, `$1${HIDDEN}`)
    : `${blanks}${HIDDEN}`;
};

/** A key on one line, as JSON and env files hold it. */
const oneLineKey = (line: string): string =>
  line.replace(/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g, HIDDEN);

export const redactText = (text: string): string => {
  if (!SUSPICIOUS.test(text)) return text;
  const inSecrets = SECRET_OBJECT.test(text);
  let open: Open | undefined;
  return text
    .split('\n')
    .map((line) => {
      if (open !== undefined) {
        const over = isOver(open, line);
        if (!over || open.kind === 'key') {
          const hidden = under(open, line);
          if (over) open = undefined;
          return hidden;
        }
        open = undefined;
      }
      if (!inSecrets && !SUSPICIOUS.test(line)) return line;
      open = opensIn(line, inSecrets);
      return hideLine(oneLineKey(line));
    })
    .join('\n');
};
