import { expect, test } from 'vitest';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { emptySnapshot } from '../../../core/snapshot/snapshot.ts';
import type { Snapshot } from '../../../core/snapshot/snapshot.ts';
import { fakeCommandContext } from '../../../testing/fake-command-context.ts';
import type { OptionValues } from '../command.ts';
import { EXIT, exitOf } from '../exit-code.ts';
import { plainPaint } from '../paint.ts';
import drainPreview from './drain-preview.ts';

const pod = (
  name: string,
  more: { readonly spec?: object; readonly labels?: Record<string, string>; readonly owner?: string } = {},
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'train',
    labels: more.labels ?? {},
    ...(more.owner === undefined
      ? {}
      : { ownerReferences: [{ apiVersion: 'batch/v1', kind: more.owner, name: 'job', controller: true }] }),
  },
  spec: { nodeName: 'dgx031', ...more.spec },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
});

const vf = { containers: [{ resources: { requests: { 'nvidia.com/resibp24s0': '1' } } }] };

const budget: KubeObject = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'nccl', namespace: 'train' },
  spec: { maxUnavailable: 0, selector: { matchLabels: { app: 'nccl' } } },
  status: { expectedPods: 2, currentHealthy: 2, desiredHealthy: 2, disruptionsAllowed: 0 },
};

const snapshotOf = (...objects: readonly KubeObject[]): Snapshot => ({
  ...emptySnapshot,
  objects: objects.map((object) => ({ object, origin: { source: 'dump' } })),
  listed: new Set(['Pod', 'PodDisruptionBudget.policy']),
});

const world = snapshotOf(
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'dgx031' } },
  pod('nccl-0', { owner: 'Job', labels: { app: 'nccl' }, spec: vf }),
  pod('web', { owner: 'ReplicaSet', labels: { app: 'web' } }),
  pod('mpi', {
    owner: 'Job',
    labels: { app: 'mpi' },
    spec: { hostNetwork: true, containers: [{ securityContext: { privileged: true } }] },
  }),
);

const run = async (options: OptionValues, snapshot = world, node = 'dgx031') => {
  const answer = await drainPreview.run(fakeCommandContext({ snapshot }), [node], { for: 'restart', ...options });
  return answer.ok
    ? { exit: answer.value.exit, text: answer.value.text(plainPaint), data: answer.value.data }
    : { exit: exitOf(answer.fault), text: answer.fault.message, data: undefined };
};

test('002-22: for a driver reload exactly the users of NICs are named, and host-network ones cannot be seen', async () => {
  const { exit, text } = await run({ for: 'driver-reload' });
  expect(exit).toBe(EXIT.clean);
  expect(text.split('\n')).toEqual([
    'dgx031 for a reload of the driver: 1 of 3 pods have to go; nothing holds them',
    '',
    'WAVE   POD            BECAUSE IT',
    '1      train/nccl-0   requests nvidia.com/resibp24s0',
    '',
    'unseen   train/mpi',
    '         whether they use RDMA over the host network cannot be seen from the API',
    '         -> on dgx031: fuser -v /dev/infiniband/*',
    '',
    "the same by kubectl: kubectl drain dgx031 --ignore-daemonsets --pod-selector='app=nccl'",
  ]);
});

test('002-45: a budget that never allows is named with who can lift it', async () => {
  const { exit, text } = await run(
    { for: 'vf-change' },
    { ...world, objects: [...world.objects, { object: budget, origin: { source: 'dump' } }] },
  );
  expect(exit).toBe(EXIT.findings);
  expect(text).toContain(
    'never    train/nccl-0\n         PodDisruptionBudget/train/nccl: maxUnavailable 0 allows none to go, ever',
  );
  expect(text).toContain('-> ask whoever runs namespace train to relax it or to add replicas');
});

test('000-65: a pod with emptyDir stops the whole drain until its loss is consented to', async () => {
  const scratch = snapshotOf(
    pod('cache', { owner: 'ReplicaSet', spec: { volumes: [{ name: 'scratch', emptyDir: {} }] } }),
    pod('web', { owner: 'ReplicaSet' }),
  );
  const refused = await run({}, scratch);
  expect(refused).toMatchObject({
    exit: EXIT.findings,
    data: { verdict: 'aborts', refused: [{ pod: 'train/cache', code: 'local-data' }] },
  });
  expect(refused.text).toContain('1 pod must not go without consent, so none at all would be evicted');
  const allowed = await run({ deleteEmptydirData: true }, scratch);
  expect(allowed).toMatchObject({ exit: EXIT.clean, data: { verdict: 'goes' } });
  expect(allowed.text).toContain('kubectl drain dgx031 --ignore-daemonsets --delete-emptydir-data');
});

test('002-27: a bad selector is an error before anything, a good one hides pods without an error', async () => {
  expect(await run({ podSelector: 'app=(' })).toMatchObject({ exit: EXIT.usage });
  const { text } = await run({ podSelector: 'app=web' });
  expect(text).toContain('1 of 3 pods have to go');
  expect(text).toContain("kubectl drain dgx031 --ignore-daemonsets --pod-selector='app=web'");
});

test('what is not in the input is said', async () => {
  expect(await run({}, world, 'dgx099')).toMatchObject({
    exit: EXIT.unreadable,
    text: 'There is no node dgx099 in the input; it has dgx031.',
  });
  expect(await run({}, emptySnapshot)).toMatchObject({ exit: EXIT.unreadable });
  const { text } = await run({}, { ...world, listed: new Set(['Pod']) });
  expect(text).toContain('unknown  whether budgets hold pods back: the input has no list of PodDisruptionBudgets');
});
