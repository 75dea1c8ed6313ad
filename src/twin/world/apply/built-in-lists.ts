/**
 * Lists of built-in kinds that are merged by keys, and maps that are merged by key, from the markers of k8s.io/api 1.36
 * (+listType, +listMapKey, +mapType, patchStrategy, patchMergeKey). `parent/field` comes before `field` alone.
 */

import type { Hollow } from '../stored-value.ts';

/** List -> the fields of its entries' key for server-side apply; none: a set of scalars. */
export const MERGED_LISTS: Readonly<Record<string, readonly string[]>> = {
  finalizers: [],
  ownerReferences: ['uid'],
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  'containers/ports': ['containerPort', 'protocol'],
  'initContainers/ports': ['containerPort', 'protocol'],
  'spec/ports': ['port', 'protocol'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  volumes: ['name'],
  'spec/imagePullSecrets': ['name'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
  resourceClaims: ['name'],
  schedulingGates: ['name'],
  podCIDRs: [],
  conditions: ['type'],
  addresses: ['type'],
  podIPs: ['ip'],
  hostIPs: ['ip'],
  secrets: ['name'],
};

/** The field by which a strategic merge patch merges a list's entries; '' merges scalars; undefined: it is replaced. */
export const strategicKey = (parent: string, field: string): string | undefined => {
  const keys = MERGED_LISTS[`${parent}/${field}`] ?? MERGED_LISTS[field];
  return keys === undefined ? undefined : (keys[0] ?? '');
};

/** Maps of strings whose keys are owned one by one. */
export const MERGED_MAPS: ReadonlySet<string> = new Set([
  'labels',
  'annotations',
  'data',
  'binaryData',
  'stringData',
  'limits',
  'requests',
  'capacity',
  'allocatable',
  'hard',
  'overhead',
  'disruptedPods',
  'parameters',
]);

/** Lists whose entries are owned as one each. */
export const SINGLE_ENTRIES: ReadonlySet<string> = new Set(['ownerReferences', 'secrets']);

/** The server's storage does not know an empty map from none, nor a zero that is left out of JSON. */
export const HOLLOW: Hollow = {
  shownNulls: new Set(['lastProbeTime', 'lastHeartbeatTime', 'lastTransitionTime', 'lastUpdateTime']),
  maps: new Set([...MERGED_MAPS, 'nodeSelector', 'matchLabels']),
  scalars: new Set([
    'unschedulable',
    'providerID',
    'podCIDR',
    'paused',
    'minReadySeconds',
    'hostNetwork',
    'hostPID',
    'hostIPC',
    'publishNotReadyAddresses',
    'value',
    'reason',
    'message',
    'hostIP',
    'podIP',
    'nominatedNodeName',
    'phase',
    'readOnly',
    'currentRevision',
    'updateRevision',
    ...[
      'replicas',
      'observedGeneration',
      'readyReplicas',
      'availableReplicas',
      'updatedReplicas',
      'unavailableReplicas',
      'currentReplicas',
      'fullyLabeledReplicas',
      'numberAvailable',
      'numberUnavailable',
      'updatedNumberScheduled',
      'active',
      'succeeded',
      'failed',
    ].map((count) => `status/${count}`),
  ]),
};

/** Structs and maps that are owned as one. */
export const SINGLE_MAPS: ReadonlySet<string> = new Set([
  'selector',
  'labelSelector',
  'podSelector',
  'namespaceSelector',
  'nodeSelector',
  'nodeSelectorTerms',
  'fieldRef',
  'resourceFieldRef',
  'configMapKeyRef',
  'secretKeyRef',
  'roleRef',
  'involvedObject',
  'secretRef',
  'claimRef',
]);
