/** Snapshots of a cluster in a driver upgrade, from the short words of the cases plus what a case has no words for. */
import type { KubeObject } from '../core/model/kube-object.ts';
import { emptySnapshot } from '../core/snapshot/snapshot.ts';
import type { Snapshot, SnapshotText } from '../core/snapshot/snapshot.ts';
import type { Json, JsonObject } from './cases/case-kind.ts';
import { worldOf } from './cases/kinds/driver-world.ts';

export const OPERATOR: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'network-operator', namespace: 'nvidia-network-operator' },
  spec: { template: { spec: { containers: [{ image: 'nvcr.io/nvidia/cloud-native/network-operator:v25.7.0' }] } } },
};

export const requestorOperator = (): KubeObject => ({
  ...OPERATOR,
  spec: {
    template: {
      spec: {
        containers: [
          {
            image: 'nvcr.io/nvidia/cloud-native/network-operator:v25.10.0',
            env: [
              { name: 'MAINTENANCE_OPERATOR_ENABLED', value: 'true' },
              { name: 'MAINTENANCE_OPERATOR_REQUESTOR_ID', value: 'me' },
              { name: 'MAINTENANCE_OPERATOR_NODE_MAINTENANCE_PREFIX', value: 'network-operator' },
            ],
          },
        ],
      },
    },
  },
});

const policyObject = (upgradePolicy: Json): KubeObject => ({
  apiVersion: 'mellanox.com/v1alpha1',
  kind: 'NicClusterPolicy',
  metadata: { name: 'nic-cluster-policy' },
  spec: { ofedDriver: { ...(upgradePolicy !== null && { upgradePolicy }) } },
});

const ALL_KINDS = [
  'Node',
  'Pod',
  'DaemonSet.apps',
  'ControllerRevision.apps',
  'NodeMaintenance.maintenance.nvidia.com',
];

export interface Cluster {
  readonly nodes: readonly JsonObject[];
  readonly policy?: Json;
  readonly objects?: readonly KubeObject[];
  readonly operator?: KubeObject;
  readonly daemonset?: JsonObject;
  readonly texts?: readonly SnapshotText[];
  /** Kinds that the input lists; absent = all that matter. */
  readonly listed?: readonly string[];
}

export const snapshotOf = (cluster: Cluster): Snapshot => {
  const { nodes, policy = { autoUpgrade: true }, objects = [], operator = OPERATOR, texts = [], listed } = cluster;
  const { input } = worldOf({ nodes, ...(cluster.daemonset && { daemonset: cluster.daemonset }) });
  const all = [
    ...input.nodes,
    ...input.daemonSets,
    ...input.driverPods,
    ...input.revisions,
    policyObject(policy),
    operator,
    ...objects,
  ];
  return {
    ...emptySnapshot,
    objects: all.map((object) => ({ object, origin: { source: 'live: context test' } })),
    texts,
    listed: new Set(listed ?? ALL_KINDS),
    sources: ['dump/'],
  };
};

export const workload = (
  name: string,
  more: { metadata?: object; spec?: object; labels?: Json; phase?: string } = {},
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'train',
    labels: (more.labels ?? {}) as Record<string, string>,
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'x', uid: 'x', controller: true }],
    ...more.metadata,
  },
  spec: { nodeName: 'n', ...more.spec },
  status: { phase: more.phase ?? 'Running' },
});

export const budget: KubeObject = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'db-pdb', namespace: 'train' },
  spec: { selector: { matchLabels: { app: 'db' } } },
  status: { disruptionsAllowed: 0 },
};

export const maintenance = (readyReason: string | undefined, more: object = {}): KubeObject => ({
  apiVersion: 'maintenance.nvidia.com/v1alpha1',
  kind: 'NodeMaintenance',
  metadata: { name: 'network-operator-n', namespace: 'default' },
  spec: { requestorID: 'me', nodeName: 'n' },
  status: { conditions: readyReason === undefined ? [] : [{ type: 'Ready', reason: readyReason }], ...more },
});
