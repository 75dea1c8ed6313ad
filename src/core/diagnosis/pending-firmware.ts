/**
 * The adapters of a node on which a firmware setting is pending, with what core/firmware says about its activation there.
 * Two rules rest on it: that a change is pending at all, and that only a cold restart will do.
 */
import { activationOf, type Activation } from '../firmware/activation.ts';
import { NUM_OF_VFS } from '../firmware/card-firmware.ts';
import { activationEvidence, restartsSinceStaged, type RestartsSeen } from '../firmware/node-evidence.ts';
import type { InventoryNode } from '../inventory/build-inventory.ts';
import type { Adapter } from '../model/adapter.ts';
import { isPending, type FirmwareSetting } from '../model/firmware-setting.ts';

export interface PendingAdapter {
  readonly adapter: Adapter;
  readonly settings: readonly FirmwareSetting[];
  readonly activation: Activation;
}

export interface PendingNode {
  readonly adapters: readonly PendingAdapter[];
  readonly restarts?: RestartsSeen;
}

/** Undefined where no setting of the node is pending (or none was read: see the inventory's gaps for that). */
export const pendingFirmware = (node: InventoryNode): PendingNode | undefined => {
  const pending = node.adapters.flatMap((adapter) => {
    const settings = adapter.settings.filter((setting) => isPending(setting) === true);
    return settings.length === 0 ? [] : [{ adapter, settings }];
  });
  if (pending.length === 0) return undefined;
  const staged = pending.flatMap(({ settings }) =>
    settings.flatMap(({ name, next }) => (name === NUM_OF_VFS && next !== undefined ? [next] : [])),
  );
  const restarts = restartsSinceStaged(node, [...new Set(staged)]);
  return {
    adapters: pending.map(({ adapter, settings }) => ({
      adapter,
      settings,
      activation: activationOf(activationEvidence(node, adapter, restarts)),
    })),
    ...(restarts === undefined ? {} : { restarts }),
  };
};

/** `NUM_OF_VFS 16 -> 8`. */
export const showChange = ({ name, current, next }: FirmwareSetting): string =>
  `${name} ${current ?? '?'} -> ${next ?? '?'}`;
