/**
 * SriovNetworkNodeState, sriovnetwork.openshift.io/v1: what the operator asks of a node (spec) and what its daemon found
 * there (status). Field names and their order are upstream's, so that the written JSON is too (api/v1/
 * sriovnetworknodestate_types.go). How a spec comes about is left to render-policies.ts.
 */
import { dig, digFlag, digList, digNumber, digText } from '../model/dig.ts';

/** VFs of one PF that belong to one resource. Keys that are not set are absent, as in upstream's JSON. */
export interface VfGroup {
  readonly resourceName?: string;
  readonly deviceType?: string;
  /** `a-b`, both ends included. */
  readonly vfRange: string;
  readonly policyName?: string;
  readonly mtu?: number;
  readonly isRdma?: true;
  readonly vdpaType?: string;
}

export interface InterfaceSpec {
  readonly pciAddress: string;
  readonly numVfs?: number;
  readonly mtu?: number;
  readonly name?: string;
  readonly linkType?: string;
  readonly eSwitchMode?: string;
  readonly vfGroups?: readonly VfGroup[];
  readonly externallyManaged?: true;
}

export type StringMap = Readonly<Record<string, string>>;

/** Columns of OVSDB's Bridge table. */
export interface OvsBridgeConfig {
  readonly datapathType?: string;
  readonly externalIDs?: StringMap;
  readonly otherConfig?: StringMap;
  readonly failMode?: string;
}

/** Columns of OVSDB's Interface table. */
export interface OvsInterfaceConfig {
  readonly type?: string;
  readonly options?: StringMap;
  readonly externalIDs?: StringMap;
  readonly otherConfig?: StringMap;
  readonly mtuRequest?: number;
}

export interface OvsBridgeSpec {
  readonly name: string;
  readonly bridge: OvsBridgeConfig;
  readonly uplinks: readonly {
    readonly pciAddress: string;
    readonly name: string;
    readonly interface: OvsInterfaceConfig;
  }[];
}

/** `bridges` and `system` are structs in upstream, so they are written even when they are empty. */
export interface NodeStateSpec {
  readonly interfaces?: readonly InterfaceSpec[];
  readonly bridges: { readonly ovs?: readonly OvsBridgeSpec[] };
  readonly system: { readonly rdmaMode?: string };
}

/** One VF as the daemon found it. Empty text and 0 mean that the daemon said nothing. */
export interface VfStatus {
  readonly vfID: number;
  readonly driver: string;
  readonly mtu: number;
  readonly vdpaType: string;
  readonly guid: string;
}

/** One PF as the daemon found it. Empty text and 0 mean that the daemon said nothing, as in upstream's Go structs. */
export interface InterfaceStatus {
  readonly name: string;
  readonly altNames: readonly string[];
  readonly pciAddress: string;
  readonly vendor: string;
  readonly deviceID: string;
  readonly driver: string;
  readonly netFilter: string;
  readonly mtu: number;
  readonly numVfs: number;
  readonly totalvfs: number;
  /** `ETH`, `IB` or empty. */
  readonly linkType: string;
  /** `up`, `down` or empty. */
  readonly linkAdminState: string;
  readonly eSwitchMode: string;
  readonly Vfs: readonly VfStatus[];
}

const readVf = (value: unknown): VfStatus => ({
  vfID: digNumber(value, 'vfID') ?? 0,
  driver: digText(value, 'driver') ?? '',
  mtu: digNumber(value, 'mtu') ?? 0,
  vdpaType: digText(value, 'vdpaType') ?? '',
  guid: digText(value, 'guid') ?? '',
});

/** Ids of digits only are numbers where a person wrote them without quotes. */
const readId = (value: unknown, key: string): string => {
  const found = dig(value, key);
  return typeof found === 'string' ? found : typeof found === 'number' ? String(found) : '';
};

/** Reads one entry of status.interfaces; parts of another type than the CRD's count as not said. */
export const readInterfaceStatus = (value: unknown): InterfaceStatus => ({
  name: digText(value, 'name') ?? '',
  altNames: digList(value, 'altNames').filter((name) => typeof name === 'string'),
  pciAddress: digText(value, 'pciAddress') ?? '',
  vendor: readId(value, 'vendor'),
  deviceID: readId(value, 'deviceID'),
  driver: digText(value, 'driver') ?? '',
  netFilter: digText(value, 'netFilter') ?? '',
  mtu: digNumber(value, 'mtu') ?? 0,
  numVfs: digNumber(value, 'numVfs') ?? 0,
  totalvfs: digNumber(value, 'totalvfs') ?? 0,
  linkType: digText(value, 'linkType') ?? '',
  linkAdminState: digText(value, 'linkAdminState') ?? '',
  eSwitchMode: digText(value, 'eSwitchMode') ?? '',
  Vfs: digList(value, 'Vfs').map(readVf),
});

/** The PFs of a SriovNetworkNodeState object; empty where the daemon has never reported. */
export const readInterfaceStatuses = (nodeState: unknown): readonly InterfaceStatus[] =>
  digList(nodeState, 'status', 'interfaces').map(readInterfaceStatus);

const optional = <Key extends string, Value>(key: Key, value: Value | undefined): { readonly [key in Key]?: Value } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [key in Key]: Value });

const readVfGroup = (value: unknown): VfGroup => ({
  ...optional('resourceName', digText(value, 'resourceName')),
  ...optional('deviceType', digText(value, 'deviceType')),
  vfRange: digText(value, 'vfRange') ?? '',
  ...optional('policyName', digText(value, 'policyName')),
  ...optional('mtu', digNumber(value, 'mtu')),
  ...optional('isRdma', digFlag(value, 'isRdma') === true ? true : undefined),
  ...optional('vdpaType', digText(value, 'vdpaType')),
});

/** Reads one entry of spec.interfaces. */
export const readInterfaceSpec = (value: unknown): InterfaceSpec => ({
  pciAddress: digText(value, 'pciAddress') ?? '',
  ...optional('numVfs', digNumber(value, 'numVfs')),
  ...optional('mtu', digNumber(value, 'mtu')),
  ...optional('name', digText(value, 'name')),
  ...optional('linkType', digText(value, 'linkType')),
  ...optional('eSwitchMode', digText(value, 'eSwitchMode')),
  ...optional(
    'vfGroups',
    dig(value, 'vfGroups') === undefined ? undefined : digList(value, 'vfGroups').map(readVfGroup),
  ),
  ...optional('externallyManaged', digFlag(value, 'externallyManaged') === true ? true : undefined),
});
