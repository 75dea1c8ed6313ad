/** The driver pod is deleted, released from safe load, or watched until it is ready (common_manager.go:508-640). */
import { digText } from '../../model/dig.ts';
import { isTerminating } from '../../drain/pod-facts.ts';
import { failingContainer, isPodReady, RESTART_LIMIT } from '../driver-pod.ts';
import { isInRequestorMode, isWaitingForSafeLoad, nodeAnnotation, objectName } from '../managed-node.ts';
import type { ManagedNode } from '../managed-node.ts';
import type { Write } from '../write.ts';
import { biting, endPass, move, stay } from './decision.ts';
import type { Decision, PassContext, Rule } from './decision.ts';
import { finish, releaseSafeLoad } from './finish-upgrade.ts';

export const restartPod: Rule = (managed, context) => {
  const sync = context.fleet.syncOf(managed);
  const pod = objectName(managed.pod);
  switch (sync.is) {
    case 'fault':
      return endPass(sync.fault);
    case 'unknown':
      return stay(sync.because, { unknown: { settle: sync.settle } });
    case 'outdated':
    case 'orphan':
      return deletePod(managed, sync.is === 'orphan' ? 'has no owner' : 'is made from an older template');
    case 'current':
      return isPodReady(managed.pod)
        ? afterReload(managed, context, pod)
        : watchPod(managed, releaseSafeLoad(managed, context.fleet.keys.safeLoad), pod);
  }
};

/** A plain delete, no eviction; the DaemonSet makes the pod anew. An orphan is made anew by nobody. */
const deletePod = ({ name, pod }: ManagedNode, why: string): Decision => {
  const podName = objectName(pod);
  return isTerminating(pod)
    ? stay(`driver pod ${podName} ${why} and is terminating`)
    : stay(`driver pod ${podName} ${why} and is deleted`, {
        afterStep: [
          { do: 'delete-driver-pod', node: name, namespace: digText(pod, 'metadata', 'namespace') ?? '', pod: podName },
        ],
      });
};

const afterReload = (managed: ManagedNode, context: PassContext, pod: string): Decision => {
  const before = releaseSafeLoad(managed, context.fleet.keys.safeLoad);
  const ready = `driver pod ${pod} is current and ready`;
  return context.validationSelector === ''
    ? finish(managed, context.fleet.keys, ready, before)
    : move(managed, 'validation-required', `${ready}; validation comes next`, { before });
};

const watchPod = (managed: ManagedNode, writes: readonly Write[], pod: string): Decision => {
  const failing = failingContainer(managed.pod);
  if (failing !== undefined)
    return move(
      managed,
      'upgrade-failed',
      `container ${failing.name} of driver pod ${pod} was restarted ${failing.restarts} times, more than ${RESTART_LIMIT}, and is not ready`,
      { before: writes, defects: ['D3'] },
    );
  return stay(
    writes.length > 0
      ? `driver pod ${pod} is current and is released from safe load now`
      : `driver pod ${pod} is current and not ready yet`,
    { writes, defects: ['D5'] },
  );
};

/** Nothing is tried again here; the node leaves only when its pod became current and ready by other means. */
export const watchFailed: Rule = (managed, { fleet }) => {
  const { keys } = fleet;
  const sync = fleet.syncOf(managed);
  if (sync.is === 'fault') return endPass(sync.fault);
  if (sync.is === 'unknown') return stay(sync.because, { unknown: { settle: sync.settle } });
  const pod = objectName(managed.pod);
  if (sync.is !== 'current' || !isPodReady(managed.pod)) {
    const why = { current: 'is not ready', outdated: 'is made from an older template', orphan: 'has no owner' }[
      sync.is
    ];
    const waits = isWaitingForSafeLoad(managed.node, keys.safeLoad);
    return stay(`driver pod ${pod} ${why}, and upstream does nothing more about a failed node`, {
      defects: biting({ D3: true, D6: waits }),
    });
  }
  const because = `driver pod ${pod} is current and ready after all`;
  if (nodeAnnotation(managed.node, keys.initialUnschedulable) === undefined)
    return move(managed, 'uncordon-required', because, { defects: ['D18'] });
  return move(managed, 'upgrade-done', `${because}; the node was cordoned before the upgrade and stays so`, {
    after: [{ do: 'drop-annotation', node: managed.name, key: keys.initialUnschedulable }],
    defects: biting({ D7: true, D16: isInRequestorMode(managed, keys.requestorMode), D18: true }),
  });
};
