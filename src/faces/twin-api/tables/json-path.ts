/**
 * The JSON paths that printer columns of CustomResourceDefinitions use: `.spec.a`, `['with.dots']`, `[0]`, `[*]`, and
 * `[?(@.type=="Ready")]`. A path that is none of these finds nothing, as an empty cell shows.
 */
import { dig, isMap } from '../../../core/model/dig.ts';

type Step = (values: readonly unknown[]) => readonly unknown[];

const compiled = new Map<string, readonly Step[]>();

/** The first value; undefined when the path leads nowhere. */
export const findByJsonPath = (object: unknown, path: string): unknown => {
  let steps = compiled.get(path);
  if (steps === undefined) {
    steps = stepsOf(path);
    compiled.set(path, steps);
  }
  let values: readonly unknown[] = [object];
  for (const step of steps) values = step(values);
  return values[0];
};

const NOWHERE: readonly Step[] = [() => []];

const field =
  (name: string): Step =>
  (values) =>
    values.flatMap((value) => (isMap(value) && Object.hasOwn(value, name) ? [value[name]] : []));

const each: Step = (values) =>
  values.flatMap((value): readonly unknown[] =>
    Array.isArray(value) ? value : isMap(value) ? Object.values(value) : [],
  );

const element =
  (index: number): Step =>
  (values) =>
    values.flatMap((value) => {
      const found: unknown = Array.isArray(value) ? value.at(index) : undefined;
      return found === undefined ? [] : [found];
    });

const where =
  (path: readonly string[], isEqual: boolean, wanted: string): Step =>
  (values) =>
    each(values).filter((value) => (String(dig(value, ...path)) === wanted) === isEqual);

/** One after the other from the left: what each kind of step looks like, and what it does. */
const GRAMMAR: readonly (readonly [RegExp, (match: RegExpExecArray) => Step])[] = [
  [
    /^\.?\[\?\(\s*@\.([\w.]+)\s*(==|!=)\s*(?:"([^"]*)"|'([^']*)'|(\w+))\s*\)\]/,
    (found) => {
      const [, path = '', operator, ...texts] = found;
      return where(path.split('.'), operator === '==', texts.find((one) => one !== undefined) ?? '');
    },
  ],
  [/^\.?\['((?:[^'\\]|\\.)*)'\]/, ([, name = '']) => field(unescaped(name))],
  [/^\.?\["((?:[^"\\]|\\.)*)"\]/, ([, name = '']) => field(unescaped(name))],
  [/^\.?\[(-?\d+)\]/, ([, index]) => element(Number(index))],
  [/^\.?(?:\[\*\]|\*)/, () => each],
  [/^\.((?:[^.[\]\\'"]|\\.)+)/, ([, name = '']) => field(unescaped(name))],
];

const unescaped = (name: string): string => name.replaceAll(/\\(.)/g, '$1');

const stepsOf = (path: string): readonly Step[] => {
  const steps: Step[] = [];
  for (let rest = path.trim(); rest !== '';) {
    const [step, length] = nextStep(rest);
    if (step === undefined) return NOWHERE;
    steps.push(step);
    rest = rest.slice(length);
  }
  return steps;
};

const nextStep = (rest: string): readonly [Step | undefined, number] => {
  for (const [pattern, make] of GRAMMAR) {
    const found = pattern.exec(rest);
    if (found !== null) return [make(found), found[0].length];
  }
  return [undefined, 0];
};
