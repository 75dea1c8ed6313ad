/**
 * Policies -> what the SR-IOV network device plugin is told for one node: one key of ConfigMap device-plugin-config
 * (controllers/sriovnetworknodepolicy_controller.go, renderDevicePluginConfigData; reference: sriov.md 1.7). What the
 * plugin makes of it is left to device-plugin.ts.
 */
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { goJson } from './go-json.ts';
import type { InterfaceStatus } from './network-node-state.ts';
import { nameResolver, netFilterMatches, resolvePfNames } from './nic-selector.ts';
import type { PreparedPolicy } from './prepared-policy.ts';
import type { SupportedNics } from './supported-nics.ts';

/** Keys in the order of the plugin's JSON; IsRdma and NeedVhostNet are always there, in exactly this spelling. */
export interface NetDeviceSelectors {
  readonly vendors?: readonly string[];
  readonly devices?: readonly string[];
  readonly pciAddresses?: readonly string[];
  readonly pfNames?: readonly string[];
  readonly rootDevices?: readonly string[];
  readonly linkTypes?: readonly string[];
  readonly IsRdma: boolean;
  readonly NeedVhostNet: boolean;
  readonly vdpaType?: string;
}

export interface ResourceConfig {
  readonly resourceName: string;
  readonly excludeTopology?: true;
  readonly selectors: NetDeviceSelectors;
}

interface ResourceDraft {
  readonly vendors: string[];
  readonly devices: string[];
  readonly pciAddresses: string[];
  readonly pfNames: string[];
  readonly rootDevices: string[];
  readonly linkTypes: string[];
  /** The first policy of a resource decides these three. */
  readonly isRdma: boolean;
  readonly needVhostNet: boolean;
  readonly vdpaType: string;
  /** The last policy of a resource decides this one. */
  excludeTopology: boolean;
}

const addNew = (list: string[], values: readonly string[]): void => {
  for (const value of values) if (!list.includes(value)) list.push(value);
};

/** The VF's device id; the PF's own where there are no VFs; nothing where the model is not known. */
const devicesOf = ({ policy: { spec } }: PreparedPolicy, nics: SupportedNics): readonly string[] => {
  const { deviceID } = spec.nicSelector;
  if (deviceID === '') return [];
  const device = spec.numVfs === 0 ? deviceID : nics.vfDeviceOf(deviceID);
  return device === undefined || device === '' ? [] : [device];
};

/** The link type of a VF that is bound to vfio-pci cannot be read, so it is no selector there. */
const linkTypesOf = ({ policy: { spec } }: PreparedPolicy): readonly string[] => {
  if (spec.deviceType === 'vfio-pci' || spec.linkType === '') return [];
  return [spec.linkType.toLowerCase() === 'ib' ? 'infiniband' : 'ether'];
};

const newDraft = ({ policy: { spec } }: PreparedPolicy): ResourceDraft => ({
  vendors: [],
  devices: [],
  pciAddresses: [],
  pfNames: [],
  // Upstream takes the root devices of the first policy as they are, doubles included.
  rootDevices: [...spec.nicSelector.rootDevices],
  linkTypes: [],
  isRdma: spec.isRdma,
  needVhostNet: spec.needVhostNet,
  vdpaType: spec.vdpaType,
  excludeTopology: false,
});

const extend = (
  draft: ResourceDraft,
  policy: PreparedPolicy,
  interfaces: readonly InterfaceStatus[],
  resolve: (name: string) => string,
  nics: SupportedNics,
): void => {
  const { nicSelector, excludeTopology } = policy.policy.spec;
  if (nicSelector.vendor !== '') addNew(draft.vendors, [nicSelector.vendor]);
  addNew(draft.devices, devicesOf(policy, nics));
  addNew(draft.pfNames, resolvePfNames(nicSelector.pfNames, resolve));
  addNew(draft.linkTypes, linkTypesOf(policy));
  addNew(draft.rootDevices, nicSelector.rootDevices);
  if (nicSelector.netFilter !== '')
    addNew(
      draft.pciAddresses,
      interfaces
        .filter((iface) => netFilterMatches(nicSelector.netFilter, iface.netFilter))
        .map(({ pciAddress }) => pciAddress),
    );
  draft.excludeTopology = excludeTopology;
};

/** In the order of the plugin's JSON, before the flags. */
const LISTS = ['vendors', 'devices', 'pciAddresses', 'pfNames', 'rootDevices', 'linkTypes'] as const;

type Writable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };

const selectorsOf = (draft: ResourceDraft): NetDeviceSelectors => {
  const lists: Writable<Pick<NetDeviceSelectors, (typeof LISTS)[number]>> = {};
  for (const key of LISTS) if (draft[key].length > 0) lists[key] = draft[key];
  const flags = { IsRdma: draft.isRdma, NeedVhostNet: draft.needVhostNet };
  return Object.assign(lists, flags, draft.vdpaType === '' ? undefined : { vdpaType: draft.vdpaType });
};

const configOf = (resourceName: string, draft: ResourceDraft): ResourceConfig => {
  const selectors = selectorsOf(draft);
  return draft.excludeTopology ? { resourceName, excludeTopology: true, selectors } : { resourceName, selectors };
};

/** `policies`: those that select the node, in the order of preparePolicies. */
export const renderResourceList = (
  policies: readonly PreparedPolicy[],
  interfaces: readonly InterfaceStatus[],
  nics: SupportedNics,
): Result<readonly ResourceConfig[]> => {
  const resolve = nameResolver(interfaces);
  const drafts = new Map<string, ResourceDraft>();
  for (const policy of policies) {
    const { spec, name } = policy.policy;
    let draft = drafts.get(spec.resourceName);
    if (draft === undefined) {
      if (spec.nicSelector.netFilter !== '' && interfaces.length === 0)
        return fail(
          'refused-node-state-empty',
          `policy ${name} selects by netFilter, and the node state holds no interfaces yet; the config daemon has to report first`,
        );
      draft = newDraft(policy);
      drafts.set(spec.resourceName, draft);
    }
    extend(draft, policy, interfaces, resolve, nics);
  }
  return ok([...drafts].map(([resourceName, draft]) => configOf(resourceName, draft)));
};

/**
 * The value of the node's key in the ConfigMap, byte for byte. SelectorObj is a field of the plugin's that upstream
 * writes as null for want of a tag (pkg/types/types.go of the version in upstream's go.mod).
 */
export const devicePluginConfigText = (resourceList: readonly ResourceConfig[]): string =>
  goJson({
    resourceList: resourceList.map(({ resourceName, excludeTopology, selectors }) => ({
      resourceName,
      excludeTopology,
      selectors,
      SelectorObj: null,
    })),
  });
