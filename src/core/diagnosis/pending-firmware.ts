/**
 * The adapters of a node on which a firmware setting is pending, with what core/firmware says about its activation there.
 * Two rules rest on it: that a change is pending at all, and that only a cold restart will do.
 */
import { activationOf, type Activation } from '../firmware/activation.ts';
import type { Rung } from '../firmware/rung.ts';
import type { InventoryNode } from '../inventory/build-inventory.ts';
import type { Adapter } from '../model/adapter.ts';
import { isPending, type FirmwareSetting } from '../model/firmware-setting.ts';
import { restartSinceStaged, type RestartEvidence } from './restart-evidence.ts';

export interface PendingAdapter {
  readonly adapter: Adapter;
  readonly settings: readonly FirmwareSetting[];
  readonly activation: Activation;
}

export interface PendingNode {
  readonly adapters: readonly PendingAdapter[];
  readonly restart?: RestartEvidence;
}

const bluefieldOf = ({ kind }: Adapter): 'dpu' | 'nic' | 'unknown' | 'not-bluefield' => {
  if (kind === 'bluefield-dpu') return 'dpu';
  if (kind === 'bluefield-nic') return 'nic';
  return kind === 'bluefield' ? 'unknown' : 'not-bluefield';
};

const resetStatusOf = (node: InventoryNode): string | undefined =>
  node.readings.flatMap((reading) =>
    reading.kind === 'reset-status' && reading.action !== undefined ? [reading.action] : [],
  )[0];

/** Undefined where no setting of the node is pending (or none was read: see the inventory's gaps for that). */
export const pendingFirmware = (node: InventoryNode): PendingNode | undefined => {
  const pending = node.adapters.flatMap((adapter) => {
    const settings = adapter.settings.filter((setting) => isPending(setting) === true);
    return settings.length === 0 ? [] : [{ adapter, settings }];
  });
  if (pending.length === 0) return undefined;
  const staged = new Set(
    pending.flatMap(({ settings }) =>
      settings.flatMap(({ name, next }) => (name === 'NUM_OF_VFS' && next !== undefined ? [next] : [])),
    ),
  );
  const restart = restartSinceStaged(node, staged);
  const tried: readonly Rung[] = restart?.restarted === true ? ['warm'] : [];
  const status = resetStatusOf(node);
  const adapters = pending.map(({ adapter, settings }): PendingAdapter => {
    const card = adapter.deviceType?.value ?? adapter.description?.value;
    return {
      adapter,
      settings,
      activation: activationOf({
        tried,
        bluefield: bluefieldOf(adapter),
        ...(adapter.restartHint === undefined ? {} : { setHint: adapter.restartHint.value }),
        ...(adapter.resetLevels === undefined ? {} : { resetLevels: adapter.resetLevels.value }),
        ...(status === undefined ? {} : { resetStatus: status }),
        ...(node.machine === undefined ? {} : { machine: node.machine.value }),
        ...(card === undefined ? {} : { card }),
      }),
    };
  });
  return { adapters, ...(restart === undefined ? {} : { restart }) };
};

/** `NUM_OF_VFS 16 -> 8`. */
export const showChange = ({ name, current, next }: FirmwareSetting): string =>
  `${name} ${current ?? '?'} -> ${next ?? '?'}`;
