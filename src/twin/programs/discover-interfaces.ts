/** What the config daemon finds on its host: status.interfaces of the node state, one entry a PF that has a net device. */
import { CHART_NICS, supportedNics, VENDOR_NVIDIA } from '../../core/sriov/supported-nics.ts';
import { PORT_GBPS } from '../hardware/adapter.ts';
import type { Host } from '../hardware/host.ts';

const NICS = supportedNics(CHART_NICS);

const IB_MTU = 4092;

const vfAddress = (pci: string, index: number): string => `${pci.slice(0, pci.lastIndexOf(':'))}:00.${index + 1}`;

/** As the object holds it; core/sriov reads it back. */
export const discoverInterfaces = (host: Host): readonly Readonly<Record<string, unknown>>[] =>
  host.adapters
    .flatMap((adapter) => adapter.spec.functions.map((fn) => ({ adapter, fn })))
    .toSorted((a, b) => (a.fn.pci < b.fn.pci ? -1 : 1))
    .map(({ adapter, fn }) => {
      const vfs = adapter.vfs(fn.pci);
      const { deviceID } = adapter.spec.model;
      return {
        name: fn.interface,
        pciAddress: fn.pci,
        vendor: VENDOR_NVIDIA,
        deviceID,
        driver: 'mlx5_core',
        mtu: fn.linkType === 'IB' ? IB_MTU : 1500,
        linkSpeed: adapter.isPortUp(fn.pci) ? `${PORT_GBPS * 1000} Mb/s` : '-1 Mb/s',
        linkType: fn.linkType,
        linkAdminState: 'up',
        eSwitchMode: 'legacy',
        ...(adapter.totalVfs === 0 ? {} : { totalvfs: adapter.totalVfs }),
        ...(vfs.length === 0 ? {} : { numVfs: vfs.length }),
        ...(vfs.length === 0
          ? {}
          : {
              Vfs: vfs.map((vf, vfID) => ({
                vfID,
                name: `${fn.interface}v${vfID}`,
                pciAddress: vfAddress(fn.pci, vfID),
                vendor: VENDOR_NVIDIA,
                deviceID: NICS.vfDeviceOf(deviceID) ?? '',
                driver: vf.driver,
                mtu: vf.mtu,
                guid: vf.guid,
              })),
            }),
      };
    });
