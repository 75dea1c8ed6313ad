/** Why no further node may begin, in words: which limit binds, and which nodes take it up. */
import type { Fleet } from './fleet.ts';
import { isNodeReady, isUnschedulable } from './managed-node.ts';
import type { Slots } from './slots.ts';
import { COUNTED_STATES, IDLE_STATES } from './upgrade-state.ts';
import type { UpgradePolicy } from './upgrade-policy.ts';
import { count, named } from './wording.ts';

/** Nodes whose upgrade is under way, as `name (state)`; failed nodes come first, since they give nothing back. */
export const slotHolders = ({ buckets }: Fleet): readonly string[] =>
  [...COUNTED_STATES]
    .filter((state) => !IDLE_STATES.includes(state))
    .sort((one, other) => Number(other === 'upgrade-failed') - Number(one === 'upgrade-failed'))
    .flatMap((state) => (buckets.get(state) ?? []).map(({ name }) => `${name} (${state})`));

export const describeSlots = (
  { unavailable, maxUnavailable, inProgress }: Slots,
  { maxParallelUpgrades }: UpgradePolicy,
  fleet: Fleet,
): string => {
  if (maxParallelUpgrades > 0 && inProgress >= maxParallelUpgrades)
    return `maxParallelUpgrades is ${maxParallelUpgrades} and ${count(inProgress, 'is', 'are')} under way: ${named(slotHolders(fleet))}`;
  const out = fleet.managed
    .filter(({ node }) => isUnschedulable(node) || !isNodeReady(node))
    .map(({ name, node }) => `${name} (${isUnschedulable(node) ? 'cordoned' : 'not Ready'})`);
  return unavailable >= maxUnavailable
    ? `${count(unavailable, 'node counts', 'nodes count')} as unavailable and maxUnavailable is ${maxUnavailable}${out.length > 0 ? `: ${named(out)}` : ''}`
    : 'the slots of this pass went to nodes before it';
};
