import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pods, shuffled } from '../../testing/arbitrary-drains.ts';
import { ClassCounts } from '../../testing/arbitrary-pools.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { KUBECTL_DEFAULTS } from './drain-options.ts';
import type { DrainOptions } from './drain-options.ts';
import { evictedPods, FILTER_CODES, filterPods } from './filter-pods.ts';
import type { PodSelection } from './filter-pods.ts';
import { podName } from './pod-facts.ts';

const NOW = Date.parse('2026-11-20T10:10:00Z');

const filter = (list: readonly KubeObject[], options: Partial<DrainOptions> = {}): PodSelection => {
  const selection = filterPods(list, {
    options: { ...KUBECTL_DEFAULTS, ...options },
    nowMs: NOW,
    daemonSetExists: (_namespace, name) => name !== 'owner-c',
  });
  if (!selection.ok) throw new Error(selection.fault.message);
  return selection.value;
};

const anyOptions = fc.record({
  force: fc.boolean(),
  ignoreDaemonSets: fc.boolean(),
  deleteEmptyDir: fc.boolean(),
  podSelector: fc.constantFrom('', 'app=a', 'app!=a', 'app in (a,b)'),
  skipWaitForDelete: fc.constantFrom(0, 120, 3600),
  evictionFilters: fc.constantFrom<readonly string[]>([], ['nvidia.com/res.*'], ['nvidia.com/(']),
});

describe('properties', () => {
  test('the order of the list changes nothing; every code and fate came up', () => {
    const seen = new ClassCounts([...Object.keys(FILTER_CODES), 'evict', 'spare', 'refuse', 'aborts', 'goes']);
    fc.assert(
      fc.property(
        pods.chain((list) => fc.tuple(fc.constant(list), shuffled(list))),
        anyOptions,
        ([list, other], options) => {
          const selection = filter(list, options);
          expect(filter(other, options)).toEqual(selection);
          for (const { fate, code } of selection.verdicts) {
            seen.add(fate);
            if (code !== undefined) seen.add(code);
          }
          seen.add(selection.aborts ? 'aborts' : 'goes');
        },
      ),
      { numRuns: 800, seed: 1 },
    );
    expect(seen.missing).toEqual([]);
  });

  test('one refusal and nothing is evicted; with every consent nothing refuses', () => {
    fc.assert(
      fc.property(pods, anyOptions, (list, options) => {
        const selection = filter(list, options);
        if (selection.verdicts.some(({ fate }) => fate === 'refuse')) expect(evictedPods(selection)).toEqual([]);
        const willing = filter(list, { ...options, force: true, ignoreDaemonSets: true, deleteEmptyDir: true });
        expect(willing.aborts).toBe(false);
      }),
    );
  });

  test('mirror pods and pods of living DaemonSets are never evicted unless they are finished', () => {
    fc.assert(
      fc.property(pods, anyOptions, (list, options) => {
        for (const pod of evictedPods(filter(list, options))) {
          expect(pod.metadata.annotations?.['kubernetes.io/config.mirror']).toBeUndefined();
          const [owner] = pod.metadata.ownerReferences ?? [];
          const isLiving = owner?.kind === 'DaemonSet' && owner.apiVersion === 'apps/v1' && owner.name !== 'owner-c';
          expect(isLiving && !['Succeeded', 'Failed'].includes((pod['status'] as { phase: string }).phase)).toBe(false);
        }
      }),
    );
  });
});

describe('edges', () => {
  const pod = (more: Record<string, unknown> = {}, metadata: Record<string, unknown> = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'x', ...metadata },
    ...more,
  });
  const codes = (list: readonly KubeObject[], options: Partial<DrainOptions> = {}) =>
    filter(list, options).verdicts.map(({ pod: { metadata }, fate, code }) =>
      `${metadata.name} ${fate} ${code ?? ''}`.trim(),
    );

  test('002-27: a selector that cannot be read is an error, and one that hides pods causes none', () => {
    expect(
      filterPods([], {
        options: { ...KUBECTL_DEFAULTS, podSelector: 'app=(' },
        nowMs: NOW,
        daemonSetExists: () => true,
      }),
    ).toMatchObject({ ok: false, fault: { code: 'usage-selector' } });
    expect(filter([pod({}, { labels: { app: 'naked' } })], { podSelector: 'app=other' })).toEqual({
      verdicts: [],
      aborts: false,
    });
  });

  test('a pod with an owner that is no controller is unmanaged', () => {
    const owners = { ownerReferences: [{ kind: 'ReplicaSet', apiVersion: 'apps/v1', name: 'r' }] };
    expect(codes([pod({}, owners)])).toEqual(['p refuse unmanaged']);
  });

  test('emptyDir: null is none, and a Memory one is local data too', () => {
    const owners = { ownerReferences: [{ kind: 'Job', apiVersion: 'batch/v1', name: 'j', controller: true }] };
    expect(codes([pod({ spec: { volumes: [{ name: 'a', emptyDir: null }] } }, owners)])).toEqual(['p evict']);
    expect(codes([pod({ spec: { volumes: [{ name: 'shm', emptyDir: { medium: 'Memory' } }] } }, owners)])).toEqual([
      'p refuse local-data',
    ]);
  });

  test('terminating for longer than N whole seconds', () => {
    const since = (seconds: number) => pod({}, { deletionTimestamp: new Date(NOW - seconds * 1000).toISOString() });
    expect(codes([since(60.9)], { skipWaitForDelete: 60 })).toEqual(['p refuse unmanaged']);
    expect(codes([since(61)], { skipWaitForDelete: 60 })).toEqual(['p spare long-terminating']);
    expect(codes([pod({}, { deletionTimestamp: 'soon' })], { skipWaitForDelete: 60 })).toEqual(['p refuse unmanaged']);
  });

  test('what Go takes for an expression, and what it does not', () => {
    const asks = (resource: string) =>
      pod({ spec: { containers: [{ resources: { requests: { [resource]: '1' } } }] } });
    const goes = (expression: string, resource: string) =>
      codes([asks(resource)], { force: true, evictionFilters: [expression] })[0]?.includes('evict');
    expect(goes('(?i)RDMA', 'nvidia.com/rdma-vf')).toBe(true);
    expect(goes('(?P<kind>rdma)', 'nvidia.com/rdma-vf')).toBe(true);
    expect(goes('(?=rdma)', 'rdma/x')).toBe(false);
    expect(goes('(a)\\1', 'aa')).toBe(false);
  });

  test('whatever a pod is made of, it is judged and nothing is thrown', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            apiVersion: fc.string(),
            kind: fc.string(),
            metadata: fc.record({ name: fc.string() }),
            spec: fc.anything(),
            status: fc.anything(),
          }),
        ),
        (list) => {
          expect(filter(list).verdicts).toHaveLength(list.length);
        },
      ),
    );
  });

  test('names of the same pod in two namespaces stay apart', () => {
    const two = [pod({}, { namespace: 'b' }), pod({}, { namespace: 'a' })];
    expect(filter(two).verdicts.map((verdict) => podName(verdict.pod))).toEqual(['a/p', 'b/p']);
  });
});
