/**
 * What a shell word or variable holds as far as it is known: text with unknown pieces in it. `$NODE-server-secret` with
 * NODE unknown is [NODE, '-server-secret']. What the alternatives of a variable are is left to scope.ts.
 */
import type { ResourceType } from '../resource-types.ts';

/** Something known only when the script runs. */
export interface Unknown {
  /** Two unknowns of the same id are the same text. */
  readonly id: string;
  /** How it is shown: the variable's name, or `$(command)`. */
  readonly text: string;
  /** Set when it stands for any number of words (`"$@"` of a script whose arguments are not known). */
  readonly many?: true;
  /** Set when it stands for names of listed objects, as `TYPE/NAME` or as `NAME`. */
  readonly listed?: { readonly type: ResourceType; readonly as: 'type/name' | 'name' };
}

export type Piece = string | Unknown;
export type Value = readonly Piece[];

/** Longer texts are not followed: a script that doubles a variable in a loop would fill the memory. */
const MAX_TEXT = 2_000_000;
const MAX_PIECES = 1000;
/** Names of objects have at most 253 characters. */
const MAX_NAME = 1000;
/** What is shown to people is kept with every place. */
const MAX_SHOWN = 1000;

export const EMPTY: Value = [];

export const text = (content: string): Value => (content === '' ? EMPTY : [content]);

export const unknown = (id: string, shown = id): Unknown => ({ id, text: shown });

export const isUnknown = (piece: Piece): piece is Unknown => typeof piece !== 'string';

/** The namespace of the pod that runs the script, where that is not known. */
export const POD_NAMESPACE: Unknown = { id: '@pod', text: '@pod' };

/** The whole text, or undefined when a piece of it is unknown. */
export const literal = (value: Value): string | undefined => {
  let all = '';
  for (const piece of value) {
    if (isUnknown(piece)) return undefined;
    all += piece;
  }
  return all;
};

export const concat = (...values: readonly Value[]): Value => {
  const joined: Piece[] = [];
  let size = 0;
  for (const value of values)
    for (const piece of value) {
      size += typeof piece === 'string' ? piece.length : 1;
      if (size > MAX_TEXT || joined.length > MAX_PIECES) return [unknown('a text too long to follow')];
      const last = joined.at(-1);
      if (typeof piece === 'string' && typeof last === 'string') joined[joined.length - 1] = last + piece;
      else if (piece !== '') joined.push(piece);
    }
  return joined;
};

/** Equal keys, equal values. */
export const keyOf = (value: Value): string =>
  value.map((piece) => (isUnknown(piece) ? `\u0001${piece.id}\u0002` : piece)).join('');

/** True or false where it is certain. An unknown piece may be empty. */
export const isEmpty = (value: Value): boolean | undefined =>
  value.some((piece) => typeof piece === 'string' && piece !== '') ? false : value.length === 0 ? true : undefined;

/** As shell text, for people: `kubectl get $WHAT -n dpf`. */
export const showText = (value: Value): string => {
  const shown = value
    .map((piece) => (isUnknown(piece) ? (/^\w+$/.test(piece.text) ? `$${piece.text}` : piece.text) : piece))
    .join('');
  return shown.length <= MAX_SHOWN ? shown : `${shown.slice(0, MAX_SHOWN)}...`;
};

/**
 * As the name or namespace of a permission: the text itself, or `~` and an expression (`~NODE + '-server-secret'`).
 * No object of Kubernetes has a name that begins with a tilde.
 */
export const showName = (value: Value): string => {
  const name =
    literal(value) ??
    (value.length === 1 && value[0] === POD_NAMESPACE ? POD_NAMESPACE.text : undefined) ??
    `~${value.map((piece) => (isUnknown(piece) ? piece.text : `'${piece}'`)).join(' + ')}`;
  return name.length <= MAX_NAME ? name : `~${name.slice(0, 40)}... (${name.length} characters)`;
};

/** Splits unquoted text into words, as IFS of blanks does. Unknown pieces are taken for one word each. */
export const splitWords = (value: Value): readonly Value[] => {
  const words: Value[] = [];
  let current: Piece[] = [];
  const close = (): void => {
    if (current.length > 0) words.push(current);
    current = [];
  };
  for (const piece of value) {
    if (isUnknown(piece)) {
      current.push(piece);
      continue;
    }
    piece.split(/[ \t\n]+/).forEach((part, at) => {
      if (at > 0) close();
      if (part !== '') current.push(part);
    });
  }
  close();
  return words;
};

/** Whether the value begins or ends with a blank, so that what stands beside it is another word. */
export const edges = (value: Value): { readonly blankBefore: boolean; readonly blankAfter: boolean } => {
  const first = value[0];
  const last = value.at(-1);
  return {
    blankBefore: typeof first === 'string' && /^[ \t\n]/.test(first),
    blankAfter: typeof last === 'string' && /[ \t\n]$/.test(last),
  };
};

/** Known text split into lines; undefined when a piece is unknown. */
export const linesOf = (value: Value): readonly string[] | undefined => {
  const all = literal(value);
  if (all === undefined) return undefined;
  const lines = all.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
};

/** Command substitution drops the newlines at the end. */
export const trimNewlines = (value: Value): Value => {
  const last = value.at(-1);
  if (typeof last !== 'string') return value;
  const trimmed = last.replace(/\n+$/, '');
  return trimmed === '' ? trimNewlines(value.slice(0, -1)) : [...value.slice(0, -1), trimmed];
};
