/**
 * What a plan says of cards whose firmware gave no answer when the cluster was read, because their host restarts again and
 * again: its values wait at next boot there. Without this a rehearsal would run on cards on which nothing waits.
 */
import type { InventoryNode } from '../../core/inventory/build-inventory.ts';
import type { FirmwareSetting } from '../../core/model/firmware-setting.ts';
import { cardOf } from '../../core/model/pci-address.ts';
import type { RolloutGroup } from '../../core/model/crd/rollout.ts';

export interface AssumedNode {
  readonly node: InventoryNode;
  readonly assumptions: readonly string[];
}

/** Which of a plan's values wait is not in the plan; the number of VFs is the one that hosts restart in vain for. */
const WAITS = 'NUM_OF_VFS';

const settingOf = ([name, value]: readonly [string, string]): FirmwareSetting => ({
  name,
  current: name === WAITS ? (value === '16' ? '8' : '16') : value,
  next: value,
  marked: false,
  readOnly: false,
  columnsStated: true,
  origin: { source: 'the plan' },
});

export const assumePlanned = (node: InventoryNode, groups: readonly RolloutGroup[]): AssumedNode => {
  const cards = groups.find(({ nodes }) => nodes.includes(node.name))?.cards ?? [];
  let assumed = 0;
  const adapters = node.adapters.map((adapter) => {
    const planned = cards.find(({ pci }) => cardOf(pci) === adapter.card);
    if (adapter.settings.length > 0 || planned === undefined) return adapter;
    assumed += 1;
    return { ...adapter, settings: Object.entries(planned.values).map(settingOf) };
  });
  if (assumed === 0) return { node, assumptions: [] };
  return {
    node: { ...node, adapters },
    assumptions: [
      `${node.name}: ${assumed} cards whose firmware was not read are taken to wait for what the plan says`,
    ],
  };
};
