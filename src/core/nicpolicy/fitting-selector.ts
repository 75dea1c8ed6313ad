/** The label selector that takes the pods one means and the fewest others. */
import { digTexts } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';

/** Labels that differ from pod to pod of one workload, or say nothing about what it is. */
const NOT_FOR_SELECTORS = new Set([
  'pod-template-hash', 'controller-revision-hash', 'statefulset.kubernetes.io/pod-name', 'apps.kubernetes.io/pod-index',
  'pod-template-generation', 'batch.kubernetes.io/job-completion-index', 'controller-uid', 'batch.kubernetes.io/controller-uid',
]); // prettier-ignore

/** A selector stays readable with so many values. */
const MOST_VALUES = 8;

export interface FittingSelector {
  readonly selector: string;
  /** How many of the others it takes as well. */
  readonly needless: number;
}

/** Undefined when the pods one means have no label in common. */
export const fittingSelector = (
  wanted: readonly KubeObject[],
  others: readonly KubeObject[],
): FittingSelector | undefined => {
  const labelsOf = (pod: KubeObject) => digTexts(pod, 'metadata', 'labels');
  const [first] = wanted;
  if (first === undefined) return undefined;
  const keys = Object.keys(labelsOf(first)).filter(
    (key) => !NOT_FOR_SELECTORS.has(key) && wanted.every((pod) => labelsOf(pod)[key] !== undefined),
  );
  const candidates = keys.flatMap((key) => {
    const values = [...new Set(wanted.map((pod) => labelsOf(pod)[key] ?? ''))].sort();
    if (values.length > MOST_VALUES) return [];
    const needless = others.filter((pod) => values.includes(labelsOf(pod)[key] ?? '\0')).length;
    const selector = values.length === 1 ? `${key}=${values[0] ?? ''}` : `${key} in (${values.join(',')})`;
    return [{ selector, needless, count: values.length }];
  });
  const best = candidates.sort(
    (a, b) => a.needless - b.needless || a.count - b.count || a.selector.length - b.selector.length,
  )[0];
  return best === undefined ? undefined : { selector: best.selector, needless: best.needless };
};
