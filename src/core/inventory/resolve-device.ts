/**
 * Which PCI function a tool's device name means: an address in any form, a /dev/mst name (from `mst status -v`), an RDMA device or an
 * interface. What cannot be resolved stays unresolved.
 */
import { pciAddress } from '../model/pci-address.ts';
import { pciOfInterfaceName } from './interface-name.ts';
import type { HostReading } from './readers/host-reading.ts';

export type ResolveDevice = (name: string) => string | undefined;

/** Names and addresses that the readings of one node give, by name. */
export const deviceResolver = (
  readings: readonly HostReading[],
  interfaces: ReadonlyMap<string, string>,
): ResolveDevice => {
  const byName = new Map<string, string>(interfaces);
  for (const reading of readings) {
    if (reading.kind === 'mst-devices')
      for (const { mst, pci, rdma, interface: name } of reading.devices) {
        byName.set(mst, pci);
        if (rdma !== undefined) byName.set(rdma, pci);
        if (name !== undefined) byName.set(name, pci);
      }
    if (reading.kind === 'driver-info' && reading.pci !== undefined && reading.context.device !== undefined)
      byName.set(reading.context.device, reading.pci);
    if (reading.kind !== 'rdma-devices') continue;
    for (const { rdma, netdev, pci } of reading.rows) {
      const address = pci ?? byName.get(netdev) ?? pciOfInterfaceName(netdev);
      if (address === undefined) continue;
      byName.set(rdma, address);
      if (!netdev.startsWith('bond')) byName.set(netdev, address);
    }
  }
  return (name) => pciAddress(name) ?? byName.get(name) ?? pciOfInterfaceName(name);
};

/** A PCI address in a file's name, as collectors write it: `mstconfig_0000:18:00.0`, `dgx030-0000-18-00-0.txt`. */
export const pciInFileName = (source: string): string | undefined => {
  const file = source.slice(Math.max(source.lastIndexOf('/'), source.lastIndexOf('!')) + 1);
  const parts = /(?:^|[^0-9a-f])([0-9a-f]{4})[:_-]([0-9a-f]{2})[:_-]([01][0-9a-f])[._-]([0-7])(?![0-9a-f])/i.exec(file);
  return parts === null ? undefined : pciAddress(`${parts[1]}:${parts[2]}:${parts[3]}.${parts[4]}`);
};
