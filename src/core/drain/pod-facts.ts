/** What a drain asks of a pod, read without trusting its shape. */
import { dig, digList, digMap, digText, isMap } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Labels } from '../model/label-selector.ts';
import { millisOf } from '../model/timestamp.ts';

export interface PodController {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** `namespace/name`, the name that people and messages use. */
export const podName = ({ metadata }: KubeObject): string => `${metadata.namespace ?? 'default'}/${metadata.name}`;

/** Its labels, without a copy: drains look at every pod of a cluster. */
export const labelsOf = ({ metadata }: KubeObject): Labels => (isMap(metadata.labels) ? metadata.labels : {});

/** The pods sorted by namespace and name, so that no answer depends on the order of a list. */
export const sortedByName = <Item>(items: readonly Item[], podOf: (item: Item) => KubeObject): readonly Item[] =>
  items
    .map((item) => ({ item, name: podName(podOf(item)) }))
    .toSorted((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0))
    .map(({ item }) => item);

/** Succeeded or Failed: it runs no more, so nothing is lost with it. */
export const isFinished = (pod: KubeObject): boolean => {
  const phase = digText(pod, 'status', 'phase');
  return phase === 'Succeeded' || phase === 'Failed';
};

/** The one owner that is marked as controller. */
export const controllerOf = (pod: KubeObject): PodController | undefined => {
  const owner = digList(pod, 'metadata', 'ownerReferences').find((entry) => dig(entry, 'controller') === true);
  return owner === undefined
    ? undefined
    : {
        apiVersion: digText(owner, 'apiVersion') ?? '',
        kind: digText(owner, 'kind') ?? '',
        name: digText(owner, 'name') ?? '',
      };
};

/** kubectl knows only the DaemonSet of apps/v1; one of another group is an ordinary controller to it. */
export const isDaemonSet = (controller: PodController | undefined): boolean =>
  controller?.kind === 'DaemonSet' && controller.apiVersion === 'apps/v1';

/** A static pod's image in the API: deleting it does nothing to the pod on the node. */
export const isMirror = (pod: KubeObject): boolean =>
  dig(pod, 'metadata', 'annotations', 'kubernetes.io/config.mirror') !== undefined;

export const emptyDirsOf = (pod: KubeObject): readonly string[] =>
  digList(pod, 'spec', 'volumes').flatMap((volume) => {
    const emptyDir = dig(volume, 'emptyDir');
    return emptyDir === undefined || emptyDir === null ? [] : [digText(volume, 'name') ?? 'unnamed'];
  });

/** Resources that the pod's running containers request, as maintenance operator and device plug-ins look at them. */
export const requestsOf = (pod: KubeObject): readonly string[] =>
  digList(pod, 'spec', 'containers').flatMap((container) => Object.keys(digMap(container, 'resources', 'requests')));

/** For how many seconds the pod has been marked for deletion; undefined when it is not. */
export const deletingForSeconds = (pod: KubeObject, nowMs: number): number | undefined => {
  const since = digText(pod, 'metadata', 'deletionTimestamp');
  const ms = since === undefined ? undefined : millisOf(since);
  return ms === undefined ? undefined : (nowMs - ms) / 1000;
};

export const isTerminating = (pod: KubeObject): boolean => digText(pod, 'metadata', 'deletionTimestamp') !== undefined;

/** Ready by its own condition; a pod without one is not. */
export const isReady = (pod: KubeObject): boolean => {
  for (const condition of digList(pod, 'status', 'conditions'))
    if (digText(condition, 'type') === 'Ready' && digText(condition, 'status') === 'True') return true;
  return false;
};
