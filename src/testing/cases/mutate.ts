/**
 * Alters an expectation at one compared leaf at a time. A runner that still accepts an altered expectation does not
 * compare that leaf, and is at fault.
 */
import { isMap, Matcher } from './matcher.ts';
import { readingOf } from './prose.ts';

export interface Mutant {
  readonly at: string;
  readonly expected: unknown;
}

const alter = (leaf: unknown): unknown => {
  if (typeof leaf === 'string') return `${leaf}~altered`;
  if (typeof leaf === 'number') return leaf + 1;
  if (typeof leaf === 'boolean') return !leaf;
  if (Array.isArray(leaf)) return ['altered'];
  if (isMap(leaf)) return { altered: true };
  return 'altered';
};

const isLeaf = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : !isMap(value) || Object.keys(value).length === 0;

/** Altered copies of `expected`, one per compared leaf, plus one with a key that no answer has. */
export const mutantsOf = (kind: string, expected: unknown, answer: unknown, path = ''): readonly Mutant[] => {
  const inner = walk(kind, expected, answer, path);
  return isMap(expected) && path === ''
    ? [...inner, { at: 'an unknown key', expected: { ...expected, unknownKey: 1 } }]
    : inner;
};

const walk = (kind: string, expected: unknown, answer: unknown, path: string): readonly Mutant[] => {
  if (answer instanceof Matcher && answer.mutants !== undefined)
    return answer.mutants(expected).map((altered) => ({ at: path, expected: altered }));
  if (isLeaf(expected)) return [{ at: path, expected: alter(expected) }];
  if (Array.isArray(expected))
    return expected.flatMap((item, index) =>
      walk(kind, item, Array.isArray(answer) ? answer[index] : undefined, `${path}[]`).map(
        ({ at, expected: altered }) => ({
          at: at.replace(`${path}[]`, `${path}[${index}]`),
          expected: expected.with(index, altered),
        }),
      ),
    );
  const map = expected as Record<string, unknown>;
  return Object.entries(map).flatMap(([key, value]) => {
    const here = path === '' ? key : `${path}.${key}`;
    const reading = readingOf(kind, here, value);
    if (reading === 'prose' || reading === 'remark') return [];
    return walk(kind, value, isMap(answer) ? answer[key] : undefined, here).map(({ at, expected: altered }) => ({
      at,
      expected: { ...map, [key]: altered },
    }));
  });
};
