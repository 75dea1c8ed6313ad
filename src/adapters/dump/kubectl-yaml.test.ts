import { readFileSync, globSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import yaml from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { hasShared, SHARED, WHERE_ABSENT } from '../../../test/shared-folder.ts';
import { NotKubectlYaml, parseKubectlYaml } from './kubectl-yaml.ts';
import { readYaml } from './read-yaml.ts';

const agree = (text: string): 'same' | 'left to js-yaml' => {
  let fast: unknown;
  try {
    fast = parseKubectlYaml(text);
  } catch (error) {
    if (error instanceof NotKubectlYaml) return 'left to js-yaml';
    throw error;
  }
  expect(fast).toEqual(readYaml(text));
  return 'same';
};

test.each([
  ['a pci address and a yes stay strings', 'pci: 0000:18:00.0\nanswer: yes\n'],
  ['a folded quoted value', "message: 'one two\n  three: four\n\n  five'\nnext: 1\n"],
  ['a folded plain value', 'message: one two\n  three four\nnext: 1\n'],
  ['an escaped line break', 'a: "one \\\n  two\\n"\n'],
  ['literals with each chomping', 'a: |\n  x\n   y\n\n  z\n\nb: |-\n  x\n\nc: |+\n  x\n\nd: 1\n'],
  ['sequences at the indentation of their key', 'a:\n- b: 1\n  c:\n  - 2\n- - 3\n  - 4\nd: []\ne: {}\n'],
  ['several documents', '---\na: 1\n---\nb: 2\n'],
  ['numbers of every form', 'a: 0x1F\nb: 1e3\nc: 007\nd: .5\ne: -12\nf: 1.\ng: 1_000\nh: ~\n'],
  ['keys of managed fields', 'f:a:\n  .: {}\n  k:{"type":"Ready"}:\n    f:x: {}\n'],
  ['an empty value before a shallower key', 'a:\n  b:\nc:\n'],
])('reads %s as js-yaml does', (_name, text) => {
  expect(['same', 'left to js-yaml']).toContain(agree(text));
});

test('what kubectl does not write is refused, not guessed', () => {
  for (const text of [
    'a: [1, 2]\n',
    'a: &x 1\n',
    'a: 1 # why\n',
    'a: >\n  x\n',
    'a: 1\na: 2\n',
    'a: !!str 1\n',
    'a: "open\n',
    'a: -\n',
  ])
    expect(() => parseKubectlYaml(text), text).toThrow(NotKubectlYaml);
});

test('reads what a YAML writer makes of any object as js-yaml does', () => {
  const counts = { same: 0, 'left to js-yaml': 0 };
  const leaf = fc.oneof(
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.constant(null),
    fc.lorem(),
  );
  const tree = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string({ minLength: 1 }), tie('value'), { maxKeys: 4 }),
    ),
  })).value;
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ minLength: 1 }), tree, { minKeys: 1, maxKeys: 5 }),
      fc.constantFrom(20, 80, -1),
      (value, lineWidth) => {
        counts[agree(yaml.dump(value, { lineWidth, noArrayIndent: true, noRefs: true }))] += 1;
      },
    ),
    { numRuns: 1500 },
  );
  expect(counts.same).toBeGreaterThan(300);
});

describe.skipIf(!hasShared)(`shared YAML files${WHERE_ABSENT}`, () => {
  test('are read alike by both readers', () => {
    const counts = { same: 0, 'left to js-yaml': 0 };
    for (const file of globSync('**/*.{yaml,yml}', { cwd: SHARED }))
      counts[agree(readFileSync(path.join(SHARED, file), 'utf8'))] += 1;
    expect(counts.same).toBeGreaterThan(200);
  });
});
