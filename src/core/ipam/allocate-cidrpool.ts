/**
 * Which prefix each node gets from a CIDRPool: the controller's algorithm (pkg/ipam-controller/controllers/cidrpool at
 * 3ce4a34; reference page section 1.5), text for text. Reading the pool and choosing the nodes is done before.
 */
import { bitsOf, distance, parseSubnet, plus, showSubnet, subnetAt } from '../model/ip.ts';
import type { Address, Subnet } from '../model/ip.ts';
import { sortedNames } from './allocation.ts';
import type { Dropped } from './allocation.ts';
import { computedGateway, countEntries, refuseNodePrefix } from './cidrpool-entry.ts';
import type { NodePrefix } from './cidrpool-entry.ts';
import type { CIDRPoolSpec, StaticAllocation } from './cidrpool-spec.ts';
import { blocksCoveredFrom, coversEveryBlock, exclusionCover, firstFree } from './exclusion-cover.ts';
import type { ExclusionCover } from './exclusion-cover.ts';
import { NEWEST_IPAM } from './ipam-versions.ts';
import type { IpamRelease } from './ipam-versions.ts';
import { lastUsable } from './subnet-facts.ts';

export interface PrefixAllocation {
  /** What the controller writes to status.allocations: sorted by node name. */
  readonly prefixes: readonly NodePrefix[];
  readonly dropped: readonly Dropped<NodePrefix>[];
  /** Nodes of the pool that get nothing, sorted by name. */
  readonly unallocated: readonly string[];
}

/** Excluded from its network address to its last host; the IPv4 broadcast address need not be. */
const isExcluded = (cover: ExclusionCover | undefined, prefix: Subnet): boolean =>
  cover !== undefined && firstFree(cover, { start: prefix.start, end: lastUsable(prefix) }) === undefined;

interface Loaded {
  readonly kept: ReadonlyMap<string, NodePrefix>;
  readonly dropped: readonly Dropped<NodePrefix>[];
}

const load = (
  spec: CIDRPoolSpec,
  cover: ExclusionCover | undefined,
  nodes: ReadonlySet<string>,
  existing: readonly NodePrefix[],
): Loaded => {
  const kept = new Map<string, NodePrefix>();
  const dropped: Dropped<NodePrefix>[] = [];
  const counts = countEntries(existing);
  for (const entry of existing) {
    const refused = nodes.has(entry.nodeName) ? refuseNodePrefix(spec, entry, counts)?.reason : 'node';
    const prefix = parseSubnet(entry.prefix);
    if (refused !== undefined || prefix === undefined) dropped.push({ entry, reason: refused ?? 'prefix' });
    else if (isExcluded(cover, prefix)) dropped.push({ entry, reason: 'excluded' });
    else kept.set(entry.nodeName, entry);
  }
  return { kept, dropped };
};

const staticPrefix = (spec: CIDRPoolSpec, { nodeName, prefix, gateway }: StaticAllocation): NodePrefix => {
  const subnet = parseSubnet(prefix);
  return { nodeName, prefix, gateway: gateway ?? (subnet === undefined ? '' : computedGateway(spec, subnet)) };
};

/** Hands out the prefixes of the pool in ascending order, each once; undefined when none is left. */
const prefixSource = (
  spec: CIDRPoolSpec,
  cover: ExclusionCover | undefined,
  isTaken: (prefix: string) => boolean,
): (() => Subnet | undefined) => {
  const size = 1n << BigInt(bitsOf(spec.cidr.family) - spec.perNodeNetworkPrefix);
  const first = subnetAt(spec.cidr.start, spec.perNodeNetworkPrefix);
  if (cover !== undefined && coversEveryBlock(cover, distance(first.start, lastUsable(first)))) return () => undefined;
  let start: Address = first.start;
  return () => {
    while (start <= spec.cidr.end) {
      const prefix = subnetAt(start, spec.perNodeNetworkPrefix);
      const isOut = isExcluded(cover, prefix);
      const whole = isOut && cover !== undefined ? blocksCoveredFrom(cover, start, size) : 1n;
      start = plus(start, (whole > 1n ? whole : 1n) * size);
      if (!isOut && !isTaken(showSubnet(prefix))) return prefix;
    }
    return undefined;
  };
};

/** `nodes` are the names of the nodes that the pool selects, in any order. */
export const allocateCIDRPool = (
  spec: CIDRPoolSpec,
  nodes: readonly string[],
  existing: readonly NodePrefix[],
  release: IpamRelease = NEWEST_IPAM,
): PrefixAllocation => {
  const hasExclusions = spec.exclusions.length + spec.perNodeExclusions.length > 0;
  const cover =
    hasExclusions && release.has.skipsExcludedBlocks
      ? exclusionCover(spec.exclusions, spec.perNodeExclusions)
      : undefined;
  const names = sortedNames(nodes);
  const { kept, dropped } = load(spec, cover, new Set(names), existing);
  const given = new Map(kept);
  const taken = new Set([...kept.values()].map(({ prefix }) => prefix));
  const statics = new Map(spec.staticAllocations.map((entry) => [entry.nodeName, entry]));
  const reserved = new Set(spec.staticAllocations.map(({ prefix }) => prefix));
  const nextPrefix = prefixSource(spec, cover, (prefix) => taken.has(prefix) || reserved.has(prefix));

  const unallocated: string[] = [];
  for (const nodeName of names) {
    if (kept.has(nodeName)) continue;
    const owned = statics.get(nodeName);
    const prefix = owned === undefined ? nextPrefix() : undefined;
    if (owned !== undefined) given.set(nodeName, staticPrefix(spec, owned));
    else if (prefix === undefined) unallocated.push(nodeName);
    else given.set(nodeName, { nodeName, prefix: showSubnet(prefix), gateway: computedGateway(spec, prefix) });
  }
  return { prefixes: names.flatMap((name) => given.get(name) ?? []), dropped, unallocated };
};
