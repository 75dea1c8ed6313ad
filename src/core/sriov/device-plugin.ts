/**
 * What the SR-IOV network device plugin makes of its configuration once the VFs are there: which VF goes into which pool
 * (sriov-network-device-plugin at 40b6f507: pkg/resources/deviceSelectors.go, pkg/netdevice/netDeviceProvider.go,
 * cmd/sriovdp/manager.go; reference: sriov.md 1.7). A forecast: it takes every VF that the node state asks for as there.
 */
import type { ResourceConfig } from './device-plugin-config.ts';
import type { InterfaceSpec, InterfaceStatus, VfGroup } from './network-node-state.ts';
import type { SupportedNics } from './supported-nics.ts';
import { inRange, parseRange, parseWhole } from './vf-range.ts';

export interface PlannedVf {
  readonly pf: InterfaceStatus;
  readonly index: number;
  /** Absent where no group has the VF: it exists, with its kernel driver, for nobody. */
  readonly group?: VfGroup;
  /** The link type that the PF is to have: `ETH`, `IB` or empty. */
  readonly linkType: string;
}

/** More VFs than any PF has; keeps the forecast small on a hostile spec. */
const MOST_VFS = 1024;

/** Every VF that the specs ask for on PFs that are there. */
export const plannedVfs = (
  specs: readonly InterfaceSpec[],
  interfaces: readonly InterfaceStatus[],
): readonly PlannedVf[] => {
  const pfs = new Map(interfaces.map((iface) => [iface.pciAddress, iface]));
  return specs.flatMap((spec) => {
    const pf = pfs.get(spec.pciAddress);
    if (pf === undefined) return [];
    const groups = (spec.vfGroups ?? []).map((group) => ({ group, range: parseRange(group.vfRange) }));
    const linkType = (spec.linkType ?? pf.linkType).toUpperCase();
    return Array.from({ length: Math.min(spec.numVfs ?? 0, MOST_VFS) }, (_, index): PlannedVf => {
      const found = groups.find(({ range }) => range !== undefined && inRange(index, range));
      return { pf, index, linkType, ...(found === undefined ? {} : { group: found.group }) };
    });
  });
};

const isUserspace = ({ group }: PlannedVf): boolean => group?.deviceType === 'vfio-pci';

/** One entry after the `#`: `0-3,5`. The plugin takes lists, which the operator's webhook refuses. */
const isListed = (index: number, list: string): boolean =>
  list.split(',').some((part) => {
    const range = part.includes('-') ? parseRange(part) : undefined;
    return range === undefined ? parseWhole(part) === index : inRange(index, range);
  });

/** The first entry whose name equals the PF's, whatever its case, decides alone. */
const isSelectedBy = (entries: readonly string[], name: string, index: number): boolean => {
  const entry = entries.find((item) => item.split('#', 1)[0]?.toLowerCase() === name.toLowerCase());
  if (entry === undefined) return false;
  const [, list, ...more] = entry.split('#');
  return list === undefined || (more.length === 0 && isListed(index, list));
};

const linkTypeOf = (vf: PlannedVf): string => {
  if (isUserspace(vf)) return '';
  return vf.linkType === 'IB' ? 'infiniband' : vf.linkType === 'ETH' ? 'ether' : '';
};

/** Names of selectors of which a VF fails; `[]` means that the resource takes it. */
export const failedSelectors = (
  vf: PlannedVf,
  { selectors }: ResourceConfig,
  nics: SupportedNics,
): readonly string[] => {
  const { pf, index, group } = vf;
  const lists: readonly (readonly [string, readonly string[] | undefined, (list: readonly string[]) => boolean])[] = [
    ['vendors', selectors.vendors, (list) => list.includes(pf.vendor)],
    ['devices', selectors.devices, (list) => list.includes(nics.vfDeviceOf(pf.deviceID) ?? '')],
    ['pciAddresses', selectors.pciAddresses, (list) => list.includes(pf.pciAddress)],
    ['pfNames', selectors.pfNames, (list) => isSelectedBy(list, pf.name, index)],
    ['rootDevices', selectors.rootDevices, (list) => isSelectedBy(list, pf.pciAddress, index)],
    ['linkTypes', selectors.linkTypes, (list) => list.includes(linkTypeOf(vf))],
  ];
  return [
    ...lists.filter(([, list, holds]) => list !== undefined && !holds(list)).map(([name]) => name),
    ...(selectors.IsRdma && isUserspace(vf) ? ['isRdma'] : []),
    ...(selectors.vdpaType !== undefined && selectors.vdpaType !== group?.vdpaType ? ['vdpaType'] : []),
  ];
};

/** The pools by resource name; a VF goes to the first resource of the list that takes it. */
export const devicePools = (
  resourceList: readonly ResourceConfig[],
  vfs: readonly PlannedVf[],
  nics: SupportedNics,
): ReadonlyMap<string, readonly PlannedVf[]> => {
  const pools = new Map<string, PlannedVf[]>(resourceList.map(({ resourceName }) => [resourceName, []]));
  for (const vf of vfs) {
    const resource = resourceList.find((candidate) => failedSelectors(vf, candidate, nics).length === 0);
    if (resource !== undefined) pools.get(resource.resourceName)?.push(vf);
  }
  return pools;
};
