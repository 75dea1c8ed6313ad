/**
 * Which block each node gets from an IPPool: the controller's algorithm (pkg/ipam-controller/allocator/allocator.go at
 * 3ce4a34; reference page section 1.4), address for address. Reading the pool and choosing the nodes is done before.
 */
import { canonicalText, contains, distance, parseAddress, plus, showAddress } from '../model/ip.ts';
import type { Address } from '../model/ip.ts';
import { sortedNames } from './allocation.ts';
import type { DropReason, Dropped } from './allocation.ts';
import { blocksCoveredFrom, coversEveryBlock, exclusionCover, firstFree } from './exclusion-cover.ts';
import type { ExclusionCover } from './exclusion-cover.ts';
import { NEWEST_IPAM } from './ipam-versions.ts';
import type { IpamRelease } from './ipam-versions.ts';
import type { IPPoolSpec } from './ippool-spec.ts';
import { firstUsable, lastUsable } from './subnet-facts.ts';

/** One entry of status.allocations. */
export interface Block {
  readonly nodeName: string;
  readonly startIP: string;
  readonly endIP: string;
}

export interface BlockAllocation {
  /** What the controller writes to status.allocations: sorted by node name. */
  readonly blocks: readonly Block[];
  /** Entries that stood in the status and are not kept, in their order there. */
  readonly dropped: readonly Dropped<Block>[];
  /** Nodes of the pool that get nothing, sorted by name. */
  readonly unallocated: readonly string[];
}

/** The pool as a sheet cut in blocks: what is asked of it again and again, worked out once. */
interface Grid {
  readonly spec: IPPoolSpec;
  readonly first: Address;
  readonly last: Address;
  readonly size: number;
  /** The address that no block of one may take. */
  readonly forbidden: Address | undefined;
  readonly cover: ExclusionCover | undefined;
}

const gridOf = (spec: IPPoolSpec, release: IpamRelease): Grid => {
  const hasExclusions = spec.exclusions.length + spec.perNodeExclusions.length > 0;
  return {
    spec,
    first: firstUsable(spec.subnet),
    last: lastUsable(spec.subnet),
    size: spec.perNodeBlockSize,
    forbidden: spec.perNodeBlockSize === 1 ? spec.gateway : undefined,
    cover:
      hasExclusions && release.has.skipsExcludedBlocks
        ? exclusionCover(spec.exclusions, spec.perNodeExclusions)
        : undefined,
  };
};

const isExcluded = ({ cover }: Grid, start: Address, end: Address): boolean =>
  cover !== undefined && firstFree(cover, { start, end }) === undefined;

/** The reach of Go's int64, in which upstream counts distances. */
const FARTHEST = 2n ** 63n - 1n;

/**
 * Whether `start` is where a block of the grid begins, as upstream reckons it: in float64, so that an IPv6 block more
 * than 2^53 addresses into its subnet can be found off the grid on which it was given out.
 */
const isAligned = (grid: Grid, start: Address): boolean => {
  const fromNetwork = distance(grid.spec.subnet.start, start);
  if (start < grid.first || (typeof fromNetwork === 'bigint' && fromNetwork > FARTHEST)) return false;
  const setAside = grid.first === grid.spec.subnet.start ? 0 : 1;
  return (Number(fromNetwork) - setAside) % grid.size === 0;
};

/** Why a block that stands in the status cannot be kept; undefined when it can. The order of the tests is upstream's. */
const refusal = (grid: Grid, start: Address | undefined, end: Address | undefined): DropReason | undefined => {
  const { subnet } = grid.spec;
  if (start === undefined || end === undefined || !contains(subnet, start) || !contains(subnet, end)) return 'subnet';
  if (end < start) return 'order';
  if (!isAligned(grid, start)) return 'offset';
  if (Number(distance(start, end)) !== grid.size - 1) return 'size';
  if (start === grid.forbidden) return 'gateway';
  return isExcluded(grid, start, end) ? 'excluded' : undefined;
};

interface Loaded {
  readonly kept: ReadonlyMap<string, Block>;
  readonly taken: Set<Address>;
  readonly dropped: readonly Dropped<Block>[];
}

const load = (grid: Grid, names: readonly string[], existing: readonly Block[]): Loaded => {
  const nodes = existing.length === 0 ? undefined : new Set(names);
  const kept = new Map<string, Block>();
  const taken = new Set<Address>();
  const dropped: Dropped<Block>[] = [];
  for (const entry of existing) {
    const { nodeName } = entry;
    const start = parseAddress(entry.startIP);
    const end = parseAddress(entry.endIP);
    const reason = nodes?.has(nodeName) === true ? refusal(grid, start, end) : 'node';
    if (reason !== undefined || start === undefined || end === undefined)
      dropped.push({ entry, reason: reason ?? 'subnet' });
    else if (taken.has(start)) dropped.push({ entry, reason: 'duplicate' });
    else {
      // A node named twice with two good blocks keeps the later one, and the earlier stays taken for this pass (upstream).
      taken.add(start);
      kept.set(nodeName, {
        nodeName,
        startIP: canonicalText(entry.startIP, start),
        endIP: canonicalText(entry.endIP, end),
      });
    }
  }
  return { kept, taken, dropped };
};

/** The start of the lowest free block at or after `from`; undefined when the pool ends before. */
const nextFree = (grid: Grid, taken: ReadonlySet<Address>, from: Address): Address | undefined => {
  const { size, cover, last } = grid;
  if (cover !== undefined && coversEveryBlock(cover, size - 1)) return undefined;
  let start = from;
  for (;;) {
    const end = plus(start, size - 1);
    if (end > last) return undefined;
    if (taken.has(start) || start === grid.forbidden) start = plus(end, 1);
    else if (cover !== undefined && isExcluded(grid, start, end)) {
      const whole = blocksCoveredFrom(cover, start, BigInt(size));
      start = plus(start, (whole > 1n ? whole : 1n) * BigInt(size));
    } else return start;
  }
};

/** `nodes` are the names of the nodes that the pool selects, in any order. */
export const allocateIPPool = (
  spec: IPPoolSpec,
  nodes: readonly string[],
  existing: readonly Block[],
  release: IpamRelease = NEWEST_IPAM,
): BlockAllocation => {
  const grid = gridOf(spec, release);
  const names = sortedNames(nodes);
  const { kept, taken, dropped } = load(grid, names, existing);
  const blocks: Block[] = [];
  const unallocated: string[] = [];
  let cursor: Address | undefined = grid.first;
  for (const nodeName of names) {
    const block = kept.get(nodeName);
    if (block !== undefined) {
      blocks.push(block);
      continue;
    }
    const start: Address | undefined = cursor === undefined ? undefined : nextFree(grid, taken, cursor);
    if (start === undefined) {
      // Blocks are only ever taken in this pass, so what is full now stays full.
      cursor = undefined;
      unallocated.push(nodeName);
      continue;
    }
    blocks.push({ nodeName, startIP: showAddress(start), endIP: showAddress(plus(start, grid.size - 1)) });
    cursor = plus(start, grid.size);
  }
  return { blocks, dropped, unallocated };
};
