import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { budgets, pods, shuffled } from '../../testing/arbitrary-drains.ts';
import { ClassCounts } from '../../testing/arbitrary-pools.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { parseLabelSelector, selects } from '../model/label-selector.ts';
import { budgetBook } from './budgets.ts';
import { KUBECTL_DEFAULTS } from './drain-options.ts';
import { fittingSelector } from './fitting-selector.ts';
import { DRAIN_PURPOSES, NO_NIC_RESOURCES } from './nic-users.ts';
import { controllerOf, isDaemonSet, isMirror, podName } from './pod-facts.ts';
import { previewDrain } from './preview-drain.ts';
import type { DrainPreview, DrainQuestion } from './preview-drain.ts';

const preview = (question: Partial<DrainQuestion>): DrainPreview => {
  const answer = previewDrain({
    node: 'dgx031',
    purpose: 'restart',
    pods: [],
    budgets: budgetBook([]),
    options: { ...KUBECTL_DEFAULTS, ignoreDaemonSets: true },
    resources: NO_NIC_RESOURCES,
    nowMs: Date.parse('2026-11-20T10:10:00Z'),
    daemonSetExists: () => true,
    ...question,
  });
  if (!answer.ok) throw new Error(answer.fault.message);
  return answer.value;
};

const purposes = fc.constantFrom(...DRAIN_PURPOSES);
const consents = fc.record({ force: fc.boolean(), deleteEmptyDir: fc.boolean() });

test('the order of pods and budgets changes nothing; every verdict came up', () => {
  const seen = new ClassCounts([
    'nothing-to-do',
    'goes',
    'waits',
    'never-ends',
    'aborts',
    'two waves',
    'unseen',
    'opt-out',
    'kubectl',
    'no kubectl',
  ]);
  const question = fc
    .tuple(pods, budgets)
    .chain(([list, rules]) => fc.tuple(fc.constant(list), fc.constant(rules), shuffled(list), shuffled(rules)));
  fc.assert(
    fc.property(question, purposes, consents, ([list, rules, otherList, otherRules], purpose, consent) => {
      const options = { ...KUBECTL_DEFAULTS, ignoreDaemonSets: true, ...consent };
      const one = preview({ pods: list, budgets: budgetBook(rules), purpose, options });
      expect(preview({ pods: otherList, budgets: budgetBook(otherRules), purpose, options })).toEqual(one);
      seen.add(one.verdict);
      if (one.going.some(({ wave }) => wave === 2)) seen.add('two waves');
      if (one.unseen.length > 0) seen.add('unseen');
      if (one.going.some(({ optOuts }) => optOuts.length > 0)) seen.add('opt-out');
      seen.add(one.kubectl === undefined ? 'no kubectl' : 'kubectl');
    }),
    { numRuns: 600, seed: 2 },
  );
  expect(seen.missing).toEqual([]);
});

test('every pod has one place: it goes, refuses, stays, or is not touched', () => {
  fc.assert(
    fc.property(pods, purposes, (list, purpose) => {
      const { going, refused, spared } = preview({ pods: list, purpose });
      const named = [...going, ...refused, ...spared].map(({ pod }) => pod);
      expect(new Set(named).size).toBe(named.length);
      if (purpose === 'restart') expect(named.toSorted()).toEqual(list.map(podName).toSorted());
    }),
  );
});

test('the selector of the kubectl command takes just the pods that the preview names', () => {
  let checked = 0;
  fc.assert(
    fc.property(pods, fc.constantFrom('vf-change' as const, 'driver-reload' as const), (list, purpose) => {
      const { kubectl, going, refused } = preview({ pods: list, purpose });
      const text = /--pod-selector='([^']*)'/.exec(kubectl ?? '')?.[1];
      if (text === undefined) return;
      checked += 1;
      const selector = parseLabelSelector(text);
      if (!selector.ok) throw new Error(text);
      const taken = list.filter(
        (pod) =>
          selects(selector.value, pod.metadata.labels ?? {}) && !isMirror(pod) && !isDaemonSet(controllerOf(pod)),
      );
      const meant = [...going, ...refused].map(({ pod }) => pod);
      expect(taken.map(podName).filter((name) => !meant.includes(name))).toEqual([]);
      expect(
        meant.filter(
          (name) => !list.some((pod) => podName(pod) === name && selects(selector.value, pod.metadata.labels ?? {})),
        ),
      ).toEqual([]);
    }),
    { numRuns: 600, seed: 3 },
  );
  expect(checked).toBeGreaterThan(30);
});

describe('fitting selectors', () => {
  const pod = (name: string, labels: Record<string, string>): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
  });
  const nccl = [pod('a', { app: 'nccl', job: '1' }), pod('b', { app: 'nccl', job: '2' })];

  test('the shortest one that takes the right pods', () =>
    expect(fittingSelector(nccl, [pod('c', { app: 'web' })])).toEqual({ selector: 'app=nccl', needless: 0 }));

  test('a set of values, the presence of a label, or the fewest needless', () => {
    expect(fittingSelector(nccl, [pod('c', { app: 'nccl', job: '3' })])).toEqual({
      selector: 'job in (1,2)',
      needless: 0,
    });
    const many = Array.from({ length: 20 }, (_, index) => pod(`m${index}`, { rank: String(index) }));
    expect(fittingSelector(many, [pod('c', { app: 'web' })])).toEqual({ selector: 'rank', needless: 0 });
    expect(fittingSelector([pod('a', { app: 'x' })], [pod('c', { app: 'x' }), pod('d', {})])).toEqual({
      selector: 'app=x',
      needless: 1,
    });
  });

  test('no common label, or only ones that change with each pod', () => {
    expect(fittingSelector([pod('a', { x: '1' }), pod('b', { y: '1' })], [])).toBeUndefined();
    expect(fittingSelector([pod('a', { 'pod-template-hash': '1' })], [])).toBeUndefined();
    expect(fittingSelector([], [])).toBeUndefined();
  });
});
