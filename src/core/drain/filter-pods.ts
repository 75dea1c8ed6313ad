/**
 * Which pods of a node a drain evicts, spares or refuses: kubectl's filters, in their order, the first "no" ending the
 * chain (pkg/drain/filters.go at dee3483; reference page section 5.2). Any refusal means that no pod at all is evicted.
 */
import type { KubeObject } from '../model/kube-object.ts';
import { parseLabelSelector, selects } from '../model/label-selector.ts';
import type { LabelSelector } from '../model/label-selector.ts';
import { ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { DrainOptions } from './drain-options.ts';
import { evictionFilter } from './eviction-filter.ts';
import {
  controllerOf,
  deletingForSeconds,
  emptyDirsOf,
  isDaemonSet,
  isFinished,
  isMirror,
  labelsOf,
  requestsOf,
  sortedByName,
} from './pod-facts.ts';
import type { PodController } from './pod-facts.ts';

/** Why a pod is spared, refused, or evicted with a loss; `wayOut` is the consent that a refusal asks for. */
export const FILTER_CODES = {
  'daemonset-refuse': {
    because: 'a DaemonSet would create it again at once',
    wayOut: '--ignore-daemonsets leaves such pods alone',
  },
  'daemonset-missing': {
    because: 'its DaemonSet is gone, so nothing would create it again',
    wayOut: '--force evicts it all the same',
  },
  'daemonset-ignored': { because: 'it belongs to a DaemonSet and stays', wayOut: '' },
  'local-data': {
    because: 'it has emptyDir volumes, whose content is lost with it',
    wayOut: '--delete-emptydir-data consents to the loss',
  },
  'local-data-deleted': { because: 'the content of its emptyDir volumes is lost', wayOut: '' },
  unmanaged: {
    because: 'no controller would create it again',
    wayOut: '--force consents to the loss',
  },
  'unmanaged-forced': { because: 'no controller will create it again', wayOut: '' },
  mirror: { because: 'it is a static pod, which only the kubelet of the node can stop', wayOut: '' },
  'long-terminating': { because: 'it has been terminating for longer than the drain waits', wayOut: '' },
  'not-chosen': { because: 'it does not use what the drain is for', wayOut: '' },
} as const satisfies Readonly<Record<string, { readonly because: string; readonly wayOut: string }>>;

export type FilterCode = keyof typeof FILTER_CODES;

export interface PodVerdict {
  readonly pod: KubeObject;
  readonly fate: 'evict' | 'spare' | 'refuse';
  /** What decided; undefined for an eviction that costs nothing. The last warning wins, as in kubectl's output. */
  readonly code: FilterCode | undefined;
}

/** One filter's answer; undefined passes the pod on. */
type Step = { readonly fate: PodVerdict['fate'] | 'warn'; readonly code: FilterCode } | undefined;

export interface FilterContext {
  readonly options: DrainOptions;
  readonly nowMs: number;
  /** Whether the DaemonSet of this name exists; where nothing is known, say that it does. */
  readonly daemonSetExists: (namespace: string, name: string) => boolean;
  /** A choice of our own, asked after kubectl's filters. */
  readonly isChosen?: (pod: KubeObject) => boolean;
}

interface Seen {
  readonly pod: KubeObject;
  readonly controller: PodController | undefined;
  readonly finished: boolean;
}

type Filter = (seen: Seen, context: FilterContext) => Step;

const skipDeleted: Filter = ({ pod }, { options, nowMs }) => {
  if (options.skipWaitForDelete <= 0) return undefined;
  const seconds = deletingForSeconds(pod, nowMs);
  return seconds !== undefined && Math.floor(seconds) > options.skipWaitForDelete
    ? { fate: 'spare', code: 'long-terminating' }
    : undefined;
};

/** Existence is asked before the flag that ignores DaemonSets. */
const daemonSet: Filter = ({ pod, controller, finished }, { options, daemonSetExists }) => {
  if (controller === undefined || !isDaemonSet(controller) || finished) return undefined;
  if (!daemonSetExists(pod.metadata.namespace ?? 'default', controller.name))
    return { fate: options.force ? 'warn' : 'refuse', code: 'daemonset-missing' };
  return options.ignoreDaemonSets
    ? { fate: 'spare', code: 'daemonset-ignored' }
    : { fate: 'refuse', code: 'daemonset-refuse' };
};

const mirror: Filter = ({ pod }) => (isMirror(pod) ? { fate: 'spare', code: 'mirror' } : undefined);

const localStorage: Filter = ({ pod, finished }, { options }) => {
  if (finished || emptyDirsOf(pod).length === 0) return undefined;
  return options.deleteEmptyDir ? { fate: 'warn', code: 'local-data-deleted' } : { fate: 'refuse', code: 'local-data' };
};

/** Whether the controller still exists is not asked. */
const unreplicated: Filter = ({ controller, finished }, { options }) => {
  if (finished || controller !== undefined) return undefined;
  return options.force ? { fate: 'warn', code: 'unmanaged-forced' } : { fate: 'refuse', code: 'unmanaged' };
};

const FILTERS: readonly Filter[] = [skipDeleted, daemonSet, mirror, localStorage, unreplicated];

const verdictOf = (
  pod: KubeObject,
  context: FilterContext,
  isMatch: (resources: readonly string[]) => boolean,
): PodVerdict => {
  const { options, isChosen } = context;
  const seen: Seen = { pod, controller: controllerOf(pod), finished: isFinished(pod) };
  let code: FilterCode | undefined;
  for (const filter of FILTERS) {
    const step = filter(seen, context);
    if (step === undefined) continue;
    if (step.fate !== 'warn') return { pod, fate: step.fate, code: step.code };
    code = step.code;
  }
  const isLeftOut =
    (options.evictionFilters.length > 0 && !isMatch(requestsOf(pod))) || (isChosen !== undefined && !isChosen(pod));
  return isLeftOut ? { pod, fate: 'spare', code: 'not-chosen' } : { pod, fate: 'evict', code };
};

export interface PodSelection {
  /** Sorted by namespace and name. */
  readonly verdicts: readonly PodVerdict[];
  /** True when one refusal keeps every pod where it is. */
  readonly aborts: boolean;
}

/** `pods`: those of one node, in any order. Fails only on a pod selector that cannot be read. */
export const filterPods = (pods: readonly KubeObject[], context: FilterContext): Result<PodSelection> => {
  const selector = parseLabelSelector(context.options.podSelector);
  if (!selector.ok) return selector;
  const isMatch = evictionFilter(context.options.evictionFilters);
  const verdicts = sortedByName(pods, (pod) => pod)
    .filter((pod) => isShown(pod, selector.value))
    .map((pod) => verdictOf(pod, context, isMatch));
  return ok({ verdicts, aborts: verdicts.some(({ fate }) => fate === 'refuse') });
};

const isShown = (pod: KubeObject, selector: LabelSelector): boolean =>
  selector.length === 0 || selects(selector, labelsOf(pod));

/** The pods that would be evicted: none when the drain aborts. */
export const evictedPods = ({ verdicts, aborts }: PodSelection): readonly KubeObject[] =>
  aborts ? [] : verdicts.filter(({ fate }) => fate === 'evict').map(({ pod }) => pod);
