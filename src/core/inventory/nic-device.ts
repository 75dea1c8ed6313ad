/**
 * NicDevice (configuration.net.nvidia.com): a card as the NIC configuration operator's daemon sees it (reference: sriov.md 4.1).
 * Its serial number is not unique on multi-host cards, so the ports' PCI addresses are the key here.
 */
import { digList, digText } from '../model/dig.ts';
import { pciAddress } from '../model/pci-address.ts';
import type { Origin } from '../snapshot/snapshot.ts';

export interface NicDevicePort {
  readonly pci: string;
  readonly interface?: string;
  readonly rdma?: string;
}

export interface NicDevice {
  readonly node: string;
  readonly deviceId?: string;
  readonly serial?: string;
  readonly part?: string;
  readonly psid?: string;
  readonly firmware?: string;
  readonly model?: string;
  readonly ports: readonly NicDevicePort[];
  readonly origin: Origin;
}

const field = <K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> =>
  value === undefined || value === '' ? {} : ({ [key]: value } as Record<K, string>);

const portOf = (port: unknown): readonly NicDevicePort[] => {
  const pci = pciAddress(digText(port, 'pci') ?? '');
  if (pci === undefined) return [];
  return [
    {
      pci,
      ...field('interface', digText(port, 'networkInterface')),
      ...field('rdma', digText(port, 'rdmaInterface')),
    },
  ];
};

/** Undefined where the object names no node. */
export const readNicDevice = (object: unknown, origin: Origin): NicDevice | undefined => {
  const node = digText(object, 'status', 'node');
  if (node === undefined) return undefined;
  return {
    node,
    ...field('deviceId', digText(object, 'status', 'type')?.toLowerCase()),
    ...field('serial', digText(object, 'status', 'serialNumber')),
    ...field('part', digText(object, 'status', 'partNumber')),
    ...field('psid', digText(object, 'status', 'psid')),
    ...field('firmware', digText(object, 'status', 'firmwareVersion')),
    ...field('model', digText(object, 'status', 'modelName')),
    ports: digList(object, 'status', 'ports').flatMap(portOf),
    origin,
  };
};
