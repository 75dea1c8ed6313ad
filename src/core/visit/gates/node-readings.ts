/** What texts say of a node's functions and links, in the terms of the gates. */
import type { InventoryNode } from '../../inventory/build-inventory.ts';
import type { DeviceLinks } from './link-gates.ts';
import type { VfCount } from './node-gates.ts';

/** As the host counts them, not as the operator remembers them. */
export const countsOf = (node: InventoryNode): readonly VfCount[] | undefined => {
  const counts = node.readings.flatMap((reading): VfCount[] => {
    if (reading.kind !== 'vf-count' || reading.file !== 'sriov_numvfs') return [];
    const pci =
      reading.pci ??
      node.adapters
        .flatMap(({ functions }) => functions)
        .find(
          ({ interface: name, rdma }) =>
            name?.value === reading.interface || (rdma !== undefined && rdma.value === reading.rdma),
        )?.pci;
    return pci === undefined ? [] : [{ pci, numVfs: reading.count }];
  });
  return counts.length === 0 ? undefined : counts;
};

/** By function; what one text leaves out, another may tell. */
export const linksOf = ({ readings }: InventoryNode): readonly DeviceLinks[] => {
  const found = new Map<string, DeviceLinks>();
  for (const reading of readings) {
    if (reading.kind !== 'device-links') continue;
    const known = found.get(reading.pci);
    found.set(reading.pci, {
      ...known,
      ...reading,
      ports: reading.ports.length > 0 ? reading.ports : (known?.ports ?? []),
    });
  }
  return [...found.values()];
};
