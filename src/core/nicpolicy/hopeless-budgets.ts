/** PodDisruptionBudgets that never let a pod go, whatever one waits for, and those that let none go just now. */
import { dig, digNumber } from '../model/dig.ts';
import { countOf } from '../model/int-or-percent.ts';
import { objectPath, type KubeObject } from '../model/kube-object.ts';
import { readLabelSelector, selects } from '../model/label-selector.ts';

export interface HoldingBudget {
  readonly budget: string;
  /** Pods on the nodes in question that it covers. */
  readonly pods: readonly string[];
  readonly forever: boolean;
  readonly because: string;
}

const verdict = (budget: KubeObject, covered: number): { forever: boolean; because: string } | undefined => {
  const expected = digNumber(budget, 'status', 'expectedPods') ?? covered;
  const most = dig(budget, 'spec', 'maxUnavailable');
  const least = dig(budget, 'spec', 'minAvailable');
  // The disruption controller rounds both up (pkg/controller/disruption).
  const mostCount = most === undefined ? undefined : countOf(most, expected, 'up');
  const leastCount = least === undefined ? undefined : countOf(least, expected, 'up');
  if (most !== undefined && mostCount === undefined)
    return {
      forever: true,
      because: `maxUnavailable ${JSON.stringify(most)} is neither a whole number nor a percentage`,
    };
  if (least !== undefined && leastCount === undefined)
    return {
      forever: true,
      because: `minAvailable ${JSON.stringify(least)} is neither a whole number nor a percentage`,
    };
  if (mostCount === 0)
    return { forever: true, because: `maxUnavailable ${String(most)} of ${expected} pods allows none, ever` };
  if (leastCount !== undefined && leastCount >= expected)
    return { forever: true, because: `minAvailable ${String(least)} of ${expected} pods allows none, ever` };
  return digNumber(budget, 'status', 'disruptionsAllowed') === 0
    ? { forever: false, because: 'allows no disruption just now' }
    : undefined;
};

/** `pods`: those that a drain would evict. */
export const holdingBudgets = (budgets: readonly KubeObject[], pods: readonly KubeObject[]): readonly HoldingBudget[] =>
  budgets.flatMap((budget) => {
    const selector = readLabelSelector(dig(budget, 'spec', 'selector'));
    if (selector === undefined) return [];
    const covered = pods.filter(
      ({ metadata }) => metadata.namespace === budget.metadata.namespace && selects(selector, metadata.labels ?? {}),
    );
    if (covered.length === 0) return [];
    const found = verdict(budget, covered.length);
    return found === undefined ? [] : [{ budget: objectPath(budget), pods: covered.map(objectPath), ...found }];
  });
