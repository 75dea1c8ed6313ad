/**
 * Builds the cluster that a case of core/driver describes in short words: nodes, driver pods, one DaemonSet, its
 * revisions, jobs, validators, NodeMaintenance objects. The rules are asked elsewhere (driver.ts).
 */
import { OFED_KEYS } from '../../../core/driver/driver-keys.ts';
import type { FleetInput, RequestorIdentity } from '../../../core/driver/fleet.ts';
import type { PassOptions } from '../../../core/driver/upgrade-pass.ts';
import type { UpgradePolicy } from '../../../core/driver/upgrade-policy.ts';
import { dig, digFlag, digList, digMap, digNumber, digText, isMap } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import type { JsonObject } from '../case-kind.ts';

const NAMESPACE = 'nvidia-network-operator';
const DAEMON_SET = 'mofed-ds';
const REVISION_KEY = 'controller-revision-hash';
/** Stands in for the case's own selectors, since cases say only which pods match. */
const WAIT_LABEL = 'case/job';
const VALIDATOR_LABEL = 'case/validator';

/** The short names of the case file (`keys` on its top) and what they stand for. */
export const SHORT_KEYS: Readonly<Record<string, string>> = {
  state: OFED_KEYS.state,
  skip: OFED_KEYS.skip,
  drainSkip: OFED_KEYS.drainSkip,
  safeLoad: OFED_KEYS.safeLoad,
  initialUnschedulable: OFED_KEYS.initialUnschedulable,
  waitStart: OFED_KEYS.waitStart,
  validationStart: OFED_KEYS.validationStart,
  requested: OFED_KEYS.requested,
  requestorMode: OFED_KEYS.requestorMode,
};

export const longKey = (key: string): string => SHORT_KEYS[key] ?? key;

const shortOf = new Map(Object.entries(SHORT_KEYS).map(([short, long]) => [long, short]));

export const withShortKeys = (map: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [shortOf.get(key) ?? key, value]));

const withLongKeys = (map: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [longKey(key), String(value)]));

export interface CaseWorld {
  readonly input: FleetInput;
  readonly policy: UpgradePolicy;
  readonly options: PassOptions;
  readonly latestHash: string;
}

export const worldOf = (given: JsonObject): CaseWorld => {
  const nodes = digList(given, 'nodes');
  const requestor = requestorOf(given);
  const driverPods = nodes.flatMap((node) => (isMap(dig(node, 'driverPod')) ? [driverPodOf(node)] : []));
  const latestHash = digText(given, 'daemonset', 'latestHash') ?? 'new';
  const owned = driverPods.filter((pod) => digText(pod, 'metadata', 'ownerReferences', 0, 'uid') === DAEMON_SET).length;
  const validation = digText(given, 'options', 'validationSelector') ?? '';
  return {
    latestHash,
    policy: policyOf(digMap(given, 'policy')),
    options: {
      now: digNumber(given, 'now') ?? 1_700_000_000,
      podDeletionEnabled: digFlag(given, 'options', 'podDeletionEnabled') ?? false,
      validationSelector: validation === '' ? '' : `${VALIDATOR_LABEL}=true`,
      ...(requestor && { requestor }),
    },
    input: {
      keys: OFED_KEYS,
      nodes: nodes.map(nodeOf),
      daemonSets: [daemonSetOf(digNumber(given, 'daemonset', 'desired') ?? owned)],
      driverPods,
      revisions: ['old', latestHash].map(revisionOf),
      pods: nodes.flatMap((node) => digList(node, 'pods').map((pod) => workloadOf(digText(node, 'name') ?? '', pod))),
      maintenances: requestor === undefined ? [] : nodes.flatMap((node) => maintenanceOf(node, requestor)),
    },
  };
};

const requestorOf = (given: JsonObject): RequestorIdentity | undefined =>
  digText(given, 'mode') === 'requestor'
    ? {
        id: digText(given, 'options', 'requestorID') ?? '',
        prefix: digText(given, 'options', 'prefix') ?? 'nvidia-operator',
        namespace: 'default',
      }
    : undefined;

const policyOf = (policy: Readonly<Record<string, unknown>>): UpgradePolicy => ({
  autoUpgrade: digFlag(policy, 'autoUpgrade') ?? false,
  maxParallelUpgrades: digNumber(policy, 'maxParallelUpgrades') ?? 0,
  ...('maxUnavailable' in policy && { maxUnavailable: policy['maxUnavailable'] }),
  ...(isMap(policy['waitForCompletion']) && {
    waitForCompletion: {
      podSelector: (digText(policy, 'waitForCompletion', 'podSelector') ?? '') === '' ? '' : `${WAIT_LABEL}=true`,
      timeoutSeconds: digNumber(policy, 'waitForCompletion', 'timeoutSeconds') ?? 0,
    },
  }),
  ...(isMap(policy['podDeletion']) && {
    podDeletion: {
      force: digFlag(policy, 'podDeletion', 'force') ?? false,
      timeoutSeconds: digNumber(policy, 'podDeletion', 'timeoutSeconds') ?? 0,
      deleteEmptyDir: digFlag(policy, 'podDeletion', 'deleteEmptyDir') ?? false,
    },
  }),
  ...(isMap(policy['drain']) && { drain: drainOf(policy['drain']) }),
});

export const drainOf = (drain: unknown): NonNullable<UpgradePolicy['drain']> => ({
  enable: digFlag(drain, 'enable') ?? false,
  force: digFlag(drain, 'force') ?? false,
  podSelector: digText(drain, 'podSelector') ?? '',
  timeoutSeconds: digNumber(drain, 'timeoutSeconds') ?? 0,
  deleteEmptyDir: digFlag(drain, 'deleteEmptyDir') ?? false,
});

const nodeOf = (node: unknown): KubeObject => {
  const state = digText(node, 'state') ?? '';
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: digText(node, 'name') ?? '',
      labels: { ...(state !== '' && { [OFED_KEYS.state]: state }), ...withLongKeys(digMap(node, 'labels')) },
      annotations: withLongKeys(digMap(node, 'annotations')),
    },
    spec: { ...(digFlag(node, 'unschedulable') === true && { unschedulable: true }) },
    status: { conditions: [{ type: 'Ready', status: digFlag(node, 'ready') === false ? 'False' : 'True' }] },
  };
};

/** A driver pod; `hash` undefined leaves the revision label out. */
export const driverPodOf = (node: unknown): KubeObject => {
  const name = digText(node, 'name') ?? '';
  const pod = digMap(node, 'driverPod');
  const hash = digText(pod, 'hash');
  const owner = digFlag(pod, 'owned') === false ? 'another-ds' : DAEMON_SET;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${DAEMON_SET}-${name}`,
      namespace: NAMESPACE,
      labels: { 'nvidia.com/ofed-driver': '', ...(hash !== undefined && { [REVISION_KEY]: hash }) },
      ...(digFlag(pod, 'terminating') === true && { deletionTimestamp: '2023-11-14T22:13:20Z' }),
      ...(digFlag(pod, 'orphan') !== true && {
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: owner, uid: owner, controller: true }],
      }),
    },
    spec: {
      ...(digFlag(pod, 'scheduled') !== false && { nodeName: name }),
      containers: [{ name: 'mofed-container', image: `driver:${hash ?? 'none'}` }],
    },
    status: {
      phase: digText(pod, 'phase') ?? 'Running',
      initContainerStatuses: [
        { name: 'init', ready: digFlag(pod, 'initReady') ?? true, restartCount: digNumber(pod, 'initRestarts') ?? 0 },
      ],
      containerStatuses: [
        {
          name: 'mofed-container',
          ready: digFlag(pod, 'ready') ?? true,
          restartCount: digNumber(pod, 'restarts') ?? 0,
        },
      ],
    },
  };
};

const daemonSetOf = (desired: number): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: DAEMON_SET, namespace: NAMESPACE, uid: DAEMON_SET, labels: { 'nvidia.com/ofed-driver': '' } },
  spec: { selector: { matchLabels: { app: DAEMON_SET } } },
  status: { desiredNumberScheduled: desired },
});

const revisionOf = (hash: string, index: number): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'ControllerRevision',
  metadata: { name: `${DAEMON_SET}-${hash}`, namespace: NAMESPACE, labels: { app: DAEMON_SET } },
  revision: index + 1,
});

const workloadOf = (nodeName: string, pod: unknown): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: digText(pod, 'name') ?? '',
    namespace: 'default',
    labels: {
      ...(digFlag(pod, 'matchesWaitSelector') === true && { [WAIT_LABEL]: 'true' }),
      ...(digFlag(pod, 'validator') === true && { [VALIDATOR_LABEL]: 'true' }),
    },
  },
  spec: { nodeName },
  status: {
    phase: digText(pod, 'phase') ?? 'Running',
    containerStatuses: [{ name: 'c', ready: digFlag(pod, 'ready') ?? true, restartCount: 0 }],
  },
});

export const maintenanceOf = (node: unknown, { prefix, namespace }: RequestorIdentity): readonly KubeObject[] => {
  const maintenance = digMap(node, 'nodeMaintenance');
  if (Object.keys(maintenance).length === 0) return [];
  const name = digText(node, 'name') ?? '';
  const reason = digText(maintenance, 'readyReason');
  return [
    {
      apiVersion: 'maintenance.nvidia.com/v1alpha1',
      kind: 'NodeMaintenance',
      metadata: { name: `${prefix}-${name}`, namespace },
      spec: {
        requestorID: digText(maintenance, 'requestorID') ?? '',
        nodeName: name,
        additionalRequestors: digList(maintenance, 'additionalRequestors'),
      },
      status: { conditions: reason === undefined ? [] : [{ type: 'Ready', reason }] },
    },
  ];
};
