/**
 * How many nodes a pool serves and how many addresses each can hand to pods (reference page section 1.6), and the
 * smallest subnet that would serve a given fleet.
 */
import { bitsOf, distance, parseSubnet, plus, subnetAt } from '../model/ip.ts';
import type { Address, AddressRange, Family } from '../model/ip.ts';
import type { CIDRPoolSpec } from './cidrpool-spec.ts';
import { coversEveryBlock, excludedCount, exclusionCover, firstFree } from './exclusion-cover.ts';
import type { ExclusionCover } from './exclusion-cover.ts';
import type { IPPoolSpec } from './ippool-spec.ts';
import type { PoolSpec } from './reconcile-pool.ts';
import { firstUsable, lastUsable, usableCount } from './subnet-facts.ts';

export interface Capacity {
  /** Nodes that get a block or prefix with at least one free address. */
  readonly nodes: bigint;
  /** Addresses that a typical node can hand to pods. */
  readonly perNode: bigint;
  /** Blocks or prefixes before any is taken off for exclusions, a gateway or a reserve. */
  readonly cut: bigint;
  /** Blocks or prefixes that exclusions cover wholly. */
  readonly excluded: bigint;
  /** Usable addresses that belong to no block, since the last one would not be whole. */
  readonly leftOver: bigint;
}

/** What is the same for both kinds: equal pieces, side by side, the first one at `first`. */
interface Pieces {
  readonly first: Address;
  readonly count: bigint;
  readonly size: bigint;
  /** The part of a piece that must be covered for the piece to be excluded. */
  readonly span: bigint;
}

const pieceAt = ({ first, size, span }: Pieces, position: bigint): AddressRange => {
  const start = plus(first, position * size);
  return { start, end: plus(start, span - 1n) };
};

/** Pieces that are covered wholly: asked of the pieces at the edges of each range, counted between them. */
const countExcluded = (cover: ExclusionCover, pieces: Pieces): bigint => {
  const { first, count, size } = pieces;
  const isOut = (position: bigint): boolean => firstFree(cover, pieceAt(pieces, position)) === undefined;
  if (coversEveryBlock(cover, pieces.span - 1n)) return count;
  const clamp = (position: bigint): bigint => (position < 0n ? 0n : position >= count ? count - 1n : position);
  const edges = new Set<bigint>();
  let between = 0n;
  for (const { start, end } of cover.ranges) {
    const from = clamp(BigInt(distance(first, start < first ? first : start)) / size);
    const to = clamp(BigInt(distance(first, end < first ? first : end)) / size);
    edges.add(from).add(to);
    if (to - from > 1n) between += to - from - 1n;
  }
  return between + BigInt([...edges].filter(isOut).length);
};

const ipPoolCapacity = (spec: IPPoolSpec): Capacity => {
  const size = BigInt(spec.perNodeBlockSize);
  const usable = usableCount(spec.subnet);
  const cut = usable / size;
  const cover = exclusionCover(spec.exclusions, spec.perNodeExclusions);
  const pieces: Pieces = { first: firstUsable(spec.subnet), count: cut, size, span: size };
  const excluded = countExcluded(cover, pieces);
  // A gateway on the network or broadcast address takes no block of one, and an excluded one was counted already.
  const { gateway } = spec;
  const isBlock = gateway !== undefined && gateway >= pieces.first && gateway <= lastUsable(spec.subnet);
  const takesOne = size === 1n && isBlock && firstFree(cover, { start: gateway, end: gateway }) !== undefined;
  const byIndex = excludedCount({ ranges: [], perNode: cover.perNode }, pieceAt(pieces, 0n));
  return {
    nodes: cut - excluded - (takesOne ? 1n : 0n),
    perNode: size - byIndex,
    cut,
    excluded,
    leftOver: usable - cut * size,
  };
};

const cidrPoolCapacity = (spec: CIDRPoolSpec): Capacity => {
  const { cidr, perNodeNetworkPrefix, gatewayIndex } = spec;
  const first = subnetAt(cidr.start, perNodeNetworkPrefix);
  const cut = 1n << BigInt(perNodeNetworkPrefix - cidr.prefix);
  const size = 1n << BigInt(bitsOf(cidr.family) - perNodeNetworkPrefix);
  const cover = exclusionCover(spec.exclusions, spec.perNodeExclusions);
  const span = BigInt(distance(first.start, lastUsable(first))) + 1n;
  const excluded = countExcluded(cover, { first: cidr.start, count: cut, size, span });
  const reserved = spec.staticAllocations.filter(({ nodeName, prefix }) => {
    const subnet = parseSubnet(prefix);
    return (
      nodeName === '' && subnet !== undefined && firstFree(cover, { ...subnet, end: lastUsable(subnet) }) !== undefined
    );
  }).length;
  const hosts = { start: firstUsable(first), end: lastUsable(first) };
  // Index 0 is the network address, so indexes are counted from there and cut to the hosts.
  const indexes = cover.perNode.map(({ startIndex, endIndex }) => ({
    start: plus(first.start, startIndex),
    end: plus(first.start, endIndex),
  }));
  const lost = excludedCount({ ranges: indexes, perNode: [] }, hosts);
  const gateway = gatewayIndex === undefined ? undefined : plus(first.start, gatewayIndex);
  const gatewayCosts =
    gateway !== undefined &&
    firstFree({ ranges: indexes, perNode: [] }, { start: gateway, end: gateway }) !== undefined;
  return {
    nodes: cut - excluded - BigInt(reserved),
    perNode: usableCount(first) - lost - (gatewayCosts ? 1n : 0n),
    cut,
    excluded,
    leftOver: 0n,
  };
};

export const capacityOf = (spec: PoolSpec): Capacity =>
  'subnet' in spec ? ipPoolCapacity(spec) : cidrPoolCapacity(spec);

/**
 * The length of the smallest subnet that serves `nodes` blocks of `blockSize`, with `spare` blocks more (a gateway with
 * blocks of one). Undefined when not even the whole family would do.
 */
export const prefixFor = (nodes: bigint, blockSize: bigint, family: Family, spare = 0n): number | undefined => {
  const anywhere: Address = family === 4 ? 0 : 0n;
  for (let prefix = bitsOf(family) as number; prefix >= 0; prefix -= 1)
    if (usableCount(subnetAt(anywhere, prefix)) / blockSize >= nodes + spare) return prefix;
  return undefined;
};

/** The length of the smallest subnet in which this pool, its exclusions and all, would serve `nodes`. */
export const fittingPrefix = (spec: PoolSpec, nodes: bigint): number | undefined => {
  const { nodes: served, cut } = capacityOf(spec);
  const lost = cut - served;
  if ('subnet' in spec) return prefixFor(nodes, BigInt(spec.perNodeBlockSize), spec.subnet.family, lost);
  for (let prefix = spec.cidr.prefix; prefix >= 0; prefix -= 1)
    if (1n << BigInt(spec.perNodeNetworkPrefix - prefix) >= nodes + lost) return prefix;
  return undefined;
};

/** `31`, or `huge` beyond what a number counts exactly. */
export const showCount = (count: bigint): number | 'huge' =>
  count > BigInt(Number.MAX_SAFE_INTEGER) ? 'huge' : Number(count);
