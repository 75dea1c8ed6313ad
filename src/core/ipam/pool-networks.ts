/**
 * Which networks ask which pools for addresses, and for which device plugin resource: read from the operators' network
 * kinds and from NetworkAttachmentDefinitions (reference page section 1.8). What each rail needs is in rails.ts.
 */
import { dig, digList, digText, isMap } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Snapshot, SnapshotObject } from '../snapshot/snapshot.ts';
import type { PoolKind } from './pool-object.ts';

export interface PoolNetwork {
  readonly kind: string;
  readonly name: string;
  /** Without its prefix: `resibp24s0` of `nvidia.com/resibp24s0`. Undefined for networks that need no device. */
  readonly resource: string | undefined;
  /** The pools it asks; empty when it uses another IPAM or none. */
  readonly pools: readonly string[];
  readonly poolKind: PoolKind;
  readonly source: SnapshotObject;
}

/** Network kinds whose `spec.ipam` is the JSON of a CNI ipam block. */
const NETWORK_KINDS = [
  'SriovNetwork',
  'SriovIBNetwork',
  'OVSNetwork',
  'HostDeviceNetwork',
  'IPoIBNetwork',
  'MacvlanNetwork',
];

const RESOURCE_ANNOTATION = 'k8s.v1.cni.cncf.io/resourceName';

const parseJson = (text: string | undefined): unknown => {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The ipam block of a CNI configuration, of a single plug-in or of a list of them. */
const ipamOf = (config: unknown): unknown =>
  dig(config, 'ipam') ??
  digList(config, 'plugins')
    .map((plugin) => dig(plugin, 'ipam'))
    .find(isMap);

const shortName = (resource: string | undefined): string | undefined => resource?.split('/').at(-1);

const poolsIn = (ipam: unknown, networkName: string): Pick<PoolNetwork, 'pools' | 'poolKind'> => {
  const poolKind = digText(ipam, 'poolType')?.toLowerCase() === 'cidrpool' ? 'CIDRPool' : 'IPPool';
  if (digText(ipam, 'type') !== 'nv-ipam') return { pools: [], poolKind };
  // Without a pool name, nv-ipam takes the name of the network.
  const names = (digText(ipam, 'poolName') ?? networkName).split(',').map((name) => name.trim());
  return { pools: names.filter((name) => name !== ''), poolKind };
};

const readNetwork = (source: SnapshotObject): PoolNetwork => {
  const { object } = source;
  const ipam = parseJson(digText(object, 'spec', 'ipam'));
  return {
    kind: object.kind,
    name: object.metadata.name,
    resource: shortName(digText(object, 'spec', 'resourceName')),
    ...poolsIn(ipam, object.metadata.name),
    source,
  };
};

const readAttachment = (source: SnapshotObject): PoolNetwork => {
  const { object } = source;
  const config = parseJson(digText(object, 'spec', 'config'));
  return {
    kind: object.kind,
    name: object.metadata.name,
    resource: shortName(digText(object, 'metadata', 'annotations', RESOURCE_ANNOTATION)),
    ...poolsIn(ipamOf(config), digText(config, 'name') ?? object.metadata.name),
    source,
  };
};

const isNetwork = ({ kind }: KubeObject): boolean => NETWORK_KINDS.includes(kind);

/** The operators write one NetworkAttachmentDefinition for each of their networks, under its name: it counts once. */
export const poolNetworks = (snapshot: Snapshot): readonly PoolNetwork[] => {
  const networks = snapshot.objects.filter(({ object }) => isNetwork(object)).map(readNetwork);
  const written = new Set(networks.map(({ name }) => name));
  const attachments = snapshot.objects
    .filter(({ object }) => object.kind === 'NetworkAttachmentDefinition' && !written.has(object.metadata.name))
    .map(readAttachment);
  return [...networks, ...attachments];
};
