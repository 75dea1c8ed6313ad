import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPositioned } from '../../adapters/dump/read-positioned.ts';
import { caseSnapshot } from './case-snapshot.ts';
import { diagnose } from './engine.ts';
import type { Report } from './report.ts';
import { gpuNode, nodeState } from './rules/world.ts';
import { ALL_RULES } from './rules/index.ts';
import { readSuppressions, suppress, type Suppression } from './suppressions.ts';

const RULES = new Set(ALL_RULES.map(({ id }) => id));
const NOW = 1_795_651_200_000; // 2026-11-26T00:00:00Z

const read = (text: string) => {
  const documents = readPositioned(text, 's.yaml');
  if (!documents.ok) throw new Error(documents.fault.message);
  return readSuppressions(documents.value, RULES);
};
const entries = (text: string): readonly Suppression[] => {
  const result = read(text);
  if (!result.ok) throw new Error(result.fault.message);
  return result.value;
};

const SETTINGS = 'Configurations:   Default   Current   Next Boot\n*   NUM_OF_VFS   16   16   8\n';
/** Two DGX nodes with the same pending change. */
const report = (): Report =>
  diagnose(
    caseSnapshot({
      name: 'two nodes',
      kind: 'broken',
      objects: ['a1', 'a2'].flatMap((name) => [
        gpuNode(name, {}, { labels: { 'nvidia.com/gpu.machine': 'DGXB200' } }),
        nodeState(name),
      ]),
      texts: {
        'host/a1/m.txt': `=== 0000:18:00.0 ===\n${SETTINGS}`,
        'host/a2/m.txt': `=== 0000:18:00.0 ===\n${SETTINGS}`,
      },
    }),
    ALL_RULES,
  );

const file = (nodes: string, expires = '2026-12-31'): string =>
  `suppressions:\n  - rule: cold-restart-pending\n    owner: net\n    reason: window in December\n    expires: ${expires}\n${nodes}`;

test('the world has one problem on two nodes', () => {
  expect(report().problems.map(({ rule, nodes }) => [rule, nodes])).toEqual([['cold-restart-pending', ['a1', 'a2']]]);
});

describe('a suppression', () => {
  test.each([
    ['without nodes', ''],
    ['with both nodes', '    nodes: [a1, a2]\n'],
    ['with a pattern', '    nodes: ["a*"]\n'],
  ])('%s sets the problem aside, and it is kept', (_, nodes) => {
    const { problems, suppressed } = suppress(report(), entries(file(nodes)), NOW);
    expect(problems).toEqual([]);
    expect(suppressed.applied.map(({ problem, by }) => [problem.rule, by[0]?.owner])).toEqual([
      ['cold-restart-pending', 'net'],
    ]);
  });

  test('that names one of two nodes leaves the problem, and says why', () => {
    const { problems, suppressed } = suppress(report(), entries(file('    nodes: [a1]\n')), NOW);
    expect(problems).toHaveLength(1);
    expect(suppressed.idle.map(({ because }) => because)).toEqual(['it is reported, since it is also at a2']);
  });

  test('holds on its last day and not on the next', () => {
    const last = entries(file('', '2026-11-26'));
    expect(suppress(report(), last, NOW + 86_399_999).problems).toEqual([]);
    const after = suppress(report(), last, NOW + 86_400_000);
    expect(after.problems).toHaveLength(1);
    expect(after.suppressed.expired).toHaveLength(1);
  });

  test('of something that was not found is named as idle', () => {
    const text = file('').replace('cold-restart-pending', 'kernel-lockdown');
    const { suppressed } = suppress(report(), entries(text), NOW);
    expect(suppressed.idle.map(({ because }) => because)).toEqual(['nothing of it was found']);
  });
});

test.each([
  ['no owner', file('').replace('    owner: net\n', ''), 's.yaml:2: owner is missing'],
  ['no expiry', file('').replace(/ {4}expires.*\n/, ''), 's.yaml:2: expires is missing'],
  ['a day that is none', file('', '2026-02-30'), 's.yaml:5: expires is 2026-02-30; write the last day as 2026-12-31.'],
  ['a rule that is none', file('').replace('cold-', 'cool-'), 's.yaml:2: there is no rule cool-restart-pending'],
  ['a misspelt key', file('    node: a1\n'), 's.yaml:6: node is no key of a suppression'],
  ['nodes as text', file('    nodes: a1\n'), 's.yaml:6: nodes is a list of names'],
  ['no list', 'rules: []\n', 's.yaml:1: the file has one key, suppressions, with a list.'],
])('%s is refused with file and line', (_, text, message) => {
  const result = read(text);
  expect(result.ok ? '' : result.fault.message).toContain(message);
});

test('whatever is suppressed, nothing is lost', () => {
  const whole = report();
  const count = whole.problems.length + whole.symptoms.length + whole.observations.length;
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          rule: fc.constantFrom('cold-restart-pending', 'kernel-lockdown'),
          nodes: fc.constantFrom(['a1'], ['a2'], ['*'], ['a1', 'a2'], ['.']),
          owner: fc.constant('o'),
          reason: fc.constant('r'),
          expires: fc.constantFrom('2026-11-25', '2026-11-26', '2027-01-01'),
          at: fc.constant('s:1'),
        }),
        { maxLength: 4 },
      ),
      (list) => {
        const { problems, symptoms, observations, suppressed } = suppress(whole, list, NOW);
        expect(problems.length + symptoms.length + observations.length + suppressed.applied.length).toBe(count);
      },
    ),
  );
});
