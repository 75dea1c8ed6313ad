/** Nodes without a label and nodes that are done: does this node need an upgrade? (common_manager.go:217-298) */
import { templateChange } from '../template-change.ts';
import { isUnschedulable, isWaitingForSafeLoad, nodeAnnotation, objectName } from '../managed-node.ts';
import type { ManagedNode } from '../managed-node.ts';
import type { PodSync } from '../pod-sync.ts';
import type { DefectId } from '../defects.ts';
import type { DriverKeys } from '../driver-keys.ts';
import { endPass, move, stay } from './decision.ts';
import type { Decision, Rule } from './decision.ts';

interface Trigger {
  readonly because: string;
  readonly defects: readonly DefectId[];
}

export const checkDriver: Rule = (managed, { fleet }) => {
  const { keys } = fleet;
  const sync = fleet.syncOf(managed);
  if (sync.is === 'fault') return endPass(sync.fault);
  const trigger = triggerOf(managed, sync, keys);
  if (trigger !== undefined) return requireUpgrade(managed, trigger, keys);
  if (sync.is === 'unknown') return stay(sync.because, { unknown: { settle: sync.settle } });
  const pod = objectName(managed.pod);
  const because =
    sync.is === 'orphan'
      ? `driver pod ${pod} has no owner, which is no reason for an upgrade by itself; annotation ${keys.requested}=true would be`
      : `driver pod ${pod} is made from the newest template (${sync.hash})`;
  return managed.label === '' ? move(managed, 'upgrade-done', because) : stay(because);
};

/** Upstream's three triggers: an outdated pod, a driver that waits for safe load, a request. */
const triggerOf = ({ node, pod, daemonSet }: ManagedNode, sync: PodSync, keys: DriverKeys): Trigger | undefined => {
  if (sync.is === 'outdated' && daemonSet !== undefined) return templateChange(pod, daemonSet, sync);
  if (isWaitingForSafeLoad(node, keys.safeLoad))
    return { because: `driver pod ${objectName(pod)} waits for safe load (annotation ${keys.safeLoad})`, defects: [] };
  if (nodeAnnotation(node, keys.requested) === 'true')
    return { because: `annotation ${keys.requested}=true asks for it`, defects: [] };
  return undefined;
};

/** A cordon found here is taken for a person's and kept at the end; one set later is lifted (D7). */
const requireUpgrade = (managed: ManagedNode, { because, defects }: Trigger, keys: DriverKeys): Decision =>
  isUnschedulable(managed.node)
    ? move(
        managed,
        'upgrade-required',
        `${because}; the node is cordoned already, so it will stay cordoned at the end`,
        {
          before: [{ do: 'annotate', node: managed.name, key: keys.initialUnschedulable, value: 'true' }],
          defects: [...defects, 'D7'],
        },
      )
    : move(managed, 'upgrade-required', because, { defects });
