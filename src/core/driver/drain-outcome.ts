/**
 * How a background drain of one node ends, and what it will have evicted (network-operator.md 3.11;
 * drain_manager.go:58-138). Which pods a drain takes is core/drain's rule; budgets and stuck pods come in as facts.
 */
import type { KubeObject } from '../model/kube-object.ts';
import { selectForDrain } from './drain-selection.ts';
import { objectName } from './managed-node.ts';
import type { DrainSpec } from './upgrade-policy.ts';

export interface DrainFacts {
  readonly pods: readonly KubeObject[];
  readonly daemonSetExists: (pod: KubeObject) => boolean;
  /** Why the Eviction API keeps refusing the pod, or undefined when it lets it go. */
  readonly refusal: (pod: KubeObject) => string | undefined;
  /** Why the pod does not go away although it was evicted, or undefined when it does. */
  readonly lingering: (pod: KubeObject) => string | undefined;
}

export interface DrainOutcome {
  /** The node's state when the drain is over, or for ever where it never is. */
  readonly state: 'drain-required' | 'pod-restart-required' | 'upgrade-failed';
  readonly because: string;
  /** Pods that the Eviction API let go. */
  readonly evicted: readonly KubeObject[];
  /** Decided before any eviction was asked for. */
  readonly immediate: boolean;
  /** `never`, or the seconds after which the time limit ends it; absent where it ends with the last pod. */
  readonly after?: 'never' | number;
}

export const drainOutcome = (spec: DrainSpec, facts: DrainFacts): DrainOutcome => {
  if (!spec.enable)
    return {
      state: 'pod-restart-required',
      because: 'drain.enable is false, so nothing is drained',
      evicted: [],
      immediate: true,
    };
  const { evict, refused } = selectForDrain(facts.pods, spec, facts.daemonSetExists);
  if (refused.length > 0)
    return {
      state: 'upgrade-failed',
      because: `the drain fails before it evicts anything: ${named(refused.map(({ pod, because }) => `${objectName(pod)} (${because})`))}`,
      evicted: [],
      immediate: true,
    };
  const evicted = evict.filter((pod) => facts.refusal(pod) === undefined);
  const held = evict.flatMap((pod) => {
    const because = facts.refusal(pod) ?? facts.lingering(pod);
    return because === undefined ? [] : [`${objectName(pod)} (${because})`];
  });
  if (held.length === 0)
    return {
      state: 'pod-restart-required',
      because: evict.length === 0 ? 'nothing on the node has to go' : 'every pod that has to go goes',
      evicted,
      immediate: false,
    };
  return spec.timeoutSeconds === 0
    ? {
        state: 'drain-required',
        because: `the drain waits without a limit for ${named(held)}`,
        evicted,
        immediate: false,
        after: 'never',
      }
    : {
        state: 'upgrade-failed',
        because: `the drain gives up after ${spec.timeoutSeconds} s over ${named(held)}`,
        evicted,
        immediate: false,
        after: spec.timeoutSeconds,
      };
};

const SHOWN = 3;

const named = (names: readonly string[]): string =>
  `${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''}`;
