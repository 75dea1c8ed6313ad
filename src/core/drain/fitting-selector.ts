/** The label selector that takes just the pods that have to go, for `kubectl drain --pod-selector` and drain policies. */
import type { KubeObject } from '../model/kube-object.ts';
import type { Labels } from '../model/label-selector.ts';
import { labelsOf } from './pod-facts.ts';

/** Labels that differ from pod to pod of one workload, or say nothing about what it is. */
const NOT_FOR_SELECTORS = new Set([
  'pod-template-hash', 'controller-revision-hash', 'statefulset.kubernetes.io/pod-name', 'apps.kubernetes.io/pod-index',
  'pod-template-generation', 'batch.kubernetes.io/job-completion-index', 'controller-uid', 'batch.kubernetes.io/controller-uid',
]); // prettier-ignore

/** A selector stays readable with so many values. */
const MOST_VALUES = 8;

export interface FittingSelector {
  readonly selector: string;
  /** Pods that it also takes although they need not go. 0: it takes exactly the right ones. */
  readonly needless: number;
}

interface Candidate extends FittingSelector {
  readonly values: number;
}

const candidatesFor = (key: string, users: readonly Labels[], others: readonly Labels[]): readonly Candidate[] => {
  const values = [...new Set(users.map((labels) => labels[key] ?? ''))].toSorted((one, other) =>
    one < other ? -1 : 1,
  );
  const among = (isTaken: (value: string | undefined) => boolean): number =>
    others.filter((labels) => isTaken(labels[key])).length;
  const byPresence: Candidate = { selector: key, needless: among((value) => value !== undefined), values: MOST_VALUES };
  if (values.length > MOST_VALUES) return [byPresence];
  const selector = values.length === 1 ? `${key}=${values[0] ?? ''}` : `${key} in (${values.join(',')})`;
  return [
    { selector, needless: among((value) => value !== undefined && values.includes(value)), values: values.length },
    byPresence,
  ];
};

/** The selector that takes every one of `users` and the fewest of `others`; undefined when no label is common. */
export const fittingSelector = (
  users: readonly KubeObject[],
  others: readonly KubeObject[],
): FittingSelector | undefined => {
  const wanted = users.map(labelsOf);
  const unwanted = others.map(labelsOf);
  const [first = {}] = wanted;
  const keys = Object.keys(first).filter(
    (key) => !NOT_FOR_SELECTORS.has(key) && wanted.every((labels) => Object.hasOwn(labels, key)),
  );
  const [best] = keys
    .flatMap((key) => candidatesFor(key, wanted, unwanted))
    .toSorted(
      (a, b) =>
        a.needless - b.needless ||
        a.values - b.values ||
        a.selector.length - b.selector.length ||
        (a.selector < b.selector ? -1 : 1),
    );
  return best === undefined ? undefined : { selector: best.selector, needless: best.needless };
};
