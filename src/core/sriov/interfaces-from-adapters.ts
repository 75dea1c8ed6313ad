/**
 * An inventory's PFs as the config daemon would report them, for nodes that have no SriovNetworkNodeState yet. The daemon
 * passes over a PF without a net device or without a driver, so those are left out here too (reference: sriov.md 1.9).
 */
import type { Adapter, PhysicalFunction } from '../model/adapter.ts';
import type { InterfaceStatus } from './network-node-state.ts';
import { VENDOR_NVIDIA } from './supported-nics.ts';

/** `ibdev2netdev` gives no vendor, but only NVIDIA's drivers name RDMA devices mlx5_N. */
const vendorOf = ({ vendor, rdma }: PhysicalFunction): string =>
  vendor?.value ?? (rdma?.value.startsWith('mlx') === true ? VENDOR_NVIDIA : '');

const interfaceOf = (pf: PhysicalFunction, name: string): InterfaceStatus => ({
  name,
  altNames: pf.altNames,
  pciAddress: pf.pci,
  vendor: vendorOf(pf),
  deviceID: pf.deviceId?.value ?? '',
  driver: pf.driver?.value ?? '',
  netFilter: '',
  mtu: pf.mtu?.value ?? 0,
  numVfs: pf.numVfs?.value ?? 0,
  totalvfs: pf.totalVfs?.value ?? 0,
  linkType: pf.linkType?.value ?? '',
  linkAdminState: '',
  eSwitchMode: '',
  Vfs: pf.vfs.map(({ index, driver }) => ({ vfID: index, driver: driver ?? '', mtu: 0, vdpaType: '', guid: '' })),
});

export const interfacesFromAdapters = (adapters: readonly Adapter[]): readonly InterfaceStatus[] =>
  adapters.flatMap(({ functions }) =>
    functions.flatMap((pf) => (pf.interface === undefined ? [] : [interfaceOf(pf, pf.interface.value)])),
  );
