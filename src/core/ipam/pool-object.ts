/** Recognises nv-ipam's objects among others (Calico has an IPPool too) and reads what rooms ask of them first. */
import { digList, digText, digTexts, dig } from '../model/dig.ts';
import { parseAddress, parseSubnet, sameFamily } from '../model/ip.ts';
import type { AddressRange } from '../model/ip.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { SelectableNode } from '../model/node-selector.ts';
import type { Block } from './allocate-ippool.ts';
import type { NodePrefix } from './cidrpool-entry.ts';
import { lastUsable } from './subnet-facts.ts';

export const NV_IPAM_GROUP = 'nv-ipam.nvidia.com';

export type PoolKind = 'IPPool' | 'CIDRPool';

export interface PoolObject {
  readonly kind: PoolKind;
  /** As found: an empty or missing name is a problem that the reader of the kind reports. */
  readonly name: string;
  readonly namespace: string;
  readonly spec: unknown;
  /** `status.allocations`, in the order found. */
  readonly allocations: readonly unknown[];
}

/** An address block or prefix that one node holds or would get, of either kind. */
export interface Share {
  readonly nodeName: string;
  /** `192.168.1.1-192.168.1.8` or `10.10.0.0/24`. */
  readonly text: string;
  /** From its first address to its last host; undefined when the status holds something that is no share. */
  readonly range: AddressRange | undefined;
  readonly gateway: string;
}

/** Undefined for every other kind and for the same kind of another group. */
export const poolOf = (object: unknown): PoolObject | undefined => {
  const kind = digText(object, 'kind');
  if (kind !== 'IPPool' && kind !== 'CIDRPool') return undefined;
  if (digText(object, 'apiVersion')?.split('/')[0] !== NV_IPAM_GROUP) return undefined;
  return {
    kind,
    name: digText(object, 'metadata', 'name') ?? '',
    namespace: digText(object, 'metadata', 'namespace') ?? '',
    spec: dig(object, 'spec'),
    allocations: digList(object, 'status', 'allocations'),
  };
};

/** `IPPool/NAME`: how sentences name a pool. */
export const showPool = ({ kind, name }: Pick<PoolObject, 'kind' | 'name'>): string => `${kind}/${name}`;

/** A list of nodes for a sentence: five of them, then how many more. */
export const showNames = (nodes: readonly string[]): string =>
  nodes.length > 5 ? `${nodes.slice(0, 5).join(', ')} and ${nodes.length - 5} more` : nodes.join(', ');

export const nodeOf = ({ metadata }: KubeObject): SelectableNode => ({
  name: metadata.name,
  labels: digTexts(metadata, 'labels'),
});

export const readBlock = (entry: unknown): Block => ({
  nodeName: digText(entry, 'nodeName') ?? '',
  startIP: digText(entry, 'startIP') ?? '',
  endIP: digText(entry, 'endIP') ?? '',
});

export const readNodePrefix = (entry: unknown): NodePrefix => ({
  nodeName: digText(entry, 'nodeName') ?? '',
  prefix: digText(entry, 'prefix') ?? '',
  gateway: digText(entry, 'gateway') ?? '',
});

export const shareOfBlock = ({ nodeName, startIP, endIP }: Block): Share => {
  const start = parseAddress(startIP);
  const end = parseAddress(endIP);
  const isRange = start !== undefined && end !== undefined && sameFamily(start, end) && start <= end;
  return {
    nodeName,
    text: startIP === endIP ? startIP : `${startIP}-${endIP}`,
    range: isRange ? { start, end } : undefined,
    gateway: '',
  };
};

export const shareOfPrefix = ({ nodeName, prefix, gateway }: NodePrefix): Share => {
  const subnet = parseSubnet(prefix);
  return {
    nodeName,
    text: prefix,
    range: subnet === undefined ? undefined : { start: subnet.start, end: lastUsable(subnet) },
    gateway,
  };
};

/** The shares that stand in the status of a pool. */
export const sharesInStatus = ({ kind, allocations }: PoolObject): readonly Share[] =>
  allocations.map((entry) =>
    kind === 'IPPool' ? shareOfBlock(readBlock(entry)) : shareOfPrefix(readNodePrefix(entry)),
  );
