/**
 * Firmware versions of a fleet: cards of the same kind that run another version than most of their kind, and cards on which a
 * burned image waits for a restart.
 */
import type { Fact } from '../model/fact.ts';
import type { Adapter } from '../model/adapter.ts';
import { adaptersByNode, type Inventory, type InventoryNode } from './build-inventory.ts';
import { nvidiaDevice } from './nvidia-devices.ts';

export interface CardVersion {
  readonly node: InventoryNode;
  readonly adapter: Adapter;
  readonly version: Fact<string>;
}

export interface VersionDifference {
  /** What the cards have in common: part number, or model. */
  readonly of: string;
  readonly usual: string;
  readonly usualCount: number;
  readonly others: readonly CardVersion[];
}

/** Cards of one kind run one image: the same PSID, else part number, else model. */
const kindOf = ({ psid, part, functions }: Adapter): string => {
  const deviceId = functions.find((one) => one.deviceId !== undefined)?.deviceId?.value;
  const model = deviceId === undefined ? undefined : nvidiaDevice(deviceId)?.model;
  return part?.value ?? psid?.value ?? model ?? 'cards of an unknown kind';
};

export const versionDifferences = (inventory: Inventory): readonly VersionDifference[] => {
  const cards = adaptersByNode(inventory).flatMap(({ node, adapter }): readonly CardVersion[] =>
    adapter.firmware === undefined ? [] : [{ node, adapter, version: adapter.firmware }],
  );
  return [...Map.groupBy(cards, ({ adapter }) => kindOf(adapter))].flatMap(([of, own]) => {
    const versions = [...Map.groupBy(own, ({ version }) => version.value)].toSorted(
      ([a, one], [b, other]) => other.length - one.length || (a < b ? 1 : -1),
    );
    const [usual] = versions;
    if (usual === undefined || versions.length < 2) return [];
    return [
      {
        of,
        usual: usual[0],
        usualCount: usual[1].length,
        others: own.filter(({ version }) => version.value !== usual[0]),
      },
    ];
  });
};

/** Cards with an image that the next restart of the firmware would start. */
export const pendingImages = (inventory: Inventory): readonly CardVersion[] =>
  adaptersByNode(inventory).flatMap(({ node, adapter }) =>
    adapter.burnedFirmware !== undefined &&
    adapter.firmware !== undefined &&
    adapter.burnedFirmware.value !== adapter.firmware.value
      ? [{ node, adapter, version: adapter.burnedFirmware }]
      : [],
  );
