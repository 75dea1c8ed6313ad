/**
 * SriovNetworkNodeState as facts: what the operator wants of each PF and what its daemon saw (reference: sriov.md 1.2). The
 * object may be incomplete; what is absent stays absent (`totalvfs` missing is not 0).
 */
import { dig, digFlag, digList, digNumber, digText, digTexts, type Path } from '../model/dig.ts';
import { pciAddress } from '../model/pci-address.ts';
import type { Origin } from '../snapshot/snapshot.ts';

export interface WantedGroup {
  readonly resourceName: string;
  readonly policyName: string;
  readonly vfRange: string;
}

export interface WantedInterface {
  readonly pci: string;
  readonly name?: string;
  readonly numVfs: number;
  readonly linkType?: string;
  readonly externallyManaged: boolean;
  readonly groups: readonly WantedGroup[];
  readonly origin: Origin;
}

export interface SeenVf {
  readonly index: number;
  readonly pci?: string;
  readonly name?: string;
  readonly deviceId?: string;
  readonly driver?: string;
}

export interface SeenInterface {
  readonly pci: string;
  readonly name?: string;
  readonly altNames: readonly string[];
  readonly vendor?: string;
  readonly deviceId?: string;
  readonly driver?: string;
  readonly linkType?: 'ETH' | 'IB';
  readonly mtu?: number;
  readonly numVfs?: number;
  readonly totalVfs?: number;
  readonly vfs: readonly SeenVf[];
  readonly origin: Origin;
}

export interface NodeState {
  readonly node?: string;
  readonly namespace?: string;
  readonly syncStatus?: string;
  readonly lastSyncError?: string;
  /** Annotations sriovnetwork.openshift.io/desired-state and current-state. */
  readonly desiredState?: string;
  readonly currentState?: string;
  readonly wanted: readonly WantedInterface[];
  readonly seen: readonly SeenInterface[];
  readonly origin: Origin;
}

/** Where a field of the object stands. */
export type OriginOf = (path: Path) => Origin;

const some = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, V>);

/** Unquoted ids such as 1018 are numbers in YAML. */
const idText = (value: unknown, key: string): string | undefined => {
  const found = dig(value, key);
  return typeof found === 'number' ? String(found) : digText(value, key)?.toLowerCase();
};

const linkTypeOf = (text: string | undefined): 'ETH' | 'IB' | undefined => {
  const upper = text?.toUpperCase();
  return upper === 'ETH' || upper === 'IB' ? upper : undefined;
};

const wantedOf = (entry: unknown, origin: Origin): WantedInterface | undefined => {
  const pci = pciAddress(digText(entry, 'pciAddress') ?? '');
  if (pci === undefined) return undefined;
  return {
    pci,
    ...some('name', digText(entry, 'name')),
    numVfs: digNumber(entry, 'numVfs') ?? 0,
    ...some('linkType', digText(entry, 'linkType')),
    externallyManaged: digFlag(entry, 'externallyManaged') ?? false,
    groups: digList(entry, 'vfGroups').map((group) => ({
      resourceName: digText(group, 'resourceName') ?? '',
      policyName: digText(group, 'policyName') ?? '',
      vfRange: digText(group, 'vfRange') ?? '',
    })),
    origin,
  };
};

const vfOf = (entry: unknown): SeenVf => ({
  index: digNumber(entry, 'vfID') ?? 0,
  ...some('pci', pciAddress(digText(entry, 'pciAddress') ?? '')),
  ...some('name', digText(entry, 'name')),
  ...some('deviceId', idText(entry, 'deviceID')),
  ...some('driver', digText(entry, 'driver')),
});

const seenOf = (entry: unknown, origin: Origin): SeenInterface | undefined => {
  const pci = pciAddress(digText(entry, 'pciAddress') ?? '');
  if (pci === undefined) return undefined;
  return {
    pci,
    ...some('name', digText(entry, 'name')),
    altNames: digList(entry, 'altNames').filter((name) => typeof name === 'string'),
    ...some('vendor', idText(entry, 'vendor')),
    ...some('deviceId', idText(entry, 'deviceID')),
    ...some('driver', digText(entry, 'driver')),
    ...some('linkType', linkTypeOf(digText(entry, 'linkType'))),
    ...some('mtu', digNumber(entry, 'mtu')),
    ...some('numVfs', digNumber(entry, 'numVfs')),
    ...some('totalVfs', digNumber(entry, 'totalvfs')),
    vfs: digList(entry, 'Vfs').map(vfOf),
    origin,
  };
};

/** Reads any value that has the shape of a node state, with or without its kind and name. */
export const readNodeState = (object: unknown, originOf: OriginOf): NodeState => {
  const annotations = digTexts(object, 'metadata', 'annotations');
  const list = <T>(of: (entry: unknown, origin: Origin) => T | undefined, ...path: readonly string[]): readonly T[] =>
    digList(object, ...path)
      .map((entry, index) => of(entry, originOf([...path, index])))
      .filter((entry) => entry !== undefined);
  return {
    ...some('node', digText(object, 'metadata', 'name')),
    ...some('namespace', digText(object, 'metadata', 'namespace')),
    ...some('syncStatus', digText(object, 'status', 'syncStatus')),
    ...some('lastSyncError', digText(object, 'status', 'lastSyncError')),
    ...some('desiredState', annotations['sriovnetwork.openshift.io/desired-state']),
    ...some('currentState', annotations['sriovnetwork.openshift.io/current-state']),
    wanted: list(wantedOf, 'spec', 'interfaces'),
    seen: list(seenOf, 'status', 'interfaces'),
    origin: originOf([]),
  };
};
