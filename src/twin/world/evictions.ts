/**
 * The eviction subresource with its arithmetic of budgets (k8s.io/kubernetes pkg/registry/core/pod/storage/eviction.go).
 * What an answer means to a drain is core/drain's to say.
 */
import { dig, digList, digNumber, digText, isMap } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { POD_DISRUPTION_BUDGETS, PODS } from '../../core/model/kube-resource.ts';
import { type LabelSelector, readLabelSelector, selects } from '../../core/model/label-selector.ts';
import { timestamp } from '../../core/model/timestamp.ts';
import type { EvictOptions, ObjectKey } from '../../core/ports/kube-api.ts';
import { remove, unmetPrecondition } from './deletes.ts';
import type { ServedKind } from './kind-registry.ts';
import type { ServerParts } from './server-parts.ts';
import { type Answer, done, forbidden, notFound, type Refused, tooManyRequests } from './status.ts';
import type { JsonMap } from './stored-value.ts';

/** More disruptions than this are not noted down (MaxDisruptedPodSize). */
const MAX_DISRUPTED = 2_000;
const RETRY_SECONDS = 10;

export interface EvictCall {
  readonly kind: ServedKind;
  readonly actor: string;
  readonly key: Required<ObjectKey>;
  readonly options: Omit<EvictOptions, 'signal'>;
}

export const evict = (parts: ServerParts, { kind, actor, key, options }: EvictCall): Answer<void> => {
  const pod = parts.store.get(kind, key.namespace, key.name);
  if (pod === undefined) return notFound(kind, key.name);
  const unmet = unmetPrecondition(kind, pod, options.preconditions);
  if (unmet !== undefined) return unmet;
  const refusal = bypassesBudgets(pod) ? undefined : spendBudget(parts, actor, pod, options.dryRun === true);
  if (refusal !== undefined) return refusal;
  if (options.dryRun !== true) markDisrupted(parts, actor, pod);
  const { resourceVersion: _spent, ...preconditions } = options.preconditions ?? {};
  const gone = remove(parts, { kind, actor, verb: 'evict', options: { ...options, preconditions } }, key);
  return gone.ok ? done(undefined) : gone;
};

const FREE_PHASES = ['Succeeded', 'Failed', 'Pending'];

/** Nothing is disrupted by the end of a pod that does not run, or that ends already. */
const bypassesBudgets = (pod: KubeObject): boolean =>
  pod.metadata.deletionTimestamp !== undefined || FREE_PHASES.includes(digText(pod, 'status', 'phase') ?? '');

const isReady = (pod: KubeObject): boolean =>
  digList(pod, 'status', 'conditions').some(
    (condition) => digText(condition, 'type') === 'Ready' && digText(condition, 'status') === 'True',
  );

/** Of selectors that are stored, and so never change. */
const SELECTORS = new WeakMap<object, LabelSelector | undefined>();

const selectorOf = (budget: KubeObject): LabelSelector | undefined => {
  const stored = dig(budget, 'spec', 'selector');
  if (!isMap(stored)) return undefined;
  if (!SELECTORS.has(stored)) SELECTORS.set(stored, readLabelSelector(stored));
  return SELECTORS.get(stored);
};

const budgetsOf = ({ store }: ServerParts, pod: KubeObject): readonly KubeObject[] =>
  [...store.collection(POD_DISRUPTION_BUDGETS).inOrder(pod.metadata.namespace)].filter((budget) => {
    const selector = selectorOf(budget);
    return selector !== undefined && selects(selector, pod.metadata.labels ?? {});
  });

/** Undefined when the pod may go; the budget has then one disruption less. */
const spendBudget = (parts: ServerParts, actor: string, pod: KubeObject, dryRun: boolean): Refused | undefined => {
  const [budget, ...more] = budgetsOf(parts, pod);
  if (budget === undefined) return undefined;
  if (more.length > 0)
    return {
      ok: false,
      status: {
        code: 500,
        reason: '',
        message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      },
    };
  if (!isReady(pod) && unreadyMayGo(budget)) return undefined;
  const { generation = 0, name } = budget.metadata;
  const count = (field: string): number => digNumber(budget, 'status', field) ?? 0;
  if (count('observedGeneration') < generation)
    return overBudget(`The disruption budget ${name} is still being processed by the server.`, RETRY_SECONDS);
  const allowed = count('disruptionsAllowed');
  const disrupted = (dig(budget, 'status', 'disruptedPods') ?? {}) as JsonMap;
  if (allowed < 0) return forbidden(POD_DISRUPTION_BUDGETS, name, 'pdb disruptions allowed is negative');
  if (Object.keys(disrupted).length > MAX_DISRUPTED)
    return forbidden(
      POD_DISRUPTION_BUDGETS,
      name,
      'DisruptedPods map too big - too many evictions not confirmed by PDB controller',
    );
  if (allowed === 0)
    return overBudget(
      `The disruption budget ${name} needs ${count('desiredHealthy')} healthy pods and has ${count('currentHealthy')} currently`,
    );
  if (dryRun) return undefined;
  const status = {
    ...(budget['status'] as JsonMap),
    disruptionsAllowed: allowed - 1,
    disruptedPods: { ...disrupted, [pod.metadata.name]: timestamp(parts.clock.now()) },
    ...(allowed === 1 && { conditions: withInsufficient(budget, timestamp(parts.clock.now())) }),
  };
  parts.store.put(POD_DISRUPTION_BUDGETS, { ...budget, status }, budget, { actor, verb: 'evict' });
  return undefined;
};

const overBudget = (message: string, retryAfterSeconds?: number): Refused =>
  tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", {
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    causes: [{ reason: 'DisruptionBudget', message }],
  });

/** A pod that is not ready serves nobody: it may go where its budget is otherwise met, or always where the budget says so. */
const unreadyMayGo = (budget: KubeObject): boolean => {
  if (digText(budget, 'spec', 'unhealthyPodEvictionPolicy') === 'AlwaysAllow') return true;
  const desired = digNumber(budget, 'status', 'desiredHealthy') ?? 0;
  return desired > 0 && (digNumber(budget, 'status', 'currentHealthy') ?? 0) >= desired;
};

const withInsufficient = (budget: KubeObject, time: string): readonly unknown[] => [
  ...digList(budget, 'status', 'conditions').filter((one) => digText(one, 'type') !== 'DisruptionAllowed'),
  {
    type: 'DisruptionAllowed',
    status: 'False',
    reason: 'InsufficientPods',
    observedGeneration: digNumber(budget, 'status', 'observedGeneration') ?? 0,
    lastTransitionTime: time,
    message: '',
  },
];

const markDisrupted = (parts: ServerParts, actor: string, pod: KubeObject): void => {
  const now = parts.store.get(PODS, pod.metadata.namespace, pod.metadata.name);
  if (now === undefined) return;
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
    lastProbeTime: null,
    lastTransitionTime: timestamp(parts.clock.now()),
  };
  const others = digList(now, 'status', 'conditions').filter((one) => digText(one, 'type') !== condition.type);
  const status = { ...(now['status'] as JsonMap), conditions: [...others, condition] };
  parts.store.put(PODS, { ...now, status }, now, { actor, verb: 'evict' });
};
