/**
 * How a background drain of one node ends, and what it will have evicted (network-operator.md 3.11;
 * drain_manager.go:58-138). Which pods it takes is drain-selection.ts; budgets and stuck pods come in as facts.
 */
import { podName } from '../drain/pod-facts.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { selectForDrain } from './drain-selection.ts';
import type { DaemonSetExists, RefusedPod } from './drain-selection.ts';
import type { DrainSpec } from './upgrade-policy.ts';
import { named } from './wording.ts';

export interface DrainFacts {
  /** All pods of the node. */
  readonly pods: readonly KubeObject[];
  readonly daemonSetExists: DaemonSetExists;
  /** Why the Eviction API keeps refusing the pod, or undefined when it lets it go. */
  readonly refusal: (pod: KubeObject) => Hold | undefined;
  /** Why the pod does not go away although it was evicted, or undefined when it does. */
  readonly lingering: (pod: KubeObject) => Hold | undefined;
}

/** What keeps a pod on the node, and who can end that. */
export interface Hold {
  readonly because: string;
  readonly wayOut: string;
}

export interface DrainOutcome {
  /** The node's state when the drain is over, or for ever where it never is. */
  readonly state: 'drain-required' | 'pod-restart-required' | 'upgrade-failed';
  readonly because: string;
  /** Pods that have to go; empty where the drain fails before it evicts anything. */
  readonly toGo: readonly KubeObject[];
  /** Those of them that the Eviction API lets go. */
  readonly evicted: readonly KubeObject[];
  /** What keeps pods on the node that have to go. */
  readonly holds: readonly Hold[];
  /** Pods that make the drain fail before it evicts anything. */
  readonly refused: readonly RefusedPod[];
  /** Decided before any eviction was asked for. */
  readonly immediate: boolean;
  /** `never`, or the seconds after which the time limit ends it; absent where it ends with the last pod. */
  readonly after?: 'never' | number;
}

const AT_ONCE = { toGo: [], evicted: [], holds: [], refused: [], immediate: true } as const;

export const drainOutcome = (spec: DrainSpec, facts: DrainFacts): DrainOutcome => {
  if (!spec.enable)
    return { ...AT_ONCE, state: 'pod-restart-required', because: 'drain.enable is false, so nothing is drained' };
  const { evict, refused, fault } = selectForDrain(facts.pods, spec, facts.daemonSetExists);
  if (fault !== undefined)
    return { ...AT_ONCE, state: 'upgrade-failed', because: `the drain fails at once: ${fault.message}` };
  if (refused.length > 0)
    return {
      ...AT_ONCE,
      state: 'upgrade-failed',
      because: `the drain fails before it evicts anything: ${named(refused.map(({ pod, because }) => `${podName(pod)} (${because})`))}`,
      refused,
    };
  const held = evict.flatMap((pod) => {
    const hold = facts.refusal(pod) ?? facts.lingering(pod);
    return hold === undefined ? [] : [{ pod, hold }];
  });
  return {
    toGo: evict,
    evicted: evict.filter((pod) => facts.refusal(pod) === undefined),
    holds: held.map(({ hold }) => hold),
    refused: [],
    immediate: false,
    ...endOf(
      spec,
      evict.length,
      held.map(({ pod, hold }) => `${podName(pod)} (${hold.because})`),
    ),
  };
};

const endOf = (
  { timeoutSeconds }: DrainSpec,
  toGo: number,
  held: readonly string[],
): Pick<DrainOutcome, 'state' | 'because' | 'after'> => {
  if (held.length === 0)
    return {
      state: 'pod-restart-required',
      because: toGo === 0 ? 'nothing on the node has to go' : 'every pod that has to go goes',
    };
  return timeoutSeconds === 0
    ? { state: 'drain-required', because: `the drain waits without a limit for ${named(held)}`, after: 'never' }
    : {
        state: 'upgrade-failed',
        because: `the drain gives up after ${timeoutSeconds} s over ${named(held)}`,
        after: timeoutSeconds,
      };
};
