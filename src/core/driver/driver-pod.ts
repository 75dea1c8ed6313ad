/** What the upgrade manager reads from a driver or validator pod. Why a pod is not ready is explained elsewhere. */
import { dig, digList, digNumber, digText } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';

/** A container that is not ready counts as failing when it was restarted more often than this. */
export const RESTART_LIMIT = 10;

/** Running, at least one container, every container ready. Nothing beyond: no link, no RDMA, no VF is looked at (D27). */
export const isPodReady = (pod: KubeObject): boolean => {
  if (digText(pod, 'status', 'phase') !== 'Running') return false;
  const containers = digList(pod, 'status', 'containerStatuses');
  return containers.length > 0 && containers.every((container) => dig(container, 'ready') === true);
};

export interface FailingContainer {
  readonly name: string;
  readonly restarts: number;
}

/** The first container (init containers first) that is not ready after more than RESTART_LIMIT restarts. */
export const failingContainer = (pod: KubeObject): FailingContainer | undefined => {
  for (const list of ['initContainerStatuses', 'containerStatuses'])
    for (const container of digList(pod, 'status', list)) {
      const restarts = digNumber(container, 'restartCount') ?? 0;
      if (dig(container, 'ready') !== true && restarts > RESTART_LIMIT)
        return { name: digText(container, 'name') ?? '(unnamed)', restarts };
    }
  return undefined;
};

/** Only these two phases hold a node in wait-for-jobs-required (pod_manager.go, IsPodRunningOrPending). */
export const isRunningOrPending = (pod: KubeObject): boolean => {
  const phase = digText(pod, 'status', 'phase');
  return phase === 'Running' || phase === 'Pending';
};

export const podNode = (pod: KubeObject): string => digText(pod, 'spec', 'nodeName') ?? '';
