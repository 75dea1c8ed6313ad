/**
 * PodDisruptionBudgets before the first eviction: which pods they cover, what they allow now, and which never allow
 * anything (the eviction handler and the disruption controller of Kubernetes; reference page section 5.1).
 */
import { dig, digList, digNumber, digText } from '../model/dig.ts';
import { countOf } from '../model/int-or-percent.ts';
import { objectPath } from '../model/kube-object.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { readLabelSelector, selects } from '../model/label-selector.ts';
import type { LabelSelector } from '../model/label-selector.ts';
import { isFinished, isReady, isTerminating, labelsOf } from './pod-facts.ts';

/** What the budgets would answer for one pod, asked now and on its own. */
export type BudgetAnswer =
  | { readonly allows: true; readonly because: string }
  | {
      readonly allows: false;
      /** `never`: not however long one waits. `now`: another time it may. */
      readonly blocks: 'now' | 'never';
      readonly budgets: readonly KubeObject[];
      readonly because: string;
      /** Who can lift it, and how. */
      readonly wayOut: string;
    };

interface ReadBudget {
  readonly budget: KubeObject;
  readonly selector: LabelSelector;
}

export interface BudgetBook {
  readonly coversIn: ReadonlyMap<string, readonly ReadBudget[]>;
}

/** Reads the budgets once, by namespace. One whose selector no API server would accept covers nothing. */
export const budgetBook = (budgets: readonly KubeObject[]): BudgetBook => {
  const coversIn = new Map<string, ReadBudget[]>();
  for (const budget of budgets) {
    const selector = readLabelSelector(dig(budget, 'spec', 'selector'));
    if (selector === undefined) continue;
    const namespace = budget.metadata.namespace ?? 'default';
    const here = coversIn.get(namespace) ?? [];
    here.push({ budget, selector });
    coversIn.set(namespace, here);
  }
  return { coversIn };
};

/** The budgets that cover the pod, sorted by name. */
export const budgetsOf = (book: BudgetBook, pod: KubeObject): readonly KubeObject[] => {
  const labels = labelsOf(pod);
  return (book.coversIn.get(pod.metadata.namespace ?? 'default') ?? [])
    .filter(({ selector }) => selects(selector, labels))
    .map(({ budget }) => budget)
    .toSorted((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1));
};

/** How many pods a budget wants healthy when all `expected` are there; undefined when its spec says nothing readable. */
export const desiredHealthy = (budget: KubeObject, expected: number): number | undefined => {
  const least = dig(budget, 'spec', 'minAvailable');
  if (least !== undefined) return countOf(least, expected, 'up');
  const most = countOf(dig(budget, 'spec', 'maxUnavailable'), expected, 'up');
  return most === undefined ? undefined : Math.max(0, expected - most);
};

const stated = (budget: KubeObject): string => {
  const least = dig(budget, 'spec', 'minAvailable');
  const most = dig(budget, 'spec', 'maxUnavailable');
  return least !== undefined
    ? `minAvailable ${JSON.stringify(least)}`
    : `maxUnavailable ${JSON.stringify(most) ?? 'unset'}`;
};

/** What alone settles it: even with all pods healthy, none may go. */
export const neverAllows = (budget: KubeObject): string | undefined => {
  const expected = digNumber(budget, 'status', 'expectedPods');
  const most = dig(budget, 'spec', 'maxUnavailable');
  const least = dig(budget, 'spec', 'minAvailable');
  if (most === 0 || most === '0%' || least === '100%') return `${stated(budget)} allows none to go, ever`;
  if (expected === undefined || expected === 0) return undefined;
  const desired = desiredHealthy(budget, expected);
  return desired !== undefined && desired >= expected
    ? `${stated(budget)} of ${expected} pods allows none to go, ever`
    : undefined;
};

/** Helm release, owner or namespace: whom to ask about a budget. */
export const budgetOwner = (budget: KubeObject): string => {
  const owner = digList(budget, 'metadata', 'ownerReferences')[0];
  const kind = digText(owner, 'kind');
  if (kind !== undefined) return `${kind} ${digText(owner, 'name') ?? ''}, which owns the budget`;
  const release = digText(budget, 'metadata', 'annotations', 'meta.helm.sh/release-name');
  if (release !== undefined) return `Helm release ${release}`;
  return `whoever runs namespace ${budget.metadata.namespace ?? 'default'}`;
};

const lift = (budget: KubeObject, isForever: boolean): string =>
  isForever
    ? `ask ${budgetOwner(budget)} to relax it or to add replicas`
    : `wait until its pods are healthy, or ask ${budgetOwner(budget)}`;

/** An unhealthy pod passes where the budget is met without it, or where its policy says so. */
const passesUnready = (budget: KubeObject): boolean => {
  if (digText(budget, 'spec', 'unhealthyPodEvictionPolicy') === 'AlwaysAllow') return true;
  const healthy = digNumber(budget, 'status', 'currentHealthy') ?? 0;
  const desired = digNumber(budget, 'status', 'desiredHealthy') ?? 0;
  return desired > 0 && healthy >= desired;
};

/** One budget's answer. `taken` are the disruptions that the drain has used of it already. */
const askBudget = (budget: KubeObject, pod: KubeObject, taken: number): BudgetAnswer => {
  if (!isReady(pod) && passesUnready(budget))
    return { allows: true, because: `it is not ready, and ${objectPath(budget)} is met without it` };
  const forever = neverAllows(budget);
  const refuse = (blocks: 'now' | 'never', because: string): BudgetAnswer => ({
    allows: false,
    blocks,
    budgets: [budget],
    because: `${objectPath(budget)}: ${because}`,
    wayOut: lift(budget, blocks === 'never'),
  });
  if (forever !== undefined) return refuse('never', forever);
  // A status without it counts as one of generation 0.
  if ((digNumber(budget, 'status', 'observedGeneration') ?? 0) < (budget.metadata.generation ?? 0))
    return refuse('now', 'the server has not yet taken in its last change');
  const allowed = digNumber(budget, 'status', 'disruptionsAllowed');
  if (allowed === undefined) return refuse('now', 'its status tells no number of allowed disruptions');
  if (allowed - taken > 0) return { allows: true, because: `${objectPath(budget)} allows ${allowed - taken} more` };
  const healthy = digNumber(budget, 'status', 'currentHealthy');
  const desired = digNumber(budget, 'status', 'desiredHealthy');
  const state = healthy === undefined || desired === undefined ? '' : ` (${healthy} healthy, ${desired} wanted)`;
  return refuse(
    'now',
    taken > 0 ? `it allows ${allowed}, and other pods of this node take them` : `it allows no disruption now${state}`,
  );
};

/**
 * What the Eviction API would say to this pod. `taken` counts, by budget, the disruptions that pods evicted before it
 * have used. Pods that run no more, have not begun, or are going already pass every budget.
 */
export const askBudgets = (
  book: BudgetBook,
  pod: KubeObject,
  taken: ReadonlyMap<KubeObject, number> = new Map(),
): BudgetAnswer => {
  if (isFinished(pod) || isTerminating(pod) || digText(pod, 'status', 'phase') === 'Pending')
    return { allows: true, because: 'it runs no more or not yet, so no budget counts it' };
  const budgets = budgetsOf(book, pod);
  const [budget] = budgets;
  if (budget === undefined) return { allows: true, because: 'no budget covers it' };
  if (budgets.length === 1) return askBudget(budget, pod, taken.get(budget) ?? 0);
  return {
    allows: false,
    blocks: 'never',
    budgets,
    because: `${budgets.length} budgets cover it (${budgets.map(({ metadata }) => metadata.name).join(', ')}), which the Eviction API refuses with 500`,
    wayOut: `ask ${budgetOwner(budget)} to leave one budget for it`,
  };
};

export interface BudgetForecast {
  readonly pod: KubeObject;
  readonly answer: BudgetAnswer;
}

/** The answers for pods evicted in this order, each allowed one using up its budget. */
export const forecastBudgets = (book: BudgetBook, pods: readonly KubeObject[]): readonly BudgetForecast[] => {
  const taken = new Map<KubeObject, number>();
  return pods.map((pod) => {
    const answer = askBudgets(book, pod, taken);
    const [budget] = answer.allows && isReady(pod) ? budgetsOf(book, pod) : [];
    if (budget !== undefined) taken.set(budget, (taken.get(budget) ?? 0) + 1);
    return { pod, answer };
  });
};
