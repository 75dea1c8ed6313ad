import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../model/kube-object.ts';
import { askBudgets, budgetBook, desiredHealthy, forecastBudgets, neverAllows } from './budgets.ts';

const budget = (
  spec: Record<string, unknown>,
  status: Record<string, unknown>,
  metadata: Record<string, unknown> = {},
): KubeObject => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'b', namespace: 'x', ...metadata },
  spec: { selector: { matchLabels: { app: 'a' } }, ...spec },
  status,
});

const pod = (name: string, ready = true, status: Record<string, unknown> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'x', labels: { app: 'a' } },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }], ...status },
});

const ok = { expectedPods: 4, desiredHealthy: 3, currentHealthy: 4, disruptionsAllowed: 1 };

const ask = (given: KubeObject, of: KubeObject = pod('p')) => {
  const answer = askBudgets(budgetBook([given]), of);
  return answer.allows ? 'allows' : answer.blocks;
};

describe('what one budget answers', () => {
  // prettier-ignore
  test.for<readonly [string, KubeObject, string]>([
    ['one disruption left', budget({ minAvailable: 3 }, ok), 'allows'],
    ['none left', budget({ minAvailable: 3 }, { ...ok, disruptionsAllowed: 0 }), 'now'],
    ['maxUnavailable 0', budget({ maxUnavailable: 0 }, ok), 'never'],
    ['maxUnavailable 0%', budget({ maxUnavailable: '0%' }, ok), 'never'],
    ['minAvailable 100%', budget({ minAvailable: '100%' }, {}), 'never'],
    ['as many wanted as there are', budget({ minAvailable: 4 }, ok), 'never'],
    ['76% of 4, rounded up', budget({ minAvailable: '76%' }, ok), 'never'],
    ['1% unavailable of 4, rounded up to one', budget({ maxUnavailable: '1%' }, ok), 'allows'],
    ['a status behind its spec', budget({ minAvailable: 3 }, { ...ok, observedGeneration: 1 }, { generation: 2 }), 'now'],
    ['no status at all', budget({ minAvailable: 3 }, {}), 'now'],
    ['another namespace', budget({ maxUnavailable: 0 }, ok, { namespace: 'y' }), 'allows'],
    ['a selector of nothing', budget({ maxUnavailable: 0, selector: undefined }, ok), 'allows'],
    ['a selector of everything', budget({ maxUnavailable: 0, selector: {} }, ok), 'never'],
    ['a broken selector', budget({ maxUnavailable: 0, selector: { matchExpressions: [{ key: 'a', operator: 'Near' }] } }, ok), 'allows'],
  ])('%s', ([, given, expected]) => expect(ask(given)).toBe(expected));

  test('pods that are not ready pass a budget that is met, or one that always lets them', () => {
    const met = { ...ok, disruptionsAllowed: 0, currentHealthy: 3 };
    expect(ask(budget({ minAvailable: 3 }, met), pod('p', false))).toBe('allows');
    expect(ask(budget({ minAvailable: 3 }, { ...met, currentHealthy: 2 }), pod('p', false))).toBe('now');
    expect(
      ask(
        budget({ minAvailable: 3, unhealthyPodEvictionPolicy: 'AlwaysAllow' }, { ...met, currentHealthy: 0 }),
        pod('p', false),
      ),
    ).toBe('allows');
  });

  test('finished, pending and terminating pods pass every budget', () => {
    const closed = budget({ maxUnavailable: 0 }, { ...ok, disruptionsAllowed: 0 });
    expect(ask(closed, pod('p', true, { phase: 'Succeeded' }))).toBe('allows');
    expect(ask(closed, pod('p', false, { phase: 'Pending' }))).toBe('allows');
    const going = { ...pod('p'), metadata: { ...pod('p').metadata, deletionTimestamp: '2026-11-20T10:00:00Z' } };
    expect(ask(closed, going)).toBe('allows');
  });
});

test('two budgets over one pod never let it go, and the sentence names both', () => {
  const two = budgetBook([budget({ minAvailable: 1 }, ok), budget({ minAvailable: 1 }, ok, { name: 'c' })]);
  expect(askBudgets(two, pod('p'))).toMatchObject({
    allows: false,
    blocks: 'never',
    because: '2 budgets cover it (b, c), which the Eviction API refuses with 500',
  });
});

test('002-45: who can lift it: the owner, the Helm release, or whoever runs the namespace', () => {
  const wayOut = (metadata: Record<string, unknown>): string => {
    const answer = askBudgets(budgetBook([budget({ maxUnavailable: 0 }, ok, metadata)]), pod('p'));
    return answer.allows ? '' : answer.wayOut;
  };
  expect(wayOut({ ownerReferences: [{ kind: 'Kafka', name: 'k' }] })).toContain('Kafka k, which owns the budget');
  expect(wayOut({ annotations: { 'meta.helm.sh/release-name': 'shop' } })).toContain('Helm release shop');
  expect(wayOut({})).toContain('whoever runs namespace x');
});

test('pods of one node use up a budget in turn; one that is not ready takes nothing of it', () => {
  const book = budgetBook([
    budget({ maxUnavailable: 2 }, { expectedPods: 5, desiredHealthy: 3, currentHealthy: 5, disruptionsAllowed: 2 }),
  ]);
  const answers = forecastBudgets(book, [pod('a'), pod('b', false), pod('c'), pod('d')]).map(
    ({ answer }) => answer.allows,
  );
  expect(answers).toEqual([true, true, true, false]);
});

test('how many must stay healthy, and budgets that say nothing readable', () => {
  expect(desiredHealthy(budget({ minAvailable: '34%' }, {}), 3)).toBe(2);
  expect(desiredHealthy(budget({ maxUnavailable: '34%' }, {}), 3)).toBe(1);
  expect(desiredHealthy(budget({ maxUnavailable: 9 }, {}), 3)).toBe(0);
  expect(desiredHealthy(budget({ minAvailable: 'many' }, {}), 3)).toBeUndefined();
  expect(neverAllows(budget({}, { expectedPods: 3 }))).toBeUndefined();
});
