/** Budget, canary, waves and windows: who may begin, and why nobody may. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rolloutSpec } from '../model/crd/rollout.ts';
import { budgetOf, overBudget, turnOf, withVisit, type Fleet, type FleetNode } from './fleet.ts';
import { etcdMembers } from './etcd-members.ts';
import { told, untold } from './told.ts';
import { windowState } from './windows.ts';

const node = (name: string, more: Partial<FleetNode> = {}): FleetNode => ({
  name,
  isOut: false,
  isControlPlane: false,
  labels: {},
  visit: 'waiting',
  ...more,
});

const fleet = (nodes: readonly FleetNode[], more: Readonly<Record<string, unknown>> = {}): Fleet => ({
  spec: rolloutSpec.parse({
    reason: 't',
    groups: [{ nodes: nodes.map(({ name }) => name), rung: 'cold' }],
    waves: { canary: 0 },
    ...more,
  }),
  nodes,
  controlPlane: nodes.filter(({ isControlPlane }) => isControlPlane),
});

const names = (nodes: readonly FleetNode[]): readonly string[] => nodes.map(({ name }) => name);

describe('budget', () => {
  test('a share is rounded down, and is at least one', () => {
    const many = Array.from({ length: 30 }, (_, at) => node(`n${at}`));
    expect(budgetOf(fleet(many, { budget: { maxUnavailable: '10%' } }))).toBe(3);
    expect(budgetOf(fleet(many.slice(0, 5), { budget: { maxUnavailable: '10%' } }))).toBe(1);
  });

  const three = ['a', 'b', 'c'].map((name) => node(name, { isControlPlane: true }));
  const member = (name: string, ready = true) => ({ pod: `etcd-${name}`, node: name, ready });
  // prettier-ignore
  test.for<[string, Fleet['etcd'], string | undefined]>([
    ['three members that are Ready', told(['a', 'b', 'c'].map((name) => member(name))), undefined],
    ['another member is not Ready', told([member('a'), member('b', false), member('c')]), 'etcd-b is not Ready'],
    ['its own member alone is not Ready', told([member('a', false), member('b'), member('c')]), undefined],
    ['two members', told([member('a'), member('b')]), 'only 1 of 2 members'],
    ['members elsewhere', told([member('x'), member('y'), member('z')]), undefined],
    ['pods that could not be read', untold('forbidden'), 'not known: forbidden'],
    ['no pod of etcd', etcdMembers([]), 'no pod of etcd is seen'],
    ['nobody looked', undefined, 'not known'],
  ])('a control-plane node and etcd: %s', ([, etcd, says]) => {
    const [a = node('a')] = three;
    const over = overBudget({ ...fleet(three), ...(etcd !== undefined && { etcd }) }, a);
    if (says === undefined) expect(over).toBeUndefined();
    else expect(over).toContain(says);
  });

  test('of two control-plane nodes none may go, and none while another is out', () => {
    const etcd = told(['a', 'b', 'c'].map((name) => member(name)));
    const [a = node('a'), b = node('b')] = three;
    expect(overBudget({ ...fleet([a, b]), etcd }, a)).toContain('1 of 2');
    const two = { ...fleet(three, { budget: { maxUnavailable: 2 } }), etcd };
    expect(overBudget(withVisit(two, b), a)).toContain('1 of 3');
  });

  test('a node that is out by whomever counts', () => {
    const [a, b] = [node('a'), node('b', { isOut: true })];
    expect(overBudget(fleet([a, b]), a)).toContain('b is out');
  });

  test('a node that is out already costs nothing more', () => {
    const [a, b] = [node('a', { isOut: true }), node('b', { isOut: true })];
    expect(overBudget(fleet([a, b]), a)).toBeUndefined();
    expect(overBudget(withVisit(fleet([a, b]), a), b)).toContain('1 of 1 visits');
  });

  test('never more visits than the budget, in whatever order they begin', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 6 }),
        (outs, budget) => {
          let now = fleet(
            outs.map((isOut, at) => node(`n${at}`, { isOut })),
            { budget: { maxUnavailable: budget } },
          );
          const wasOut = now.nodes.filter(({ isOut }) => isOut).length;
          for (const one of now.nodes) if (overBudget(now, one) === undefined) now = withVisit(now, one);
          expect(now.nodes.filter(({ visit }) => visit === 'visiting').length).toBeLessThanOrEqual(budget);
          const out = now.nodes.filter(({ isOut, visit }) => isOut || visit === 'visiting').length;
          expect(out).toBeLessThanOrEqual(Math.max(budget, wasOut));
        },
      ),
    );
  });
});

// prettier-ignore
test.for<[string, readonly FleetNode[], Readonly<Record<string, unknown>>, { next: readonly string[]; says: string }]>([
  ['in order', [node('a'), node('b')], {}, { next: ['a', 'b'], says: 'next in order' }],
  ['the canary alone', [node('a'), node('b')], { waves: { canary: 1 } }, { next: ['a'], says: 'canary' }],
  ['nobody until the canary is back', [node('a', { visit: 'visiting' }), node('b')], { waves: { canary: 1 } }, { next: [], says: 'canary' }],
  ['then the others', [node('a', { visit: 'returned' }), node('b')], { waves: { canary: 1 } }, { next: ['b'], says: 'next' }],
  ['wave by wave', [node('a', { labels: { rack: '1' } }), node('b', { labels: { rack: '2' } })], { waves: { canary: 0, by: 'rack' } }, { next: ['a'], says: 'next' }],
  ['not before the wave is over', [node('a', { visit: 'visiting', labels: { rack: '1' } }), node('b', { labels: { rack: '2' } })], { waves: { canary: 0, by: 'rack' } }, { next: [], says: 'not over' }],
  ['what is out already, where the canary does not fit beside it', [node('a'), node('b', { isOut: true })], { waves: { canary: 1 } }, { next: ['b'], says: 'out already' }],
  ['of a later wave, too', [node('a', { labels: { rack: '1' } }), node('b', { isOut: true, labels: { rack: '2' } })], { waves: { canary: 0, by: 'rack' } }, { next: ['b'], says: 'out already' }],
  ['the canary, where both fit', [node('a'), node('b', { isOut: true })], { waves: { canary: 1 }, budget: { maxUnavailable: 2 } }, { next: ['a'], says: 'canary' }],
  ['the canary, where it is out itself', [node('a', { isOut: true }), node('b', { isOut: true })], { waves: { canary: 1 } }, { next: ['a'], says: 'canary' }],
  ['nobody out of turn while a visit is in hand', [node('a', { visit: 'visiting' }), node('b', { isOut: true })], { waves: { canary: 1 } }, { next: [], says: 'canary' }],
  ['paused', [node('a')], { paused: true }, { next: [], says: 'paused' }],
  ['aborted', [node('a')], { aborted: true }, { next: [], says: 'aborted' }],
  ['another rollout has one', [node('a', { visit: 'elsewhere' }), node('b')], {}, { next: ['b'], says: 'next' }],
  ['another rollout has all that are left', [node('a', { visit: 'elsewhere' }), node('b', { visit: 'returned' })], {}, { next: [], says: 'another rollout has a in hand' }],
  ['held stops it', [node('a', { visit: 'held' }), node('b')], {}, { next: [], says: 'a is held' }],
  ['outside its window', [node('a')], { windows: [{ from: '02:00', to: '04:00' }] }, { next: [], says: '120 min' }],
])('%s', ([, nodes, more, expected]) => {
  const turn = turnOf(fleet(nodes, more), 0);
  expect(names(turn.next)).toEqual(expected.next);
  expect(turn.because).toContain(expected.says);
});

/** 1 January 1970, 00:00 UTC, a Thursday. */
// prettier-ignore
test.for<[string, { days?: readonly string[]; from: string; to: string; offset?: string }, number, boolean]>([
  ['inside', { from: '00:00', to: '01:00' }, 30, true],
  ['its end is outside', { from: '00:00', to: '01:00' }, 60, false],
  ['over midnight', { from: '22:00', to: '02:00' }, 60, true],
  ['of the day before', { days: ['Wed'], from: '22:00', to: '02:00' }, 60, true],
  ['another day', { days: ['Sat'], from: '00:00', to: '23:59' }, 60, false],
  ['east of UTC', { from: '02:00', to: '03:00', offset: '+02:00' }, 10, true],
  ['all day', { from: '00:00', to: '00:00' }, 700, true],
])('a window: %s', ([, window, minutes, open]) => {
  const { windows } = rolloutSpec.parse({ reason: 't', groups: [{ nodes: ['a'], rung: 'none' }], windows: [window] });
  expect(windowState(windows, minutes * 60_000).open).toBe(open);
});
