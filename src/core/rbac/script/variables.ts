/** Variables and positional parameters of a run: looking them up, setting them, hiding them by `local`. */
import { ABSENT, cellOf, textCell } from './scope.ts';
import type { Guarded, Texts } from './scope.ts';
import type { Run } from './shell-run.ts';
import { EMPTY, isUnknown, POD_NAMESPACE, text, unknown } from './shell-value.ts';
import type { Value } from './shell-value.ts';

/** `set -e`, kept as a variable that no script can name. */
export const ERREXIT = 'errexit option';

export interface Looked {
  readonly value: Value;
  /** Undefined: only the environment knows. */
  readonly set: boolean | undefined;
  /** Of an array, by index or key. */
  readonly items?: ReadonlyMap<string, Value>;
}

/** Shell variables that are never of use in a name, and stand for themselves. */
const SPECIAL = new Set(['?', '$', '!', '-', '_', 'RANDOM', 'LINENO', 'SECONDS', 'EPOCHSECONDS', 'BASHPID']);

export const lookUp = (run: Run, name: string): readonly Guarded<Looked>[] => {
  if (name === '0') return [{ content: { value: text(run.input.name), set: true }, when: [] }];
  if (name === 'FUNCNAME') return [{ content: { value: text(run.frames.at(-1)?.name ?? ''), set: true }, when: [] }];
  const cell = run.scope.get(`v:${name}`) ?? ABSENT;
  return cell.map(({ content, when }) => {
    if (content.is === 'text') return { content: { value: content.value, set: true }, when };
    if (content.is === 'list')
      return {
        content: { value: content.items.get('0') ?? EMPTY, set: content.items.size > 0, items: content.items },
        when,
      };
    const set = SPECIAL.has(name) ? true : undefined;
    return { content: { value: [unknown(name)], set }, when };
  });
};

export interface Positional {
  readonly values: readonly Value[] | undefined;
  readonly generation: number;
}

export const positionalOf = (run: Run): readonly Guarded<Positional>[] =>
  (run.scope.get('args') ?? []).flatMap(({ content, when }) => (content.is === 'arguments' ? [{ content, when }] : []));

/** `values` undefined: nothing is known of them. Each setting is a generation, so that `$1` before a shift is another. */
export const setPositional = (run: Run, alternatives: readonly Guarded<readonly Value[] | undefined>[]): void => {
  run.generation += 1;
  const { generation } = run;
  run.scope.set(
    'args',
    alternatives.map(({ content, when }) => ({
      content: { is: 'arguments', values: content, generation },
      when,
    })),
  );
};

export const shiftPositional = (run: Run, count: number): void =>
  setPositional(
    run,
    positionalOf(run).map(({ content, when }) => ({ content: content.values?.slice(count), when })),
  );

/** What a variable is set to is shown by the variable's name, if it is nothing but one unknown of no name of its own. */
const named = (name: string, value: Value): Value => {
  const [piece, ...more] = value;
  return piece !== undefined &&
    more.length === 0 &&
    isUnknown(piece) &&
    piece.listed === undefined &&
    piece !== POD_NAMESPACE &&
    !/^[A-Za-z_]\w*$/.test(piece.text)
    ? // Arguments that are not known are the same to us whichever turn of the option loop takes them.
      [{ id: /^\d+#/.test(piece.id) ? `argument ${name}` : piece.id, text: name }]
    : value;
};

export const assign = (run: Run, name: string, texts: Texts): void =>
  run.scope.set(`v:${name}`, textCell(texts.map(({ content, when }) => ({ content: named(name, content), when }))));

export const assignList = (run: Run, name: string, items: ReadonlyMap<string, Value>): void =>
  run.scope.set(`v:${name}`, cellOf({ is: 'list', items }));

export const listOf = (values: readonly Value[]): ReadonlyMap<string, Value> =>
  new Map(values.map((value, at) => [String(at), value] as const));

/** `unset x`, or a variable declared without a value. */
export const clear = (run: Run, name: string): void => assign(run, name, [{ content: EMPTY, when: [] }]);

/** Remembers what a `local` variable hides, once per call. */
export const hide = (run: Run, name: string): void => {
  const frame = run.frames.at(-1);
  const key = `v:${name}`;
  if (frame !== undefined && !frame.hidden.has(key)) frame.hidden.set(key, run.scope.get(key));
};

/** A variable's text where it has exactly one known value. */
export const knownText = (run: Run, name: string): string | undefined => {
  const [only, ...more] = lookUp(run, name);
  if (only === undefined || more.length > 0 || only.content.set !== true) return undefined;
  return only.content.value.every((piece) => typeof piece === 'string') ? only.content.value.join('') : undefined;
};
