/**
 * The device table of a fleet: each function with its names and firmware, and whether a policy configures it, it is left out
 * of SR-IOV for a reason, or nothing selects it. The reasons are those of the generator.
 */
import type { Inventory, InventoryNode } from '../inventory/build-inventory.ts';
import { pendingSettings } from '../inventory/collect-adapters.ts';
import type { Adapter, AdapterKind, PhysicalFunction } from '../model/adapter.ts';
import { exclusionsOf, type Exclusion } from './generate-exclusions.ts';

export type DeviceStatus =
  | { readonly is: 'configured'; readonly policies: readonly string[]; readonly wantedVfs: number }
  | { readonly is: 'excluded'; readonly exclusions: readonly Exclusion[] }
  | { readonly is: 'not-selected' }
  /** No node state was read, so what is configured is not known. */
  | { readonly is: 'unknown' };

export interface Device {
  readonly node: InventoryNode;
  readonly adapter: Adapter;
  readonly function: PhysicalFunction;
  readonly kind: AdapterKind;
  readonly status: DeviceStatus;
  /** `NUM_OF_VFS 16 -> 8`, for each setting of the card whose current differs from next boot. */
  readonly pending: readonly string[];
}

const statusOf = (node: InventoryNode, adapter: Adapter, one: PhysicalFunction): DeviceStatus => {
  const wanted = node.nodeState?.wanted.find(({ pci }) => pci === one.pci);
  if (wanted !== undefined)
    return {
      is: 'configured',
      policies: [...new Set(wanted.groups.map(({ policyName }) => policyName).filter((name) => name !== ''))],
      wantedVfs: wanted.numVfs,
    };
  const exclusions = adapter.kind === 'other-vendor' ? [] : exclusionsOf({ node, adapter, function: one }, []);
  if (exclusions.length > 0) return { is: 'excluded', exclusions };
  return node.nodeState === undefined ? { is: 'unknown' } : { is: 'not-selected' };
};

export const devicesOf = (inventory: Inventory): readonly Device[] =>
  inventory.nodes.flatMap((node) =>
    node.adapters.flatMap((adapter) =>
      adapter.functions.map((one) => ({
        node,
        adapter,
        function: one,
        kind: adapter.kind,
        status: statusOf(node, adapter, one),
        pending: pendingSettings(adapter).map(
          ({ name, current, next }) => `${name} ${current ?? '?'} -> ${next ?? '?'}`,
        ),
      })),
    ),
  );
