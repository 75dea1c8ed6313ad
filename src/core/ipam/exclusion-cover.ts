/**
 * Which addresses of a node's block the exclusions of a pool leave over. Ranges are merged once per pool, so that a
 * pool of ten thousand nodes asks cheaply for each candidate block.
 */
import { distance, plus } from '../model/ip.ts';
import type { Address, AddressRange } from '../model/ip.ts';
import type { IndexRange } from './pool-fields.ts';

export interface ExclusionCover {
  /** Sorted, apart from each other by at least one address. */
  readonly ranges: readonly AddressRange[];
  /** Offsets from the block's start, sorted and apart likewise. */
  readonly perNode: readonly IndexRange[];
}

export const byStart = (one: AddressRange, other: AddressRange): number =>
  one.start < other.start ? -1 : one.start > other.start ? 1 : 0;

/** Overlapping and touching ranges as one; all of one family. */
export const mergeRanges = (ranges: readonly AddressRange[]): readonly AddressRange[] => {
  const merged: AddressRange[] = [];
  for (const range of ranges.toSorted(byStart)) {
    const last = merged.at(-1);
    if (last === undefined || range.start > plus(last.end, 1)) merged.push(range);
    else if (range.end > last.end) merged[merged.length - 1] = { start: last.start, end: range.end };
  }
  return merged;
};

/** Two ranges of the list that share an address; undefined when none do. */
export const firstOverlap = (ranges: readonly AddressRange[]): readonly [AddressRange, AddressRange] | undefined => {
  let widest: AddressRange | undefined;
  for (const range of ranges.toSorted(byStart)) {
    if (widest !== undefined && range.start <= widest.end) return [widest, range];
    widest = range;
  }
  return undefined;
};

export const exclusionCover = (ranges: readonly AddressRange[], perNode: readonly IndexRange[]): ExclusionCover => ({
  ranges: mergeRanges(ranges),
  perNode: mergeRanges(perNode.map(({ startIndex, endIndex }) => ({ start: startIndex, end: endIndex }))).map(
    ({ start, end }) => ({ startIndex: Number(start), endIndex: Number(end) }),
  ),
});

/** The one of the ranges that holds `address`, by binary search: they are sorted and lie apart. */
export const rangeAt = <Range extends AddressRange>(ranges: readonly Range[], address: Address): Range | undefined => {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle];
    if (range === undefined) return undefined;
    if (range.end < address) low = middle + 1;
    else if (range.start > address) high = middle - 1;
    else return range;
  }
  return undefined;
};

/** The first address of the block that nothing excludes; undefined when the whole block is excluded. */
export const firstFree = ({ ranges, perNode }: ExclusionCover, block: AddressRange): Address | undefined => {
  let at = block.start;
  for (;;) {
    const excluded = rangeAt(ranges, at);
    if (excluded === undefined) {
      const index = distance(block.start, at);
      const byIndex = perNode.find(({ startIndex, endIndex }) => startIndex <= index && index <= endIndex);
      if (byIndex === undefined) return at;
      at = plus(block.start, byIndex.endIndex + 1);
    } else at = plus(excluded.end, 1);
    if (at > block.end) return undefined;
  }
};

/** Whether the indexes alone exclude a block up to offset `last`: then they exclude every block there is. */
export const coversEveryBlock = ({ perNode }: ExclusionCover, last: number | bigint): boolean =>
  perNode[0]?.startIndex === 0 && perNode[0].endIndex >= last;

/** How many whole blocks of `size` lie excluded from `start` on by one pool range; 0 when none does. */
export const blocksCoveredFrom = ({ ranges }: ExclusionCover, start: Address, size: bigint): bigint => {
  const range = rangeAt(ranges, start);
  return range === undefined ? 0n : (BigInt(distance(start, range.end)) + 1n) / size;
};

/** The ranges and indexes as address ranges inside one block, cut to it and not merged: what the daemon is given. */
export const indexRangesIn = (block: AddressRange, perNode: readonly IndexRange[]): readonly AddressRange[] =>
  clampRanges(
    perNode.map(({ startIndex, endIndex }) => ({
      start: plus(block.start, startIndex),
      end: plus(block.start, endIndex),
    })),
    block,
  );

/** The parts of the ranges that lie inside `block`. */
export const clampRanges = (ranges: readonly AddressRange[], block: AddressRange): readonly AddressRange[] =>
  ranges
    .filter(({ start, end }) => start <= block.end && end >= block.start)
    .map(({ start, end }) => ({
      start: start < block.start ? block.start : start,
      end: end > block.end ? block.end : end,
    }));

/** How many addresses of the block are excluded. */
export const excludedCount = ({ ranges, perNode }: ExclusionCover, block: AddressRange): bigint =>
  mergeRanges([...clampRanges(ranges, block), ...indexRangesIn(block, perNode)]).reduce(
    (sum, { start, end }) => sum + BigInt(distance(start, end)) + 1n,
    0n,
  );
