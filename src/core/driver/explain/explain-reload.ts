/** pod-restart-required: what the driver pod is doing, or what keeps it from doing it. */
import { digText } from '../../model/dig.ts';
import { isWaitingForSafeLoad, objectName } from '../managed-node.ts';
import { podTrouble } from './driver-pod-cause.ts';
import type { Explain } from './explanation.ts';

export const explainReload: Explain = (view) => {
  const { managed, decision, fleet } = view;
  if (decision.to !== undefined || decision.unknown !== undefined || decision.fault !== undefined) return {};
  const { pod, node } = managed;
  const sync = fleet.syncOf(managed);
  const name = `driver pod ${objectName(pod)}`;
  if (sync.is === 'orphan')
    return {
      because: `${name} has no owner; it is deleted, and no DaemonSet makes it anew unless one selects this node`,
    };
  if (sync.is !== 'current') return {};
  if (isWaitingForSafeLoad(node, fleet.keys.safeLoad))
    return {
      because: `${name} waits in its init container for safe load`,
      next: 'the next pass releases it, and the driver is loaded',
    };
  const cause = podTrouble(view);
  if (cause === undefined)
    return {
      todo: [
        {
          what: 'look at the pod; nothing in its status says why it is not ready',
          command: `kubectl describe pod -n ${digText(pod, 'metadata', 'namespace') ?? ''} ${objectName(pod)}`,
        },
      ],
    };
  return {
    because: `${name} is current and ${cause.because}`,
    next: 'when all its containers are ready the node moves on',
    todo: cause.todo,
    defects: cause.defects,
  };
};
