import { expect, test } from 'vitest';
import { exactly, inAnyOrder, noneOf } from './matchers.ts';
import type { CaseKinds } from './case-kind.ts';
import { runCases } from './run-cases.ts';

const context = { readSample: () => '', readYaml: () => [] };

const kinds: CaseKinds = {
  'kind:capacity': {
    answer: ({ given }) => ({
      nodes: Number(given['n']) * 2,
      reason: 'twice',
      blocks: exactly({ a: 1 }),
      calls: inAnyOrder(['x', 'y']),
    }),
  },
  'group:wait': {
    deviates: true,
    answer: ({ answering }) => ({
      result: answering,
      calls: ['a'],
      not_called: noneOf(['a']),
      message: 'one two three',
    }),
  },
};

const run = (cases: readonly unknown[], mutate = false) =>
  runCases({ cases: cases as never }, kinds, context, { mutate });

test('a case passes when every expected key is answered and equal', () => {
  const result = run(
    [
      {
        name: 'x',
        kind: 'capacity',
        given: { n: 2 },
        expect: { nodes: 4, reason: 'any words', blocks: { a: 1 }, calls: ['y', 'x'] },
      },
    ],
    true,
  );
  expect(result.failed).toEqual([]);
  expect(result).toMatchObject({ passed: 1, mutants: 5 });
});

test('the event of a pass is told to the room, and not compared', () => {
  const traced: CaseKinds = {
    'kind:upgrade_trace': {
      answer: ({ events = [] }) => ({ passes: events.map((event) => ({ state: event ?? 'none' })) }),
    },
  };
  const passes = [{ event: 'rain', state: 'rain' }, { state: 'none' }];
  const one = (list: unknown): readonly string[] =>
    runCases({ cases: [{ name: 'a', kind: 'upgrade_trace', given: {}, passes: list }] as never }, traced, context, {
      mutate: true,
    }).failed.flatMap(({ lines }) => lines);
  expect(one(passes)).toEqual([]);
  expect(one([{ event: 'sun', state: 'rain' }])[0]).toContain('passes[0].state');
});

test('an unknown key, a missing expectation and a wrong leaf fail their case by name', () => {
  const result = run([
    { name: 'unknown key', kind: 'capacity', given: { n: 1 }, expect: { nodez: 2 } },
    { name: 'no expectation', kind: 'capacity', given: { n: 1 } },
    { name: 'wrong', kind: 'capacity', given: { n: 1 }, expect: { nodes: 3 } },
    { name: 'one key less', kind: 'capacity', given: { n: 1 }, expect: { blocks: {} } },
  ]);
  expect(result.failed.map(({ name }) => name)).toEqual(['unknown key', 'no expectation', 'wrong', 'one key less']);
});

test('group before kind, both answers are asked for, message is a substring, not_called must be absent', () => {
  const good = {
    name: 'g',
    group: 'wait',
    kind: 'deviation',
    given: {},
    expect: { result: 'upstream', message: 'two', not_called: ['b'] },
    want: { result: 'ours' },
  };
  expect(run([good], true)).toMatchObject({ passed: 1, failed: [] });
  expect(run([{ ...good, want: { result: 'upstream' } }]).failed[0]?.lines[0]).toContain('want.result');
  expect(run([{ ...good, expect: { not_called: ['a'] } }]).failed).toHaveLength(1);
});

test('an unknown kind is told apart from one whose room is not built', () => {
  const result = run([
    { name: 'a', kind: 'no-such', given: {}, expect: {} },
    { name: 'b', kind: 'render', given: {}, expect: {} },
  ]);
  expect(result.unknownKinds).toEqual(['kind:no-such']);
  expect([...result.notBuilt]).toEqual([['kind:render', 1]]);
});

test('a room that throws fails its case and no other', () => {
  const throwing: CaseKinds = {
    'kind:gateway': {
      answer: () => {
        throw new Error('boom');
      },
    },
  };
  const result = runCases(
    { cases: [{ name: 'a', kind: 'gateway', given: {}, expect: { x: 1 } }] as never },
    throwing,
    context,
  );
  expect(result.failed[0]?.lines[0]).toContain('boom');
});
