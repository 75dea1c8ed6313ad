import { expect, test } from 'vitest';
import type { KubeObject } from '../model/kube-object.ts';
import { emptySnapshot } from '../snapshot/snapshot.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { OFED_KEYS } from './driver-keys.ts';
import { driverManagers } from './driver-managers.ts';
import { forecastPasses } from './forecast-passes.ts';

const namespace = 'nvidia-network-operator';

const node = (name: string, state: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { [OFED_KEYS.state]: state } },
  spec: { unschedulable: state.startsWith('drain') },
});

const daemonSet = (name: string, owner?: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: {
    name,
    namespace,
    uid: name,
    labels: { 'nvidia.com/ofed-driver': '', ...(owner && { 'ds-owner': owner }) },
  },
  spec: { selector: { matchLabels: {} } },
  status: { desiredNumberScheduled: 1 },
});

const pod = (name: string, nodeName: string, of: string, labels: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace,
    labels: { 'controller-revision-hash': 'old', ...labels },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: of, uid: of }],
  },
  spec: { nodeName, containers: [] },
  status: { phase: 'Running' },
});

const revision = (of: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'ControllerRevision',
  metadata: { name: `${of}-new`, namespace },
  revision: 1,
});

const policy = (kind: string, name: string, autoUpgrade: boolean): KubeObject => ({
  apiVersion: 'mellanox.com/v1alpha1',
  kind,
  metadata: { name },
  spec: { ofedDriver: { upgradePolicy: { autoUpgrade } } },
});

const ALL_KINDS = [
  'Node',
  'Pod',
  'DaemonSet.apps',
  'ControllerRevision.apps',
  'NodeMaintenance.maintenance.nvidia.com',
];

const live = (...objects: readonly KubeObject[]): Snapshot => ({
  ...emptySnapshot,
  objects: objects.map((object) => ({ object, origin: { source: 'live: context test' } })),
  listed: new Set(ALL_KINDS),
  sources: ['live: context test'],
});

const ofed = { 'nvidia.com/ofed-driver': '' };

const TWO_POLICIES = [
  node('a', 'upgrade-done'),
  node('b', 'drain-required'),
  daemonSet('mofed-a-ds', 'NicClusterPolicy'),
  daemonSet('mofed-b-ds', 'nnp-gpu'),
  pod('pa', 'a', 'mofed-a-ds', { ...ofed, 'ds-owner': 'NicClusterPolicy' }),
  pod('pb', 'b', 'mofed-b-ds', { ...ofed, 'ds-owner': 'nnp-gpu' }),
  revision('mofed-a-ds'),
  revision('mofed-b-ds'),
];

test('each NicNodePolicy has a manager of its own, and the cluster policy leaves its nodes alone (D24)', () => {
  const both = forecastPasses(
    live(...TWO_POLICIES, policy('NicClusterPolicy', 'nic-cluster-policy', true), policy('NicNodePolicy', 'gpu', true)),
    0,
  );
  expect(both.map(({ manager, decisions }) => [manager, decisions.map((each) => `${each.node} ${each.to}`)])).toEqual([
    ['NicClusterPolicy/nic-cluster-policy', ['a upgrade-required']],
    ['NicNodePolicy/gpu', ['b pod-restart-required']],
  ]);
  expect(both.map(({ defects }) => defects.includes('D24'))).toEqual([true, true]);
  const off = forecastPasses(
    live(
      ...TWO_POLICIES,
      policy('NicClusterPolicy', 'nic-cluster-policy', false),
      policy('NicNodePolicy', 'gpu', true),
    ),
    0,
  );
  expect(off[0]).toMatchObject({ writes: [{ do: 'drop-state', node: 'a' }], leftBehind: [] });
  expect(off[1]?.writes).toHaveLength(1);
});

test('002-29 driver pods are found by nvidia.com/ofed-driver, and by app=mofed-<os> on old releases', () => {
  const objects = [
    node('a', ''),
    node('b', ''),
    pod('new', 'a', 'mofed-x-ds', { ...ofed, app: 'mofed-ubuntu22.04-54669c9886' }),
    pod('old', 'b', 'mofed-x-ds', { app: 'mofed-ubuntu20.04' }),
    pod('other', 'b', 'x', { app: 'web' }),
  ];
  const [manager] = driverManagers(live(...objects, policy('NicClusterPolicy', 'nic-cluster-policy', true)));
  expect(manager?.input.driverPods.map(({ metadata }) => metadata.name)).toEqual(['new', 'old']);
});

test('an input is whole in the kinds that it lists, and in no other', () => {
  const listsOf = (...listed: readonly string[]): readonly string[] => [
    ...(driverManagers({ ...emptySnapshot, listed: new Set(listed) })[0]?.input.partial ?? []),
  ];
  expect(listsOf(...ALL_KINDS)).toEqual([]);
  expect(listsOf('Pod', 'Node')).toEqual(['daemonSets', 'revisions', 'maintenances']);
});

test('without a policy nothing is decided, and the reason is told', () => {
  expect(forecastPasses(live(node('a', 'upgrade-done')), 0)[0]).toMatchObject({
    off: 'no NicClusterPolicy nic-cluster-policy is in the input',
    writes: [{ do: 'drop-state', node: 'a' }],
  });
  const elsewhere = live(policy('NicClusterPolicy', 'my-policy', true));
  expect(forecastPasses(elsewhere, 0)[0]?.off).toMatch(
    /my-policy is ignored: the operator looks only at one called nic-cluster-policy/,
  );
});
