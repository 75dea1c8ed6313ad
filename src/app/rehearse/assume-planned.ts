/**
 * What a plan says of cards whose firmware gave no answer when the cluster was read, because their host restarts again and
 * again: its values wait at next boot there. Without this a rehearsal would run on cards on which nothing waits. And which of
 * its cards have an Arm side that goes down before power does.
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

const DPU_MODE: FirmwareSetting = {
  name: 'INTERNAL_CPU_OFFLOAD_ENGINE',
  current: 'ENABLED(0)',
  next: 'ENABLED(0)',
  marked: false,
  readOnly: false,
  columnsStated: true,
  origin: { source: 'the plan' },
};

/** A BlueField that counts as a DPU has an Arm side, also where its mode was not read. */
const withArmSides = (node: InventoryNode, dpus: readonly string[]): AssumedNode => {
  const own = node.adapters.filter(({ card }) => dpus.includes(card));
  if (own.length === 0) return { node, assumptions: [] };
  const adapters = node.adapters.map((adapter) =>
    dpus.includes(adapter.card) && !adapter.settings.some(({ name }) => name === DPU_MODE.name)
      ? { ...adapter, settings: [...adapter.settings, DPU_MODE] }
      : adapter,
  );
  return {
    node: { ...node, adapters },
    assumptions: [
      `${node.name}: the Arm sides of ${own.length} BlueFields are taken to shut down when asked, within a minute`,
    ],
  };
};

export const assumePlanned = (node: InventoryNode, groups: readonly RolloutGroup[]): AssumedNode => {
  const group = groups.find(({ nodes }) => nodes.includes(node.name));
  const waiting = assumeWaiting(node, group?.cards ?? []);
  const arms = withArmSides(waiting.node, group?.dpus ?? []);
  return { node: arms.node, assumptions: [...waiting.assumptions, ...arms.assumptions] };
};

const assumeWaiting = (node: InventoryNode, cards: RolloutGroup['cards']): AssumedNode => {
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
