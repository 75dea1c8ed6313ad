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

type IndexTest = (index: number) => boolean;

/** What stands behind the `#`: `0-3,5`. The plugin takes lists, which the operator's webhook refuses. */
const listedTest = (list: string): IndexTest => {
  const parts = list.split(',').map((part) => {
    const range = part.includes('-') ? parseRange(part) : undefined;
    const start = parseWhole(part) ?? Number.NaN;
    return range ?? { start, end: start };
  });
  return (index) => parts.some((range) => inRange(index, range));
};

/** By PF, in lower case: of several entries the first decides alone, and the plugin's comparison ignores case. */
const entryTests = (entries: readonly string[]): ReadonlyMap<string, IndexTest> => {
  const tests = new Map<string, IndexTest>();
  for (const entry of entries) {
    const [name = '', list, ...more] = entry.toLowerCase().split('#');
    if (tests.has(name)) continue;
    tests.set(name, list === undefined ? () => true : more.length > 0 ? () => false : listedTest(list));
  }
  return tests;
};

const linkTypeOf = (vf: PlannedVf): string => {
  if (isUserspace(vf)) return '';
  return vf.linkType === 'IB' ? 'infiniband' : vf.linkType === 'ETH' ? 'ether' : '';
};

/** One selector of a resource: its name, and whether a VF passes it. */
type Selector = readonly [name: string, passes: (vf: PlannedVf) => boolean];

const listSelector = (
  name: string,
  list: readonly string[] | undefined,
  valueOf: (vf: PlannedVf) => string,
): readonly Selector[] => {
  if (list === undefined) return [];
  const values = new Set(list);
  return [[name, (vf) => values.has(valueOf(vf))]];
};

const entrySelector = (
  name: string,
  entries: readonly string[] | undefined,
  valueOf: (vf: PlannedVf) => string,
): readonly Selector[] => {
  if (entries === undefined) return [];
  const tests = entryTests(entries);
  return [[name, (vf) => tests.get(valueOf(vf).toLowerCase())?.(vf.index) === true]];
};

const selectorsOf = ({ selectors }: ResourceConfig, nics: SupportedNics): readonly Selector[] => [
  ...listSelector('vendors', selectors.vendors, ({ pf }) => pf.vendor),
  ...listSelector('devices', selectors.devices, ({ pf }) => nics.vfDeviceOf(pf.deviceID) ?? ''),
  ...listSelector('pciAddresses', selectors.pciAddresses, ({ pf }) => pf.pciAddress),
  ...entrySelector('pfNames', selectors.pfNames, ({ pf }) => pf.name),
  ...entrySelector('rootDevices', selectors.rootDevices, ({ pf }) => pf.pciAddress),
  ...listSelector('linkTypes', selectors.linkTypes, linkTypeOf),
  ...(selectors.IsRdma ? [['isRdma', (vf: PlannedVf) => !isUserspace(vf)] as const] : []),
  ...listSelector(
    'vdpaType',
    selectors.vdpaType === undefined ? undefined : [selectors.vdpaType],
    ({ group }) => group?.vdpaType ?? '',
  ),
];

/** Names of the resource's selectors that a VF fails; `[]` means that the resource takes it. */
export const failedSelectors = (vf: PlannedVf, resource: ResourceConfig, nics: SupportedNics): readonly string[] =>
  selectorsOf(resource, nics)
    .filter(([, passes]) => !passes(vf))
    .map(([name]) => name);

/** The pools by resource name; a VF goes to the first resource of the list that takes it. */
export const devicePools = (
  resourceList: readonly ResourceConfig[],
  vfs: readonly PlannedVf[],
  nics: SupportedNics,
): ReadonlyMap<string, readonly PlannedVf[]> => {
  const resources = resourceList.map((resource) => ({
    pool: [] as PlannedVf[],
    name: resource.resourceName,
    selectors: selectorsOf(resource, nics),
  }));
  for (const vf of vfs) resources.find(({ selectors }) => selectors.every(([, passes]) => passes(vf)))?.pool.push(vf);
  return new Map(resources.map(({ name, pool }) => [name, pool]));
};
