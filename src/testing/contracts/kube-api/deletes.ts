/** Contract of KubeApi: deletes and evictions. */
import { expect } from 'vitest';
import { dig, digNumber } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { CONFIG_MAPS, POD_DISRUPTION_BUDGETS, PODS } from '../../../core/model/kube-resource.ts';
import type { KubeApi } from '../../../core/ports/kube-api.ts';
import { configMap, type ContractTest, expectFault, good, keyOf, pod, versionOf, WIDGETS, widget } from './world.ts';

const RUNNING = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };

/** A pod that runs and is ready on a node, as budgets count it. */
const runningPod = async (api: KubeApi, namespace: string, name: string): Promise<KubeObject> => {
  const made = good(await api.create(PODS, pod(namespace, name, { node: 'n1', labels: { app: 'web' } })));
  return good(await api.patch(PODS, keyOf(made), { type: 'merge', body: RUNNING }, { subresource: 'status' }));
};

/** A budget that was already reckoned up: this many may go. */
const budget = async (api: KubeApi, namespace: string, name: string, disruptionsAllowed: number): Promise<void> => {
  const made = good(
    await api.create(POD_DISRUPTION_BUDGETS, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { namespace, name },
      spec: { maxUnavailable: disruptionsAllowed, selector: { matchLabels: { app: 'web' } } },
    }),
  );
  const counts = { expectedPods: 2, currentHealthy: 2, desiredHealthy: 2 - disruptionsAllowed };
  const status = { observedGeneration: 1, disruptionsAllowed, ...counts };
  good(await api.update(POD_DISRUPTION_BUDGETS, { ...made, status }, { subresource: 'status' }));
};

export const deleteContract = (it: ContractTest): void => {
  it('delete takes the object away', async ({ api }, namespace) => {
    const made = good(await api.create(CONFIG_MAPS, configMap(namespace, 'a')));
    expect(good(await api.delete(CONFIG_MAPS, keyOf(made)))).toMatchObject({ gone: true });
    expectFault(await api.get(CONFIG_MAPS, keyOf(made)), 'kube-not-found');
    expectFault(await api.delete(CONFIG_MAPS, keyOf(made)), 'kube-not-found');
  });

  it('preconditions that are not met are kube-conflict, and nothing is deleted', async ({ api }, namespace) => {
    const made = good(await api.create(CONFIG_MAPS, configMap(namespace, 'a')));
    for (const preconditions of [{ uid: '00000000-0000-4000-8000-000000000000' }, { resourceVersion: '1' }])
      expectFault(await api.delete(CONFIG_MAPS, keyOf(made), { preconditions }), 'kube-conflict', { status: 409 });
    const { uid = '' } = made.metadata;
    const preconditions = { uid, resourceVersion: versionOf(made) };
    expect(good(await api.delete(CONFIG_MAPS, keyOf(made), { preconditions }))).toMatchObject({ gone: true });
  });

  it('a dry run of delete leaves it there', async ({ api }, namespace) => {
    const made = good(await api.create(CONFIG_MAPS, configMap(namespace, 'a')));
    good(await api.delete(CONFIG_MAPS, keyOf(made), { dryRun: true }));
    expect(good(await api.get(CONFIG_MAPS, keyOf(made)))).toEqual(made);
  });

  it('a finalizer keeps the object, marked, until it is taken off', async ({ api }, namespace) => {
    const draft = widget(namespace, 'w');
    const held = { ...draft, metadata: { ...draft.metadata, finalizers: ['contract.nicwright.dev/hold'] } };
    good(await api.create(WIDGETS, held));
    const first = good(await api.delete(WIDGETS, keyOf(held)));
    expect(first).toMatchObject({
      gone: false,
      object: { metadata: { deletionTimestamp: expect.any(String) as string } },
    });
    expect(good(await api.delete(WIDGETS, keyOf(held)))).toMatchObject({ gone: false });
    good(await api.patch(WIDGETS, keyOf(held), { type: 'merge', body: { metadata: { finalizers: null } } }));
    expectFault(await api.get(WIDGETS, keyOf(held)), 'kube-not-found');
  });

  it('Foreground and Orphan leave a finalizer for the garbage collector', async ({ api }, namespace) => {
    for (const [name, propagation, finalizer] of [
      ['front', 'Foreground', 'foregroundDeletion'],
      ['orphan', 'Orphan', 'orphan'],
    ] as const) {
      good(await api.create(WIDGETS, widget(namespace, name)));
      const answer = good(await api.delete(WIDGETS, { namespace, name }, { propagation }));
      expect(answer).toMatchObject({ gone: false, object: { metadata: { finalizers: [finalizer] } } });
    }
    good(await api.create(WIDGETS, widget(namespace, 'back')));
    const back = await api.delete(WIDGETS, { namespace, name: 'back' }, { propagation: 'Background' });
    expect(good(back)).toMatchObject({ gone: true });
  });

  it('a pod on a node keeps its grace period, a pod on none goes at once', async ({ api }, namespace) => {
    good(await api.create(PODS, pod(namespace, 'placed', { node: 'n1' })));
    good(await api.create(PODS, pod(namespace, 'waiting')));
    const placed = good(await api.delete(PODS, { namespace, name: 'placed' }));
    expect(placed).toMatchObject({ gone: false, object: { metadata: { deletionGracePeriodSeconds: 30 } } });
    expect(good(await api.delete(PODS, { namespace, name: 'waiting' }))).toMatchObject({ gone: true });
    const shorter = good(await api.delete(PODS, { namespace, name: 'placed' }, { graceSeconds: 5 }));
    expect(digNumber(shorter.object, 'metadata', 'deletionGracePeriodSeconds')).toBe(5);
    expect(good(await api.delete(PODS, { namespace, name: 'placed' }, { graceSeconds: 0 }))).toMatchObject({
      gone: true,
    });
    expectFault(await api.get(PODS, { namespace, name: 'placed' }), 'kube-not-found');
  });
};

export const evictContract = (it: ContractTest): void => {
  it('evict starts the end of a pod that no budget covers', async ({ api }, namespace) => {
    const running = await runningPod(api, namespace, 'p');
    good(await api.evict({ namespace, name: 'p' }));
    const ending = good(await api.get(PODS, keyOf(running)));
    expect(ending.metadata).toMatchObject({ deletionTimestamp: expect.any(String) as string });
    const conditions = dig(ending, 'status', 'conditions');
    expect(conditions).toContainEqual(
      expect.objectContaining({ type: 'DisruptionTarget', reason: 'EvictionByEvictionAPI' }),
    );
  });

  it('a budget of 0 is kube-budget, and the pod stays', async ({ api }, namespace) => {
    const running = await runningPod(api, namespace, 'p');
    await budget(api, namespace, 'b', 0);
    const cause = { reason: 'DisruptionBudget', message: expect.stringContaining('b') as string };
    for (const options of [{}, { dryRun: true }])
      expectFault(await api.evict({ namespace, name: 'p' }, options), 'kube-budget', { status: 429, causes: [cause] });
    expect(good(await api.get(PODS, keyOf(running)))).toEqual(running);
  });

  it('a budget is spent by evictions', async ({ api }, namespace) => {
    for (const name of ['p', 'q']) await runningPod(api, namespace, name);
    await budget(api, namespace, 'b', 1);
    good(await api.evict({ namespace, name: 'p' }, { dryRun: true }));
    good(await api.evict({ namespace, name: 'p' }));
    expectFault(await api.evict({ namespace, name: 'q' }), 'kube-budget');
    const spent = good(await api.get(POD_DISRUPTION_BUDGETS, { namespace, name: 'b' }));
    expect(spent['status']).toMatchObject({
      disruptionsAllowed: 0,
      disruptedPods: { p: expect.any(String) as string },
    });
  });

  it('a budget that is not reckoned up yet says when to ask again', async ({ api }, namespace) => {
    await runningPod(api, namespace, 'p');
    await budget(api, namespace, 'b', 1);
    const change = { type: 'merge', body: { spec: { maxUnavailable: 2 } } } as const;
    good(await api.patch(POD_DISRUPTION_BUDGETS, { namespace, name: 'b' }, change));
    expectFault(await api.evict({ namespace, name: 'p' }), 'kube-budget', { retryAfterMs: 10_000 });
  });

  it('two budgets for one pod are kube-server-error', async ({ api }, namespace) => {
    await runningPod(api, namespace, 'p');
    await budget(api, namespace, 'b', 1);
    await budget(api, namespace, 'c', 1);
    expectFault(await api.evict({ namespace, name: 'p' }), 'kube-server-error', { status: 500 });
  });

  it('a pod that waits for its start goes, whatever the budget', async ({ api }, namespace) => {
    good(await api.create(PODS, pod(namespace, 'p', { labels: { app: 'web' } })));
    await budget(api, namespace, 'b', 0);
    good(await api.evict({ namespace, name: 'p' }));
    expectFault(await api.get(PODS, { namespace, name: 'p' }), 'kube-not-found');
  });

  it('a pod that is gone is kube-not-found', async ({ api }, namespace) => {
    expectFault(await api.evict({ namespace, name: 'none' }), 'kube-not-found', { status: 404 });
  });

  it('another pod of the same name is kube-conflict', async ({ api }, namespace) => {
    const running = await runningPod(api, namespace, 'p');
    const preconditions = { uid: '00000000-0000-4000-8000-000000000000' };
    expectFault(await api.evict({ namespace, name: 'p' }, { preconditions }), 'kube-conflict', { status: 409 });
    expect(good(await api.get(PODS, keyOf(running)))).toEqual(running);
  });
};
