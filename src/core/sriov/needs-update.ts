/**
 * When the daemon's generic plugin wants to configure a PF anew, and when that needs a drain (api/v1/helper.go,
 * NeedToUpdateSriov; pkg/plugins/generic, needToUpdateVFs; reference: sriov.md 2.3). Firmware is left to core/firmware.
 */
import type { InterfaceSpec, InterfaceStatus, VfGroup, VfStatus } from './network-node-state.ts';
import { inRange, parseRange } from './vf-range.ts';

/** What differs, as a sentence without a full stop; undefined where nothing does. */
export type Difference = string | undefined;

/** Drivers that hand a VF to user space (pkg/vars, DpdkDrivers). */
const USERSPACE_DRIVERS: readonly string[] = ['igb_uio', 'vfio-pci', 'uio_pci_generic'];

const UNSET_GUID = '0000:0000:0000:0000';

const modeOf = ({ eSwitchMode }: { readonly eSwitchMode?: string }): string =>
  eSwitchMode === undefined || eSwitchMode === '' ? 'legacy' : eSwitchMode;

const netdeviceDifference = (
  spec: InterfaceSpec,
  status: InterfaceStatus,
  group: VfGroup,
  vf: VfStatus,
): Difference => {
  if (USERSPACE_DRIVERS.includes(vf.driver)) return `VF ${vf.vfID} has driver ${vf.driver}, a kernel driver is wanted`;
  const mtu = group.mtu ?? 0;
  if (vf.mtu !== 0 && mtu !== 0 && vf.mtu !== mtu) return `VF ${vf.vfID} has mtu ${vf.mtu}, wanted ${mtu}`;
  const linkType = status.linkType.toLowerCase();
  // An empty GUID only says that it could not be read, as while a pod has the VF.
  if ((linkType === 'ib' || (linkType === 'eth' && group.isRdma === true)) && vf.guid === UNSET_GUID)
    return `VF ${vf.vfID} has no node GUID`;
  if (spec.externallyManaged === true) return 'the PF is externally managed, which is always configured again';
  return undefined;
};

const vfDifference = (spec: InterfaceSpec, status: InterfaceStatus, vf: VfStatus): Difference => {
  const group = (spec.vfGroups ?? []).find(({ vfRange }) => {
    const range = parseRange(vfRange);
    return range !== undefined && inRange(vf.vfID, range);
  });
  if (group === undefined) return undefined;
  if (vf.driver === '') return `VF ${vf.vfID} has no driver`;
  const deviceType = group.deviceType ?? '';
  if (deviceType !== '' && deviceType !== 'netdevice') {
    if (deviceType !== vf.driver) return `VF ${vf.vfID} has driver ${vf.driver}, wanted ${deviceType}`;
  } else {
    const difference = netdeviceDifference(spec, status, group, vf);
    if (difference !== undefined) return difference;
  }
  const vdpaType = group.vdpaType ?? '';
  return vdpaType === vf.vdpaType
    ? undefined
    : `VF ${vf.vfID} has vdpa type ${vf.vdpaType || 'none'}, wanted ${vdpaType || 'none'}`;
};

/** Why the plugin would configure this PF anew. A lower mtu than the present one is no reason. */
export const updateNeeded = (spec: InterfaceSpec, status: InterfaceStatus): Difference => {
  const mtu = spec.mtu ?? 0;
  if (mtu > status.mtu) return `mtu ${status.mtu}, wanted ${mtu}`;
  if (modeOf(spec) !== modeOf(status)) return `eSwitch mode ${modeOf(status)}, wanted ${modeOf(spec)}`;
  const numVfs = spec.numVfs ?? 0;
  if (numVfs !== status.numVfs) return `${status.numVfs} VFs, wanted ${numVfs}`;
  if (status.linkAdminState === 'down') return 'the PF is down';
  if (numVfs <= 0) return undefined;
  for (const vf of status.Vfs) {
    const difference = vfDifference(spec, status, vf);
    if (difference !== undefined) return difference;
  }
  return undefined;
};

/** What the operator applied to a PF earlier (/etc/sriov-operator/pci/ADDRESS on the host). */
export interface AppliedEarlier {
  readonly externallyManaged: boolean;
}

/**
 * Why the plugin asks for a drain before it configures the node's PFs. A PF without VFs never needs one. `appliedEarlier`
 * tells what the operator has stored about a PF, and undefined where it stored nothing.
 */
export const drainNeeded = (
  specs: readonly InterfaceSpec[],
  statuses: readonly InterfaceStatus[],
  appliedEarlier: (pciAddress: string) => AppliedEarlier | undefined,
): Difference => {
  for (const status of statuses) {
    if (status.numVfs === 0) continue;
    const spec = specs.find(({ pciAddress }) => pciAddress === status.pciAddress);
    if (spec !== undefined) {
      const difference = updateNeeded(spec, status);
      if (difference !== undefined) return `${status.name}: ${difference}`;
    } else if (appliedEarlier(status.pciAddress)?.externallyManaged === false) {
      return `${status.name}: no policy selects it any more, so its ${status.numVfs} VFs are taken away`;
    }
  }
  return undefined;
};
