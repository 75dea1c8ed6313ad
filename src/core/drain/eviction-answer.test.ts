import { describe, expect, test } from 'vitest';
import { readEvictionAnswer, readEvictionFault } from './eviction-answer.ts';
import type { EvictionAnswer } from './eviction-answer.ts';
import { isPodGone, judgeDrain } from './wait-for-pod.ts';
import type { PodProgress } from './wait-for-pod.ts';

// prettier-ignore
test.for<readonly [string, EvictionAnswer, string]>([
  ['accepted', { status: 201 }, 'done evicting'],
  ['accepted by an old server', { status: 200 }, 'done evicting'],
  ['gone', { status: 404 }, 'done gone'],
  ['another pod of the name', { status: 409 }, 'done gone'],
  ['a budget', { status: 429, causes: ['DisruptionBudget'] }, 'retry blocked-by-budget 5'],
  ['a budget told in words only', { status: 429, message: "Cannot evict pod as it would violate the pod's disruption budget." }, 'retry blocked-by-budget 5'],
  ['a rate limit with its own delay', { status: 429, retryAfterSeconds: 1 }, 'retry throttled 1'],
  ['two budgets', { status: 500, message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.' }, 'fail-pod failed'],
  ['an internal error', { status: 500, message: 'boom' }, 'fail-pod failed'],
  ['a namespace that goes away', { status: 403, causes: ['NamespaceTerminating'] }, 'wait-and-retry namespace-terminating 5'],
  ['the same for a pod that is going already', { status: 403, causes: ['NamespaceTerminating'], isTerminating: true }, 'done evicting'],
  ['no right', { status: 403, message: 'forbidden' }, 'fail-pod failed'],
  ['no server', { status: 503 }, 'retry throttled 5'],
  ['no answer', { status: 0 }, 'retry throttled 5'],
  ['nonsense', { status: 418, message: 'teapot' }, 'fail-pod failed'],
])('%s', ([, answer, expected]) => {
  const { action, state, after, because } = readEvictionAnswer(answer);
  expect([action, state, ...(after === undefined ? [] : [after])].join(' ')).toBe(expected);
  expect(because).not.toBe('');
});

test('faults of the API port mean the same', () => {
  expect(readEvictionFault(undefined, false).action).toBe('done');
  const fault = {
    code: 'kube-budget',
    message: 'no',
    next: 'wait',
    status: 429,
    causes: [{ reason: 'DisruptionBudget' }],
    retryAfterMs: 10_000,
  } as const;
  expect(readEvictionFault(fault, false)).toMatchObject({ action: 'retry', state: 'blocked-by-budget', after: 10 });
  expect(readEvictionFault({ code: 'kube-unreachable', message: 'no route', next: 'retry' }, false).action).toBe(
    'retry',
  );
});

describe('waiting', () => {
  const options = { skipWaitForDelete: 60, timeout: 300 };

  test('a zombie is given up on only after the limit of the option', () => {
    expect(isPodGone('u1', { uid: 'u1', deletingForSeconds: 60.9 }, options, 10).gone).toBe(false);
    expect(isPodGone('u1', { uid: 'u1', deletingForSeconds: 61 }, options, 10).gone).toBe('given-up');
    expect(
      isPodGone('u1', { uid: 'u1', deletingForSeconds: 9999 }, { ...options, skipWaitForDelete: 0 }, 10).gone,
    ).toBe(false);
  });

  test('the time limit of the drain, and none', () => {
    expect(isPodGone('u1', { uid: 'u1' }, options, 299).because).toBe('it is not terminating yet, 1 s of 300 s left');
    expect(isPodGone('u1', { uid: 'u1' }, options, 300).gone).toBe('given-up');
    expect(isPodGone('u1', { uid: 'u1' }, { ...options, timeout: 0 }, 1e9).gone).toBe(false);
  });

  test('gone even after the limit is gone', () => expect(isPodGone('u1', undefined, options, 1e9).gone).toBe(true));
});

describe('the drain as a whole', () => {
  const pod = (name: string, state: PodProgress['state']): PodProgress => ({ pod: name, state, because: state });

  // prettier-ignore
  test.for<readonly [string, readonly PodProgress[], number, number, string]>([
    ['no pods', [], 0, 300, 'proved'],
    ['all gone', [pod('a', 'gone'), pod('b', 'gone')], 900, 300, 'proved'],
    ['one goes', [pod('a', 'gone'), pod('b', 'going')], 10, 300, 'going-on'],
    ['one goes, without a limit', [pod('b', 'asking')], 1e9, 0, 'going-on'],
    ['one failed, one goes', [pod('a', 'failed'), pod('b', 'going')], 10, 300, 'going-on'],
    ['one failed, the rest gone', [pod('a', 'failed'), pod('b', 'gone')], 10, 300, 'incomplete'],
    ['given up on is not gone', [pod('a', 'given-up')], 10, 300, 'incomplete'],
    ['time over', [pod('a', 'asking')], 300, 300, 'incomplete'],
  ])('%s', ([, pods, elapsed, timeout, verdict]) => expect(judgeDrain(pods, elapsed, timeout).verdict).toBe(verdict));
});
