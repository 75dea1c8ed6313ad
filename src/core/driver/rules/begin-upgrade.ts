/**
 * Nodes in upgrade-required: who may begin? In place the slots decide (upgrade_inplace.go:45-115); in requestor mode
 * every node is handed to the maintenance operator at once (upgrade_requestor.go:280-325).
 */
import type { DefectId } from '../defects.ts';
import { maintenanceName } from '../fleet.ts';
import type { RequestorIdentity } from '../fleet.ts';
import { isUnschedulable, isWaitingForSafeLoad, nodeAnnotation, nodeLabel } from '../managed-node.ts';
import type { ManagedNode } from '../managed-node.ts';
import { hasJoined, isOwnMaintenance, newMaintenance } from '../node-maintenance.ts';
import type { UpgradePolicy } from '../upgrade-policy.ts';
import type { Write } from '../write.ts';
import { biting, move, stay } from './decision.ts';
import type { Decision, PassContext, Rule } from './decision.ts';

/** The node's own share of the step: the request is dropped first, then the skip label is looked at (D19). */
const takeUp = (
  { name, node }: ManagedNode,
  { fleet: { keys } }: PassContext,
): { readonly writes: readonly Write[]; readonly skipped?: Decision } => {
  const requested = nodeAnnotation(node, keys.requested) === 'true';
  const writes: readonly Write[] = requested ? [{ do: 'drop-annotation', node: name, key: keys.requested }] : [];
  if (nodeLabel(node, keys.skip) !== 'true') return { writes };
  const waits = isWaitingForSafeLoad(node, keys.safeLoad);
  return {
    writes,
    skipped: stay(
      `label ${keys.skip}=true holds it here${waits ? ', and its driver pod waits for safe load meanwhile' : ''}`,
      { writes, defects: biting({ D19: requested, D6: waits }) },
    ),
  };
};

export const beginInPlace: Rule = (managed, context) => {
  const { writes, skipped } = takeUp(managed, context);
  if (skipped !== undefined) return skipped;
  const cordoned = isUnschedulable(managed.node);
  if (context.budget.left <= 0 && !cordoned)
    return stay(`it waits for a slot: ${context.whyNoSlot()}`, {
      writes,
      defects: biting({ D2: context.fleet.buckets.has('upgrade-failed'), D10: true }),
    });
  const because =
    context.budget.left > 0
      ? `a slot is free (${context.budget.left} left)`
      : 'the node is cordoned already, and such nodes need no slot';
  context.budget.left -= 1;
  return move(managed, 'cordon-required', because, { before: writes });
};

export const beginWithRequestor =
  (requestor: RequestorIdentity): Rule =>
  (managed, context) => {
    const { writes, skipped } = takeUp(managed, context);
    if (skipped !== undefined) return skipped;
    const { name } = managed;
    const { object, because } = requestMaintenance(managed, requestor, context.policy);
    const mode: Write = { do: 'annotate', node: name, key: context.fleet.keys.requestorMode, value: 'true' };
    return move(managed, 'node-maintenance-required', because, {
      before: [...writes, ...object, mode],
      defects: drainDefects(context.policy),
    });
  };

const drainDefects = ({ drain, maxParallelUpgrades }: UpgradePolicy): readonly DefectId[] =>
  biting({ D13: drain?.enable !== true || maxParallelUpgrades > 0 });

/** The shared name, and only that, lets several operators meet on one object (k8s-operator-libs#104). */
const SHARED_PREFIX = 'nvidia-operator';

const requestMaintenance = (
  { name, maintenance }: ManagedNode,
  requestor: RequestorIdentity,
  policy: UpgradePolicy,
): { readonly object: readonly Write[]; readonly because: string } => {
  const objectName = maintenanceName(requestor, name);
  if (maintenance === undefined)
    return {
      object: [{ do: 'create-maintenance', node: name, object: newMaintenance(requestor, name, policy) }],
      because: `the maintenance operator is asked for the node by NodeMaintenance ${objectName}`,
    };
  if (
    requestor.prefix !== SHARED_PREFIX ||
    isOwnMaintenance(maintenance, requestor) ||
    hasJoined(maintenance, requestor)
  )
    return { object: [], because: `NodeMaintenance ${objectName} is there already and is taken as its own` };
  return {
    object: [{ do: 'join-maintenance', node: name, name: objectName, requestor: requestor.id }],
    because: `NodeMaintenance ${objectName} belongs to another operator and is shared, with that one's drain settings`,
  };
};
