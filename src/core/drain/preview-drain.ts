/**
 * A drain before it begins: which pods would go and in what order, which refuse, which budgets hold them and who can lift
 * that, whose wish to be spared it passes over, and what the API cannot show.
 */
import type { KubeObject } from '../model/kube-object.ts';
import { parseLabelSelector, selects } from '../model/label-selector.ts';
import { ok } from '../result.ts';
import type { Result } from '../result.ts';
import { forecastBudgets } from './budgets.ts';
import type { BudgetBook, BudgetForecast } from './budgets.ts';
import { bothSelectors } from './drain-options.ts';
import type { DrainOptions } from './drain-options.ts';
import { evictionWaves } from './eviction-order.ts';
import { filterPods, FILTER_CODES } from './filter-pods.ts';
import type { FilterCode, PodVerdict } from './filter-pods.ts';
import { fittingSelector } from './fitting-selector.ts';
import { mayUseHostRdma, touchOf } from './nic-users.ts';
import type { DrainPurpose, NicResources } from './nic-users.ts';
import { ageSeconds, optOutsOf } from './opt-outs.ts';
import type { OptOut } from './opt-outs.ts';
import { controllerOf, isDaemonSet, isMirror, labelsOf, podName } from './pod-facts.ts';

export interface DrainQuestion {
  readonly node: string;
  readonly purpose: DrainPurpose;
  /** Those of the node. */
  readonly pods: readonly KubeObject[];
  /** Read once for all nodes: budgetBook. */
  readonly budgets: BudgetBook;
  readonly options: DrainOptions;
  readonly resources: NicResources;
  readonly nowMs: number;
  readonly daemonSetExists: (namespace: string, name: string) => boolean;
}

export interface PodToGo {
  /** `namespace/name`. */
  readonly pod: string;
  /** Counted from 1. */
  readonly wave: number;
  /** Why it has to go. */
  readonly because: string;
  /** What is lost with it, if anything. */
  readonly loss: string | undefined;
  readonly budget: BudgetForecast['answer'];
  readonly optOuts: readonly OptOut[];
}

export interface PodRefused {
  readonly pod: string;
  readonly code: string;
  readonly because: string;
  readonly wayOut: string;
}

export interface DrainPreview {
  readonly node: string;
  readonly purpose: DrainPurpose;
  readonly pods: number;
  /** `aborts`: nothing would be evicted. `never-ends`: a budget never lets a pod go. `waits`: a budget does not now. */
  readonly verdict: 'nothing-to-do' | 'goes' | 'waits' | 'never-ends' | 'aborts';
  readonly because: string;
  /** In the order in which they would be asked. */
  readonly going: readonly PodToGo[];
  readonly refused: readonly PodRefused[];
  readonly spared: readonly { readonly pod: string; readonly because: string }[];
  /** Pods that may use RDMA over the host network; not counted as users, since nothing shows it. */
  readonly unseen: readonly string[];
  /** The same drain by kubectl; undefined when no label tells the pods apart. */
  readonly kubectl: string | undefined;
}

const goingOf = (question: DrainQuestion, verdicts: readonly PodVerdict[]): readonly PodToGo[] => {
  const { purpose, resources, nowMs } = question;
  const codes = new Map(verdicts.map(({ pod, code }) => [pod, code]));
  const waves = evictionWaves(verdicts.filter(({ fate }) => fate === 'evict').map(({ pod }) => pod));
  const waveOf = new Map(waves.flatMap((wave, index) => wave.map((pod) => [pod, index + 1] as const)));
  return forecastBudgets(question.budgets, waves.flat()).map(({ pod, answer }) => {
    const code = codes.get(pod);
    return {
      pod: podName(pod),
      wave: waveOf.get(pod) ?? 1,
      because: touchOf(pod, purpose, resources) ?? '',
      loss: code === undefined ? undefined : FILTER_CODES[code].because,
      budget: answer,
      optOuts: optOutsOf(pod, ageSeconds(pod, nowMs)),
    };
  });
};

/** Pods that kubectl passes over whatever the selector says. */
const isPassedOver = (pod: KubeObject): boolean => isMirror(pod) || isDaemonSet(controllerOf(pod));

/** `verdicts` that are not spared: kubectl has to meet the same pods, the refusing ones too. */
const kubectlFor = (
  { node, purpose, pods, options }: DrainQuestion,
  verdicts: readonly PodVerdict[],
): string | undefined => {
  const chosen = verdicts.filter(({ fate }) => fate !== 'spare').map(({ pod }) => pod);
  const users = new Set(chosen);
  const asked = parseLabelSelector(options.podSelector);
  const others = pods.filter(
    (pod) => !users.has(pod) && !isPassedOver(pod) && asked.ok && selects(asked.value, labelsOf(pod)),
  );
  const fit = purpose === 'restart' || others.length === 0 ? undefined : fittingSelector(chosen, others);
  const isExact = purpose === 'restart' || others.length === 0 || fit?.needless === 0;
  if (chosen.length === 0 || !isExact) return undefined;
  const selector = bothSelectors(options.podSelector, fit?.selector ?? '');
  return [
    `kubectl drain ${node} --ignore-daemonsets`,
    ...(options.deleteEmptyDir ? ['--delete-emptydir-data'] : []),
    ...(options.force ? ['--force'] : []),
    ...(selector === '' ? [] : [`--pod-selector='${selector}'`]),
  ].join(' ');
};

const spareReason = (code: FilterCode, purpose: DrainPurpose): string =>
  purpose === 'restart' && code === 'daemonset-ignored'
    ? 'it belongs to a DaemonSet: it is not evicted, and ends with the node'
    : FILTER_CODES[code].because;

const pods = (count: number): string => `${count} pod${count === 1 ? '' : 's'}`;

const verdictOf = (
  going: readonly PodToGo[],
  refused: readonly PodRefused[],
): Pick<DrainPreview, 'verdict' | 'because'> => {
  if (refused.length > 0)
    return {
      verdict: 'aborts',
      because: `${pods(refused.length)} must not go without consent, so none at all would be evicted`,
    };
  if (going.length === 0) return { verdict: 'nothing-to-do', because: 'no pod has to go' };
  const held = going.filter(({ budget }) => !budget.allows);
  const never = held.filter(({ budget }) => !budget.allows && budget.blocks === 'never');
  if (never.length > 0)
    return { verdict: 'never-ends', because: `${pods(never.length)} would never be let go by a budget` };
  if (held.length > 0) return { verdict: 'waits', because: `${pods(held.length)} would wait for a budget` };
  return { verdict: 'goes', because: 'nothing holds them' };
};

/** DaemonSets of a cluster often are privileged on the host network; a workload that is stands out. */
const workloadsFirst = (one: KubeObject, other: KubeObject): number => {
  const [a, b] = [one, other].map((pod) => `${isPassedOver(pod) ? 1 : 0}${podName(pod)}`);
  return (a ?? '') < (b ?? '') ? -1 : 1;
};

/** Fails only on a pod selector that cannot be read. */
export const previewDrain = (question: DrainQuestion): Result<DrainPreview> => {
  const { node, purpose, pods, options, resources, nowMs, daemonSetExists } = question;
  // Only pods that have to go are asked for their consent: the others stay, whatever they hold.
  const touched = pods.filter((pod) => touchOf(pod, purpose, resources) !== undefined);
  const selection = filterPods(touched, { options, nowMs, daemonSetExists });
  if (!selection.ok) return selection;
  const { verdicts } = selection.value;
  const going = goingOf(question, verdicts);
  const refused = verdicts.flatMap(({ pod, fate, code }): PodRefused[] =>
    fate === 'refuse' && code !== undefined ? [{ pod: podName(pod), code, ...FILTER_CODES[code] }] : [],
  );
  const spared = verdicts.flatMap(({ pod, fate, code }) =>
    fate === 'spare' && code !== undefined ? [{ pod: podName(pod), because: spareReason(code, purpose) }] : [],
  );
  const isTouched = new Set(touched);
  return ok({
    node,
    purpose,
    pods: pods.length,
    ...verdictOf(going, refused),
    going,
    refused,
    spared,
    unseen:
      purpose === 'restart'
        ? []
        : pods
            .filter((pod) => !isTouched.has(pod) && mayUseHostRdma(pod))
            .toSorted(workloadsFirst)
            .map(podName),
    kubectl: kubectlFor(question, verdicts),
  });
};
