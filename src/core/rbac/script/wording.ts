/**
 * Conditions in words. A test on a variable that an option of the script sets is worded by the option
 * (`--external-certificate is none or absent`), any other by the variable itself (`$1 = a`, `kubeconfig empty`).
 */
import { forEachChild } from 'unbash';
import type { Case, Script, SyntaxNode, Word } from 'unbash';
import type { Atom } from './condition.ts';

export interface OptionOrigin {
  /** `--external-certificate`. */
  readonly option: string;
  /** What the variable holds when the option is not given, where the script says so. */
  readonly fallback: string | undefined;
}

/** Variables by name, with the option that sets each. */
export type OptionOrigins = ReadonlyMap<string, OptionOrigin>;

/** The variable that a word is nothing but (`$x`, `"${x}"`), if it is. */
export const variableOf = (word: Word): string | undefined => {
  const [part, ...more] = word.parts ?? [];
  if (part === undefined || more.length > 0) return undefined;
  if (part.type === 'DoubleQuoted')
    return part.parts.length === 1 ? variableOf({ ...word, parts: part.parts }) : undefined;
  if (part.type === 'SimpleExpansion') return part.text.slice(1);
  return part.type === 'ParameterExpansion' &&
    part.prefix === undefined &&
    part.index === undefined &&
    part.operation === undefined
    ? part.parameter
    : undefined;
};

/** `$2`, `"${1#*=}"`, `$OPTARG`: what an option loop sets its variables to. */
const takesArgument = (word: Word): boolean => /^"?\$\{?(?:[12]|OPTARG)\b/.test(word.text);

/** Walks without recursion, so that a deep tree costs no stack. Words that are never looked into stay unparsed. */
const everyNode = (script: Script, visit: (node: SyntaxNode) => void, limit: number): void => {
  const open: SyntaxNode[] = [script];
  let left = limit;
  for (let node = open.pop(); node !== undefined && left > 0; node = open.pop()) {
    left -= 1;
    visit(node);
    if (node.type !== 'Word') {
      const children: SyntaxNode[] = [];
      forEachChild(node, (child) => {
        children.push(child);
      });
      for (const child of children.toReversed()) open.push(child);
    }
  }
};

const ARMS = /^-{1,2}[A-Za-z0-9]/;

const optionsOfCase = (node: Case): readonly { readonly variable: string; readonly option: string }[] =>
  node.items.flatMap((item) => {
    const patterns = item.pattern.map(({ value }) => value.replace(/[=*]+$/, ''));
    const letter =
      /^[A-Za-z]$/.test(patterns[0] ?? '') && /OPT|opt|flag|arg/.test(node.word.text)
        ? `-${patterns[0] ?? ''}`
        : undefined;
    const option =
      patterns.find((pattern) => pattern.startsWith('--')) ?? patterns.find((pattern) => ARMS.test(pattern)) ?? letter;
    if (option === undefined) return [];
    return item.body.commands.flatMap(({ command }) =>
      command.type === 'Command'
        ? [...command.prefix, ...command.args].flatMap((one) =>
            one.type === 'Assignment' && one.value.type === 'Word' && takesArgument(one.value)
              ? [{ variable: one.name, option }]
              : [],
          )
        : [],
    );
  });

const fallbackOf = (value: Word): string | undefined => {
  const [part, ...more] = value.parts ?? [];
  if (part === undefined) return value.value;
  if (part.type === 'SingleQuoted' && more.length === 0) return part.value;
  if (part.type === 'DoubleQuoted' && more.length === 0) {
    if (part.parts.length === 0) return '';
    const [child] = part.parts;
    if (part.parts.length === 1 && child?.type === 'Literal') return child.value;
    return fallbackOf({ ...value, parts: part.parts });
  }
  return part.type === 'ParameterExpansion' && more.length === 0 && part.operation?.type === 'Default'
    ? fallbackOf(part.operation.operand)
    : undefined;
};

/** Which variables the script's own option loop sets, read off its text. */
export const optionOrigins = (script: Script): OptionOrigins => {
  const options = new Map<string, string>();
  const fallbacks = new Map<string, string | undefined>();
  everyNode(
    script,
    (node) => {
      if (node.type === 'Case')
        for (const { variable, option } of optionsOfCase(node))
          if (!options.has(variable)) options.set(variable, option);
      if (node.type === 'Assignment' && node.value.type === 'Word' && !fallbacks.has(node.name))
        fallbacks.set(node.name, fallbackOf(node.value));
    },
    200_000,
  );
  return new Map(
    [...options].map(([variable, option]) => [variable, { option, fallback: fallbacks.get(variable) }] as const),
  );
};

/** The atom of `[ -z "$NAME" ]` and of `${NAME:-...}`. */
export const emptyAtom = (id: string, shown: string): Atom => ({
  id: `empty ${id}`,
  yes: `${shown} empty`,
  no: `${shown} not empty`,
});

export const unsetAtom = (id: string, shown: string): Atom => ({
  id: `unset ${id}`,
  yes: `${shown} not set`,
  no: `${shown} set`,
});

/** `-z`: with an option behind the variable, the option is what a person can give or leave. */
export const emptyTest = (id: string, shown: string, origin: OptionOrigin | undefined): Atom =>
  origin === undefined || (origin.fallback ?? '') !== ''
    ? emptyAtom(id, shown)
    : { id: `empty ${id}`, yes: `${origin.option} is absent`, no: `${origin.option} is given` };

const list = (values: readonly string[], last: 'or' | 'nor'): string =>
  values.length < 2 ? (values[0] ?? '') : `${values.slice(0, -1).join(', ')} ${last} ${values.at(-1) ?? ''}`;

/** `[ "$x" = none ]`, `case $x in a|b)`. */
export const equalsTest = (
  id: string,
  shown: string,
  values: readonly string[],
  origin: OptionOrigin | undefined,
): Atom => {
  const key = `equals ${id} ${values.join('|')}`;
  const said = values.map((value) => (value === '' ? "''" : value));
  if (origin !== undefined) {
    const byDefault = origin.fallback !== undefined && values.includes(origin.fallback);
    const is = `${origin.option} is ${list(said, 'or')}`;
    const isNot = `${origin.option} is not ${list(said, 'or')}`;
    return byDefault
      ? { id: key, yes: `${is} or absent`, no: isNot }
      : { id: key, yes: is, no: origin.fallback === undefined ? isNot : `${isNot}, or absent` };
  }
  return said.length === 1
    ? { id: key, yes: `${shown} = ${said[0] ?? ''}`, no: `${shown} is not ${said[0] ?? ''}` }
    : { id: key, yes: `${shown} is ${list(said, 'or')}`, no: noneOfThem(shown, said) };
};

/** The default arm of a `case`. */
export const noneOfThem = (shown: string, values: readonly string[]): string =>
  values.length === 1
    ? `${shown} is not ${values[0] ?? ''}`
    : values.length === 2
      ? `${shown} is neither ${list(values, 'nor')}`
      : `${shown} is none of ${values.join(', ')}`;

export const commandAtom = (id: string, call: string): Atom => {
  const short = call.replace(/\s+/g, ' ').trim();
  const shown = short.length > 60 ? `${short.slice(0, 57)}...` : short;
  return { id: `ran ${id}`, yes: `"${shown}" succeeds`, no: `"${shown}" fails`, again: true };
};
