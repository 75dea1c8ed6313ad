/**
 * Which pods the upgrade manager's drain takes and which stop it: core/drain's filters with the options that the manager
 * gives them (drain_manager.go:74-100). DaemonSet pods are always left alone, since the driver's own is one.
 */
import { KUBECTL_DEFAULTS } from '../drain/drain-options.ts';
import { evictedPods, FILTER_CODES, filterPods } from '../drain/filter-pods.ts';
import type { FilterCode } from '../drain/filter-pods.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Fault } from '../result.ts';
import type { DrainSpec } from './upgrade-policy.ts';

export interface RefusedPod {
  readonly pod: KubeObject;
  readonly code: FilterCode;
  readonly because: string;
}

export interface DrainSelection {
  /** Empty where one pod is refused: then nothing at all is evicted. */
  readonly evict: readonly KubeObject[];
  readonly refused: readonly RefusedPod[];
  /** The pod selector cannot be read, so the drain fails before it looks at a pod. */
  readonly fault?: Fault;
}

/** Says whether a DaemonSet is there; where nothing is known, say that it is. */
export type DaemonSetExists = (namespace: string, name: string) => boolean;

export const selectForDrain = (
  pods: readonly KubeObject[],
  { force, deleteEmptyDir, podSelector, timeoutSeconds }: DrainSpec,
  daemonSetExists: DaemonSetExists,
): DrainSelection => {
  const selection = filterPods(pods, {
    options: {
      ...KUBECTL_DEFAULTS,
      force,
      ignoreDaemonSets: true,
      deleteEmptyDir,
      podSelector,
      timeout: timeoutSeconds,
    },
    // Only skipWaitForDelete asks for the time, and the manager leaves it at 0.
    nowMs: 0,
    daemonSetExists,
  });
  if (!selection.ok) return { evict: [], refused: [], fault: selection.fault };
  return {
    evict: evictedPods(selection.value),
    refused: selection.value.verdicts.flatMap(({ pod, fate, code }) =>
      fate === 'refuse' && code !== undefined ? [{ pod, code, because: FILTER_CODES[code].because }] : [],
    ),
  };
};
