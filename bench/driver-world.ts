/**
 * Workload U: nodes, driver pods of one OnDelete DaemonSet and its two revisions, the same on every machine and in the
 * peer's Go program (peers/driver-pass). Nodes are as large as real ones (8.5 kB of JSON), since reading them is the work.
 */
import { DRIVER_POD_LABEL, OFED_KEYS } from '../src/core/driver/driver-keys.ts';
import type { FleetInput } from '../src/core/driver/fleet.ts';
import type { UpgradePolicy } from '../src/core/driver/upgrade-policy.ts';
import type { UpgradeState } from '../src/core/driver/upgrade-state.ts';
import type { KubeObject } from '../src/core/model/kube-object.ts';

export const SCENARIOS = ['steady', 'first', 'mixed'] as const;
export type Scenario = (typeof SCENARIOS)[number];

const NAMESPACE = 'nvidia-network-operator';
const DAEMON_SET = 'mofed-ubuntu24.04-ds';
const NEW_HASH = '7d9f8b6c55';
const OLD_HASH = '5c6b7d8f99';
const TIME = '2025-11-24T16:00:00Z';

interface Place {
  readonly state: UpgradeState;
  readonly current: boolean;
  readonly ready: boolean;
  readonly cordoned: boolean;
}

const place = (state: UpgradeState, current: boolean, cordoned: boolean, ready = true): Place => ({
  state,
  current,
  ready,
  cordoned,
});

/** Of a hundred nodes in scenario mixed, so many in a row are at each place. */
const MIXED: readonly (readonly [count: number, place: Place])[] = [
  [50, place('upgrade-required', false, false)],
  [25, place('upgrade-done', true, false)],
  [5, place('cordon-required', false, false)],
  [3, place('wait-for-jobs-required', false, true)],
  [3, place('drain-required', false, true)],
  [4, place('pod-restart-required', false, true)],
  [4, place('pod-restart-required', true, true)],
  [2, place('upgrade-failed', true, true, false)],
  [4, place('uncordon-required', true, true)],
];

const MIXED_PLACES: readonly Place[] = MIXED.flatMap(([count, at]) => Array.from({ length: count }, () => at));

const placeOf = (scenario: Scenario, index: number): Place =>
  scenario === 'mixed'
    ? (MIXED_PLACES[index % MIXED_PLACES.length] as Place)
    : place('upgrade-done', scenario === 'steady', false);

const padded = (index: number, digits: number): string => String(index).padStart(digits, '0');
const nodeName = (index: number): string => `node-${padded(index, 5)}`;

const condition = (type: string, status: string) => ({
  type,
  status,
  reason: `Kubelet${type}`,
  message: `kubelet reports ${type}`,
  lastHeartbeatTime: TIME,
  lastTransitionTime: TIME,
});

const resources = () => ({
  cpu: '224',
  memory: '2113412580Ki',
  pods: '110',
  'nvidia.com/gpu': '8',
  'nvidia.com/resibp0': '8',
  'ephemeral-storage': '1843218412Ki',
});

const node = (index: number, { state, cordoned }: Place): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: nodeName(index),
    uid: `00000000-0000-4000-8000-${padded(index, 12)}`,
    creationTimestamp: TIME,
    labels: {
      'kubernetes.io/hostname': nodeName(index),
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
      'node-role.kubernetes.io/worker': '',
      'feature.node.kubernetes.io/pci-15b3.present': 'true',
      'feature.node.kubernetes.io/rdma.capable': 'true',
      'feature.node.kubernetes.io/system-os_release.ID': 'ubuntu',
      'feature.node.kubernetes.io/system-os_release.VERSION_ID': '24.04',
      'feature.node.kubernetes.io/kernel-version.full': '6.8.0-60-generic',
      'topology.kubernetes.io/zone': `rack-${padded(Math.floor(index / 40), 3)}`,
      ...Object.fromEntries(
        Array.from({ length: 20 }, (_, k) => [`feature.node.kubernetes.io/cpu-cpuid.F${padded(k, 2)}`, 'true']),
      ),
      [OFED_KEYS.state]: state,
    },
    annotations: {
      'node.alpha.kubernetes.io/ttl': '0',
      'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
    },
  },
  spec: { podCIDR: `10.${index >> 8}.${index & 255}.0/24`, ...(cordoned && { unschedulable: true }) },
  status: {
    capacity: resources(),
    allocatable: resources(),
    conditions: [
      ...['NetworkUnavailable', 'MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type) =>
        condition(type, 'False'),
      ),
      condition('Ready', 'True'),
    ],
    addresses: [
      { type: 'InternalIP', address: `172.16.${index >> 8}.${index & 255}` },
      { type: 'Hostname', address: nodeName(index) },
    ],
    images: Array.from({ length: 30 }, (_, k) => ({
      names: [
        `registry.example/image-${padded(k, 2)}@sha256:${padded(k, 64)}`,
        `registry.example/image-${padded(k, 2)}:v1.0`,
      ],
      sizeBytes: 123_456_789,
    })),
    nodeInfo: { kernelVersion: '6.8.0-60-generic', osImage: 'Ubuntu 24.04.2 LTS', kubeletVersion: 'v1.32.2' },
  },
});

const driverPod = (index: number, { current, ready }: Place): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `${DAEMON_SET}-${padded(index, 5)}`,
    namespace: NAMESPACE,
    uid: `00000000-0000-4000-9000-${padded(index, 12)}`,
    creationTimestamp: TIME,
    labels: {
      app: DAEMON_SET,
      [DRIVER_POD_LABEL]: '',
      'controller-revision-hash': current ? NEW_HASH : OLD_HASH,
      'pod-template-generation': '2',
    },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'DaemonSet', name: DAEMON_SET, uid: 'ds-uid-1', controller: true },
    ],
  },
  spec: {
    nodeName: nodeName(index),
    serviceAccountName: 'ofed-driver',
    hostNetwork: true,
    containers: [{ name: 'mofed-container', image: 'registry.example/doca-driver:25.04-0.6.1.0-2-ubuntu24.04-amd64' }],
  },
  status: {
    phase: 'Running',
    startTime: TIME,
    conditions: [condition('Ready', ready ? 'True' : 'False'), condition('PodScheduled', 'True')],
    containerStatuses: [{ name: 'mofed-container', ready, restartCount: 0 }],
  },
});

const daemonSet = (nodes: number): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: {
    name: DAEMON_SET,
    namespace: NAMESPACE,
    uid: 'ds-uid-1',
    labels: { [DRIVER_POD_LABEL]: '', app: DAEMON_SET },
  },
  spec: {
    selector: { matchLabels: { app: DAEMON_SET } },
    updateStrategy: { type: 'OnDelete' },
    template: { spec: { containers: [{ name: 'mofed-container', image: 'registry.example/doca-driver:x' }] } },
  },
  status: { desiredNumberScheduled: nodes, currentNumberScheduled: nodes, numberReady: nodes },
});

const revision = (hash: string, at: number): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'ControllerRevision',
  metadata: {
    name: `${DAEMON_SET}-${hash}`,
    namespace: NAMESPACE,
    labels: { app: DAEMON_SET, 'controller-revision-hash': hash },
  },
  revision: at + 1,
});

export const driverWorld = (scenario: Scenario, nodes: number): FleetInput => ({
  keys: OFED_KEYS,
  nodes: Array.from({ length: nodes }, (_, index) => node(index, placeOf(scenario, index))),
  daemonSets: [daemonSet(nodes)],
  driverPods: Array.from({ length: nodes }, (_, index) => driverPod(index, placeOf(scenario, index))),
  revisions: [OLD_HASH, NEW_HASH].map(revision),
  pods: [],
  maintenances: [],
});

/** A fifth of the nodes at a time, a quarter unavailable, no drain, no pod deletion, no validation. */
export const driverPolicy = (nodes: number): UpgradePolicy => ({
  autoUpgrade: true,
  maxParallelUpgrades: nodes / 5,
  maxUnavailable: '25%',
});
