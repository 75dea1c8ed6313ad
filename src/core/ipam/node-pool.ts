/**
 * What the daemon on a node makes of a pool: the range it hands out, the gateway it spares, the exclusions it honours
 * (pkg/ipam-node/controllers at 3ce4a34; reference page section 1.7). Which quirks that brings is said at each.
 */
import { contains, parseAddress, parseSubnet } from '../model/ip.ts';
import type { Address, AddressRange, Subnet } from '../model/ip.ts';
import type { Block } from './allocate-ippool.ts';
import type { NodePrefix } from './cidrpool-entry.ts';
import type { CIDRPoolSpec } from './cidrpool-spec.ts';
import { indexRangesIn } from './exclusion-cover.ts';
import type { IPPoolSpec } from './ippool-spec.ts';
import { firstUsable, lastUsable } from './subnet-facts.ts';

export type PoolType = 'ippool' | 'cidrpool';

export interface NodePool {
  readonly name: string;
  /** Whose length stands behind each address given out. */
  readonly subnet: Subnet;
  readonly range: AddressRange;
  readonly gateway: Address | undefined;
  /** Not merged: the daemon refuses ranges that overlap. */
  readonly exclusions: readonly AddressRange[];
}

/** How the daemon keys a pool, so that an IPPool and a CIDRPool of one name do not meet. */
export const nodePoolKey = (name: string, type: PoolType): string => (type === 'ippool' ? name : `cidrpool/${name}`);

/** The node's view of an IPPool: the pool's exclusions whole, wherever they lie, and the indexes of its own block. */
export const nodePoolOfBlock = (name: string, spec: IPPoolSpec, block: Block): NodePool | undefined => {
  const start = parseAddress(block.startIP);
  const end = parseAddress(block.endIP);
  if (start === undefined || end === undefined) return undefined;
  return {
    name,
    subnet: spec.subnet,
    range: { start, end },
    gateway: spec.gateway,
    exclusions: [...spec.exclusions, ...indexRangesIn({ start, end }, spec.perNodeExclusions)],
  };
};

/** Ranges that begin or end in the prefix, cut to its hosts; one that spans it wholly is passed over (upstream's slip). */
const exclusionsIn = (prefix: Subnet, hosts: AddressRange, ranges: readonly AddressRange[]): readonly AddressRange[] =>
  ranges
    .filter(({ start, end }) => contains(prefix, start) || contains(prefix, end))
    .map(({ start, end }) => ({
      start: contains(prefix, start) ? start : hosts.start,
      end: contains(prefix, end) ? end : hosts.end,
    }));

export const nodePoolOfPrefix = (name: string, spec: CIDRPoolSpec, entry: NodePrefix): NodePool | undefined => {
  const prefix = parseSubnet(entry.prefix);
  if (prefix === undefined) return undefined;
  const hosts = { start: firstUsable(prefix), end: lastUsable(prefix) };
  const counted = { start: prefix.start, end: hosts.end };
  return {
    name,
    subnet: prefix,
    range: hosts,
    gateway: entry.gateway === '' ? undefined : parseAddress(entry.gateway),
    exclusions: [...exclusionsIn(prefix, hosts, spec.exclusions), ...indexRangesIn(counted, spec.perNodeExclusions)],
  };
};
