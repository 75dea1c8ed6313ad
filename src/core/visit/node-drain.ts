/**
 * Where the drain of one node stands, for a visit: which pods are still to go and in which wave, which refuse, and which are
 * jobs that may end by themselves. Which pods go at all, and what budgets say, is decided by core/drain.
 */
import { askBudgets, type BudgetAnswer, type BudgetBook } from '../drain/budgets.ts';
import { KUBECTL_DEFAULTS, type DrainOptions } from '../drain/drain-options.ts';
import { evictionWaves } from '../drain/eviction-order.ts';
import { filterPods, FILTER_CODES } from '../drain/filter-pods.ts';
import { isFinished, isTerminating, labelsOf, podName } from '../drain/pod-facts.ts';
import { parseLabelSelector, selects } from '../model/label-selector.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { RolloutSpec } from '../model/crd/rollout.ts';
import { ok, type Result } from '../result.ts';
import type { PodRef } from './visit-act.ts';

export interface PodGoing {
  readonly ref: PodRef;
  /** From 1; a wave begins when those before it are gone. */
  readonly wave: number;
  readonly isTerminating: boolean;
  readonly budget: BudgetAnswer;
}

export interface PodStaying {
  /** `namespace/name`. */
  readonly pod: string;
  readonly because: string;
  readonly wayOut: string;
}

export interface NodeDrain {
  /** Empty, and nothing refused: the drain is proved finished. */
  readonly going: readonly PodGoing[];
  readonly refused: readonly PodStaying[];
  /** Pods that the rollout waits for, by name. */
  readonly jobs: readonly string[];
}

export const isDrained = ({ going, refused }: NodeDrain): boolean => going.length === 0 && refused.length === 0;

export const podRefName = ({ namespace, name }: PodRef): string => `${namespace}/${name}`;

export const drainOptionsOf = ({ drain }: Pick<RolloutSpec, 'drain'>): DrainOptions => ({
  ...KUBECTL_DEFAULTS,
  ignoreDaemonSets: true,
  force: drain.force,
  deleteEmptyDir: drain.deleteEmptyDir,
});

export interface NodePods {
  /** Those of the node. */
  readonly pods: readonly KubeObject[];
  readonly budgets: BudgetBook;
  readonly daemonSetExists: (namespace: string, name: string) => boolean;
  readonly nowMs: number;
}

/** Pods that a node's restart ends anyway and that nobody has to wait for. */
const isOurs = (pod: KubeObject): boolean => labelsOf(pod)['app.kubernetes.io/managed-by'] === 'nicwright';

/** Fails only on a selector that cannot be read. */
export const nodeDrain = (
  { pods, budgets, daemonSetExists, nowMs }: NodePods,
  spec: Pick<RolloutSpec, 'drain' | 'jobs'>,
): Result<NodeDrain> => {
  const options = drainOptionsOf(spec);
  const own = pods.filter((pod) => !isOurs(pod));
  const selection = filterPods(own, { options, nowMs, daemonSetExists });
  const jobs = parseLabelSelector(spec.jobs.selector);
  if (!selection.ok) return selection;
  if (!jobs.ok) return jobs;
  const { verdicts } = selection.value;
  const evicted = verdicts.filter(({ fate }) => fate === 'evict').map(({ pod }) => pod);
  return ok({
    going: evictionWaves(evicted).flatMap((wave, index) =>
      wave.map((pod) => ({
        ref: {
          namespace: pod.metadata.namespace ?? 'default',
          name: pod.metadata.name,
          uid: pod.metadata.uid ?? '',
        },
        wave: index + 1,
        isTerminating: isTerminating(pod),
        budget: askBudgets(budgets, pod),
      })),
    ),
    refused: verdicts.flatMap(({ pod, fate, code }) =>
      fate === 'refuse' && code !== undefined ? [{ pod: podName(pod), ...FILTER_CODES[code] }] : [],
    ),
    jobs:
      spec.jobs.selector === ''
        ? []
        : evicted.filter((pod) => selects(jobs.value, labelsOf(pod)) && !isFinished(pod)).map(podName),
  });
};
