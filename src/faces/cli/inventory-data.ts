/** The inventory as data for scripts: every fact as value and source, without the raw readings behind it. */
import type { Inventory } from '../../core/inventory/build-inventory.ts';
import type { Adapter } from '../../core/model/adapter.ts';
import { isPending } from '../../core/model/firmware-setting.ts';
import { devicesOf, type Device } from '../../core/sriov/generate-status.ts';

const settingData = (adapter: Adapter): readonly object[] =>
  adapter.settings.map(({ name, default: byDefault, current, next, readOnly, origin, ...setting }) => ({
    name,
    default: byDefault ?? null,
    current: current ?? null,
    next: next ?? null,
    pending:
      isPending({
        name,
        readOnly,
        origin,
        ...setting,
        ...(current !== undefined && { current }),
        ...(next !== undefined && { next }),
      }) ?? null,
    readOnly,
    origin,
  }));

const deviceData = ({ function: one, status }: Device): object => ({
  ...one,
  status: status.is,
  ...(status.is === 'configured' && { policies: status.policies, wantedVfs: status.wantedVfs }),
  ...(status.is === 'excluded' && { excluded: status.exclusions }),
});

export const inventoryData = (inventory: Inventory): object => {
  const devices = devicesOf(inventory);
  return {
    nodes: inventory.nodes.map((node) => ({
      name: node.name,
      ...(node.machine !== undefined && { machine: node.machine }),
      ...(node.bootId !== undefined && { bootId: node.bootId }),
      adapters: node.adapters.map((adapter) => ({
        ...adapter,
        settings: settingData(adapter),
        functions: devices.filter((device) => device.adapter === adapter).map(deviceData),
      })),
      gaps: node.gaps,
    })),
    gaps: inventory.gaps,
    unknownText: inventory.unknownText.map(({ origin, text, lines }) => ({ origin, text, lines })),
  };
};
