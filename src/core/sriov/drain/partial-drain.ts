/**
 * Which pods the operator evicts for a change of VFs (Drain_Required): pkg/drain/drainer.go, createDrainHelper. A restart
 * (Reboot_Required) takes all pods. Daemon sets stay in both cases; order and refusals are left to core/drain.
 */
import { digList, digMap } from '../../model/dig.ts';

/**
 * The request by which a pod is taken, or undefined where it stays. Upstream compares the start of the name with the
 * prefix alone, so prefix `nvidia.com` also takes pods that ask for `nvidia.com/gpu`. Init containers are not looked at.
 */
export const requestWithPrefix = (pod: unknown, resourcePrefix: string): string | undefined => {
  for (const container of digList(pod, 'spec', 'containers')) {
    const found = Object.keys(digMap(container, 'resources', 'requests')).find((name) =>
      name.startsWith(resourcePrefix),
    );
    if (found !== undefined) return found;
  }
  return undefined;
};
