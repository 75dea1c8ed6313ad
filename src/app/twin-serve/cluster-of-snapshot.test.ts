/** Files become a cluster that can be asked: objects as they were read, kinds whose definitions nobody collected, logs. */
import { expect, test } from 'vitest';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { PODS, SRIOV_NODE_STATES } from '../../core/model/kube-resource.ts';
import { emptySnapshot, type Snapshot } from '../../core/snapshot/snapshot.ts';
import { clusterOfSnapshot } from './cluster-of-snapshot.ts';

const NOW = Date.UTC(2026, 10, 20);

const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'p',
    namespace: 'work',
    uid: 'u1',
    resourceVersion: '900',
    creationTimestamp: '2025-01-01T00:00:00Z',
  },
  spec: { nodeName: 'n1', containers: [{ name: 'main', image: 'x:1' }] },
  status: { phase: 'Running' },
};
const nodeState = {
  apiVersion: 'sriovnetwork.openshift.io/v1',
  kind: 'SriovNetworkNodeState',
  metadata: { name: 'n1', namespace: 'network-operator' },
  spec: { notInOurSchema: [1, 2] },
  status: { syncStatus: 'InProgress' },
};
const widget = (version: string, name: string): KubeObject => ({
  apiVersion: `things.example.com/${version}`,
  kind: 'Factory',
  metadata: { name },
  spec: { any: { thing: true } },
});

const snapshotOf = (...objects: readonly KubeObject[]): Snapshot => ({
  ...emptySnapshot,
  objects: objects.map((object) => ({ object, origin: { source: 'dump/x.yaml' } })),
  texts: [
    {
      kind: 'log',
      namespace: 'work',
      pod: 'p',
      container: 'main',
      text: 'one\ntwo\n',
      origin: { source: 'dump/p.log' },
    },
  ],
});

test('objects are as they were read, but for their versions', () => {
  const { world } = clusterOfSnapshot(snapshotOf(pod, nodeState), NOW);
  const reader = world.actor('test');
  const found = reader.get(PODS, { name: 'p', namespace: 'work' });
  expect({ ...found, metadata: { ...found?.metadata, resourceVersion: '900' } }).toEqual(pod);
  expect(reader.get(SRIOV_NODE_STATES, { name: 'n1', namespace: 'network-operator' })).toMatchObject({
    spec: nodeState.spec,
    status: nodeState.status,
  });
});

test('kinds without a definition are served in every version that was seen', async () => {
  const { world } = clusterOfSnapshot(snapshotOf(widget('v1', 'a'), widget('v2', 'b')), NOW);
  const kinds = world.served().filter(({ kind }) => kind === 'Factory');
  expect(kinds.map(({ version, plural, namespaced }) => ({ version, plural, namespaced }))).toEqual([
    { version: 'v1', plural: 'factories', namespaced: false },
    { version: 'v2', plural: 'factories', namespaced: false },
  ]);
  const [first] = kinds;
  const listed = first === undefined ? undefined : await world.api().list(first);
  expect(listed).toMatchObject({
    ok: true,
    value: { items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }] },
  });
});

test('a definition that was collected is the one that counts', () => {
  const crd: KubeObject = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'fabrik.things.example.com' },
    spec: {
      group: 'things.example.com',
      scope: 'Cluster',
      names: { plural: 'fabrik', singular: 'factory', kind: 'Factory', listKind: 'FactoryList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  };
  const { world } = clusterOfSnapshot(snapshotOf(crd, widget('v1', 'a')), NOW);
  expect(world.served().filter(({ kind }) => kind === 'Factory')).toMatchObject([{ plural: 'fabrik' }]);
  expect([...world.objects()].filter(({ kind }) => kind === 'Factory')).toHaveLength(1);
});

test('logs are those of the files; commands find nothing that runs', async () => {
  const { world } = clusterOfSnapshot(snapshotOf(pod), NOW);
  const api = world.api();
  const key = { name: 'p', namespace: 'work' };
  expect(await api.logs(key, { tailLines: 1 })).toEqual({ ok: true, value: 'two\n' });
  expect(await api.exec(key, ['ls'], { timeoutMs: 1_000, maxBytes: 1_000 })).toMatchObject({
    ok: true,
    value: { exitCode: 127 },
  });
});

test('a pod that is deleted goes when its grace is over', async () => {
  const { world, clock } = clusterOfSnapshot(snapshotOf(pod), NOW);
  const key = { name: 'p', namespace: 'work' };
  await world.api().delete(PODS, key, { graceSeconds: 10 });
  await clock.run(9_000);
  expect(world.actor('test').get(PODS, key)?.metadata.deletionTimestamp).toBeDefined();
  await clock.run(2_000);
  expect(world.actor('test').get(PODS, key)).toBeUndefined();
});

test('a definition as a dump has it, with uid and resourceVersion, is served', async () => {
  const crd: KubeObject = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'factories.things.example.com', uid: 'u9', resourceVersion: '77' },
    spec: {
      group: 'things.example.com',
      scope: 'Cluster',
      names: { plural: 'factories', singular: 'factory', kind: 'Factory' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
    status: { conditions: [] },
  };
  const { world } = clusterOfSnapshot(snapshotOf(crd, widget('v1', 'f')), NOW);
  expect(world.served().map(({ plural }) => plural)).toContain('factories');
});
