/** A rehearsal on what dumps lack and on what they hold beside: it ends, well or with the reason, and says what it assumed. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { planActivateFirmware } from '../../core/plan/plan-activate-firmware.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { Snapshot } from '../../core/snapshot/snapshot.ts';
import { DGX_NODES } from '../../twin/scenarios/dgx-fleet.ts';
import { scenarioNamed } from '../../twin/scenarios/scenarios.ts';
import { createTwin } from '../../twin/twin.ts';
import { rehearsePlan, type Rehearsal } from './rehearse-plan.ts';

const ROLLOUT = {
  power: {
    adapter: 'bmc',
    graceful: true,
    gracefulBy: 'bmc' as const,
    force: true,
    holdSeconds: 60,
    bootSeconds: 2700,
  },
  drain: { force: true, deleteEmptyDir: true, timeoutSeconds: 3600 },
};

let snapshot: Snapshot;
let plan: Plan;

beforeAll(async () => {
  const scenario = scenarioNamed('dgx-cold-restart');
  if (scenario === undefined) throw new Error('the scenario is gone');
  const twin = createTwin(scenario, 1);
  await twin.runUntil(twin.start + 125 * 60_000);
  snapshot = twin.snapshot();
  const made = planActivateFirmware(snapshot, {
    nodes: [],
    allow: { dpuPowerCut: true },
    rollout: ROLLOUT,
    nowMs: twin.clock.now(),
  });
  if (!made.ok) throw new Error(made.fault.message);
  plan = made.value;
}, 60_000);

const without = (...kinds: readonly string[]): Snapshot => ({
  ...snapshot,
  objects: snapshot.objects.filter(({ object }) => !kinds.includes(object.kind)),
});

const withMore = (...objects: readonly KubeObject[]): Snapshot => ({
  ...snapshot,
  objects: [...snapshot.objects, ...objects.map((object) => ({ object, origin: { source: 'more.yaml' } }))],
});

const rehearse = async (input: Snapshot): Promise<Rehearsal> => {
  const done = await rehearsePlan({ plan, snapshot: input, seed: 1 });
  if (!done.ok) throw new Error(done.fault.message);
  return done.value;
};

describe('one kind is not in the dump', { timeout: 60_000 }, () => {
  // prettier-ignore
  test.for<[string, readonly string[], RegExp]>([
    ['ControllerRevisions, as in most dumps', ['ControllerRevision'], /its present template is that of its pods/],
    ['DaemonSets', ['DaemonSet'], /DaemonSet\/network-operator\/sriov-network-config-daemon: it is taken to be as its 2 pods are/],
    ['ReplicaSets', ['ReplicaSet'], /ReplicaSet\/ml\/inference-\w+: it is taken to be as its 4 pods are/],
    ['Deployments', ['Deployment'], /release of the network operator is not in the input/],
    ['ConfigMaps', ['ConfigMap'], /drawn for this class/],
    ['CRDs', ['CustomResourceDefinition'], /drawn for this class/],
    ['Namespaces', ['Namespace'], /drawn for this class/],
    ['Pods', ['Pod'], /the input has no pods/],
    ['node states', ['SriovNetworkNodeState'], /drawn for this class/],
    ['policies', ['SriovNetworkNodePolicy'], /SriovNetworkNodePolicy has changed since the plan was made/],
    ['pools', ['SriovNetworkPoolConfig'], /SriovNetworkPoolConfig has changed/],
    ['the operator config', ['SriovOperatorConfig'], /SriovOperatorConfig default is assumed to be there/],
    ['the policy of the network operator', ['NicClusterPolicy'], /drawn for this class/],
    ['the operators', ['Deployment', 'ReplicaSet', 'Pod'], /the SR-IOV operator is assumed to run in network-operator/],
    ['every workload', ['Deployment', 'ReplicaSet', 'DaemonSet', 'Pod', 'ControllerRevision'], /the SR-IOV operator is assumed to run/],
  ])('%s: it ends well, and says what it assumes', async ([, kinds, assumes]) => {
    const { outcome, because, assumptions, blockers } = await rehearse(without(...kinds));
    expect([outcome, because]).toEqual(['complete', 'every step was carried out and proved']);
    expect(blockers).toEqual([]);
    expect(assumptions.join('\n')).toMatch(assumes);
  });

  test('everything of the SR-IOV operator: whose cordon it is cannot be told, and such a node is not visited', async () => {
    const { outcome, blockers, assumptions } = await rehearse(
      without(
        'Deployment',
        'ReplicaSet',
        'DaemonSet',
        'Pod',
        'SriovOperatorConfig',
        'SriovNetworkNodeState',
        'SriovNetworkPoolConfig',
        'SriovNetworkNodePolicy',
      ),
    );
    expect(outcome).toBe('unfinished');
    expect(blockers).toContainEqual({ node: 'dgx030', because: expect.stringContaining('it is cordoned by somebody') });
    expect(assumptions.join('\n')).toMatch(/the SR-IOV operator is assumed to run in network-operator/);
  });

  test('everything but the nodes: the plan is still carried out, on what is assumed', async () => {
    const kinds = new Set(snapshot.objects.map(({ object }) => object.kind));
    kinds.delete('Node');
    const { outcome, assumptions } = await rehearse(without(...kinds));
    expect(outcome).not.toBe('held');
    expect(assumptions.join('\n')).toMatch(/SriovOperatorConfig default is assumed to be there/);
  });

  test('the node that the operators run on, and their workloads: they are assumed', async () => {
    const some = without('Deployment', 'ReplicaSet');
    const { outcome, assumptions } = await rehearse({
      ...some,
      objects: some.objects.filter(
        ({ object }) => object.kind !== 'Node' || DGX_NODES.some((name) => name === object.metadata.name),
      ),
    });
    expect(outcome).toBe('complete');
    expect(assumptions.join('\n')).toMatch(/the SR-IOV operator is assumed to run/);
  });

  test('nodes: there is nothing to rehearse on', async () => {
    const done = await rehearsePlan({ plan, snapshot: without('Node'), seed: 1 });
    expect(done).toMatchObject({ ok: false, fault: { code: 'input-no-nodes' } });
  });

  test('one node of the plan: it is named', async () => {
    const one = {
      ...snapshot,
      objects: snapshot.objects.filter(({ object }) => object.kind !== 'Node' || object.metadata.name !== DGX_NODES[1]),
    };
    const { outcome, because } = await rehearse(one);
    expect([outcome, because]).toEqual(['held', expect.stringContaining('there is no node dgx031')]);
  });
});

const workload = (name: string, more: Readonly<Record<string, unknown>>, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'ml', uid: `uid-${name}`, labels: { app: name }, ...more },
  spec: {
    nodeName: DGX_NODES[0],
    containers: [{ name: 'main', image: 'registry.example/ml/app:1' }],
    tolerations: [],
    ...spec,
  },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [{ name: 'main', ready: true, state: { running: {} } }],
  },
});

const ownedBy = (kind: string, apiVersion: string, name: string) => ({
  ownerReferences: [{ apiVersion, kind, name, uid: `uid-of-${name}`, controller: true }],
});

describe('what dumps hold beside', { timeout: 60_000 }, () => {
  // prettier-ignore
  test.for<[string, readonly KubeObject[], RegExp]>([
    ['a pod with a finalizer of an operator that is not there', [workload('held', { finalizers: ['ray.io/keep'] })], /finalizer ray\.io\/keep of Pod\/ml\/held/],
    ['a pod of a controller that is not there', [workload('worker-0', ownedBy('PyTorchJob', 'kubeflow.org/v1', 'train'))], /PyTorchJob\/ml\/train: its 1 pods do not come back/],
    ['a pod on a volume', [workload('disk', ownedBy('StatefulSet', 'apps/v1', 'db'), { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-0' } }] })], /volumes of 1 pod/],
    ['a pod that is bound to its node', [workload('pinned', ownedBy('ReplicaSet', 'apps/v1', 'pinned-1'), { nodeSelector: { 'kubernetes.io/hostname': DGX_NODES[0] } })], /ReplicaSet\/ml\/pinned-1: it is taken to be as its pod is/],
    ['a static pod', [workload('kube-proxy', { annotations: { 'kubernetes.io/config.mirror': 'x', 'kubernetes.io/config.source': 'file' }, ...ownedBy('Node', 'v1', DGX_NODES[0]) })], /drawn for this class/],
    ['a pod of a Job', [workload('job-0', ownedBy('Job', 'batch/v1', 'job'))], /Job\/ml\/job: its 1 pods do not come back/],
    ['a webhook whose Service is not there', [
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'other', namespace: 'ml' }, spec: { ports: [{ port: 1 }] } },
      { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: 'inject' }, webhooks: [{ name: 'a.b.c', clientConfig: { service: { namespace: 'ml', name: 'gone' } }, rules: [{ resources: ['pods'] }] }] },
    ], /MutatingWebhookConfiguration inject \(pods\): the twin calls no webhook; its Service ml\/gone is not in the input/],
    ['an object of a kind that nobody knows', [{ apiVersion: 'example.org/v1', kind: 'Gadget', metadata: { name: 'g' } }], /1 Gadget\.example\.org: the twin has no such kind/],
    ['an object without a name', [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: '' } }], /drawn for this class/],
  ])('%s: it ends well, and is told', async ([, objects, told]) => {
    const { outcome, because, assumptions, leftOut } = await rehearse(withMore(...objects));
    expect([outcome, because]).toEqual(['complete', 'every step was carried out and proved']);
    expect([...assumptions, ...leftOut].join('\n')).toMatch(told);
  });

  test('a node that a person cordoned is not visited, and the rehearsal says that it does not end', async () => {
    const idle = without('SriovNetworkNodeState', 'SriovNetworkNodePolicy');
    const cordoned = {
      ...idle,
      objects: idle.objects.map((one) =>
        DGX_NODES.some((name) => name === one.object.metadata.name) && one.object.kind === 'Node'
          ? {
              ...one,
              object: {
                ...one.object,
                metadata: {
                  ...one.object.metadata,
                  managedFields: [{ manager: 'kubectl-cordon', fieldsV1: { 'f:spec': { 'f:unschedulable': {} } } }],
                },
                spec: { ...(one.object['spec'] as object), unschedulable: true },
              } as KubeObject,
            }
          : one,
      ),
    };
    const { outcome, because, blockers, steps } = await rehearse(cordoned);
    expect(outcome).toBe('unfinished');
    expect(because).toMatch(/^it did not end within \d+ h .*: stuck at step 4 of 6, .*dgx030/);
    expect(blockers[0]).toEqual({ node: 'dgx030', because: expect.stringContaining('cordoned by kubectl-cordon') });
    expect(steps.map((step) => step.outcome)).toEqual(['done', 'done', 'done', 'failed', 'not reached', 'not reached']);
  });
});
