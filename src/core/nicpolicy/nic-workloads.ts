/**
 * Which pods lose something when the driver of their node reloads: those that hold NVIDIA resources or sit on a
 * secondary network. Pods that use RDMA over the host network cannot be seen from their specs.
 */
import { digList, digMap, digText, digTexts } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';

const NETWORKS = 'k8s.v1.cni.cncf.io/networks';
const NOT_NICS = /^nvidia\.com\/(gpu|mig-)/;
const NIC_PREFIXES = ['nvidia.com/', 'rdma/', 'mellanox.com/', 'openshift.io/'];

const isNicResource = (name: string): boolean =>
  NIC_PREFIXES.some((prefix) => name.startsWith(prefix)) && !NOT_NICS.test(name);

const resourcesOf = (pod: KubeObject): readonly string[] =>
  [...digList(pod, 'spec', 'containers'), ...digList(pod, 'spec', 'initContainers')].flatMap((container) => [
    ...Object.keys(digMap(container, 'resources', 'limits')),
    ...Object.keys(digMap(container, 'resources', 'requests')),
  ]);

export const usesNic = (pod: KubeObject): boolean =>
  digTexts(pod, 'metadata', 'annotations')[NETWORKS] !== undefined || resourcesOf(pod).some(isNicResource);

export const nodeOf = (pod: KubeObject): string | undefined => digText(pod, 'spec', 'nodeName');

/** Labels that differ from pod to pod of one workload, or say nothing about what it is. */
const NOT_FOR_SELECTORS = new Set([
  'pod-template-hash', 'controller-revision-hash', 'statefulset.kubernetes.io/pod-name', 'apps.kubernetes.io/pod-index',
  'pod-template-generation', 'batch.kubernetes.io/job-completion-index', 'controller-uid', 'batch.kubernetes.io/controller-uid',
]); // prettier-ignore

/** A selector stays readable with so many values. */
const MOST_VALUES = 8;

export interface FittingSelector {
  readonly selector: string;
  /** Pods that it also takes although they use no NIC. */
  readonly needless: number;
}

/** The label selector that takes every one of `users` and the fewest of `others`; undefined when no label is common. */
export const fittingSelector = (
  users: readonly KubeObject[],
  others: readonly KubeObject[],
): FittingSelector | undefined => {
  const labelsOf = (pod: KubeObject) => digTexts(pod, 'metadata', 'labels');
  const [first] = users;
  if (first === undefined) return undefined;
  const keys = Object.keys(labelsOf(first)).filter(
    (key) => !NOT_FOR_SELECTORS.has(key) && users.every((pod) => labelsOf(pod)[key] !== undefined),
  );
  const candidates = keys.flatMap((key) => {
    const values = [...new Set(users.map((pod) => labelsOf(pod)[key] ?? ''))].sort();
    if (values.length > MOST_VALUES) return [];
    const needless = others.filter((pod) => values.includes(labelsOf(pod)[key] ?? '\0')).length;
    return [
      {
        selector: values.length === 1 ? `${key}=${values[0] ?? ''}` : `${key} in (${values.join(',')})`,
        needless,
        count: values.length,
      },
    ];
  });
  const best = candidates.sort(
    (a, b) => a.needless - b.needless || a.count - b.count || a.selector.length - b.selector.length,
  )[0];
  return best === undefined ? undefined : { selector: best.selector, needless: best.needless };
};
