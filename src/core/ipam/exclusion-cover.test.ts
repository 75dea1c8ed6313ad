import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  blocksCoveredFrom,
  exclusionCover,
  excludedCount,
  firstFree,
  firstOverlap,
  mergeRanges,
} from './exclusion-cover.ts';

const ranges = fc.array(
  fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 9 })).map(([start, length]) => ({ start, end: start + length })),
  { maxLength: 6 },
);
const indexes = fc.array(
  fc
    .tuple(fc.nat({ max: 15 }), fc.nat({ max: 5 }))
    .map(([startIndex, length]) => ({ startIndex, endIndex: startIndex + length })),
  { maxLength: 3 },
);
const blocks = fc
  .tuple(fc.nat({ max: 60 }), fc.nat({ max: 15 }))
  .map(([start, length]) => ({ start, end: start + length }));

test('the first free address, and how many are excluded, as counting one by one finds them', () => {
  fc.assert(
    fc.property(ranges, indexes, blocks, (pool, perNode, block) => {
      const isOut = (at: number): boolean =>
        pool.some(({ start, end }) => start <= at && at <= end) ||
        perNode.some(({ startIndex, endIndex }) => startIndex <= at - block.start && at - block.start <= endIndex);
      const all = Array.from({ length: block.end - block.start + 1 }, (_, index) => block.start + index);
      const cover = exclusionCover(pool, perNode);
      expect(firstFree(cover, block)).toBe(all.find((at) => !isOut(at)));
      expect(excludedCount(cover, block)).toBe(BigInt(all.filter(isOut).length));
    }),
    { numRuns: 1000 },
  );
});

test('merged ranges lie apart and hold the same addresses; an overlap is found exactly where there is one', () => {
  fc.assert(
    fc.property(ranges, (pool) => {
      const merged = mergeRanges(pool);
      const at = (list: typeof pool): readonly number[] =>
        Array.from({ length: 80 }, (_, address) => address).filter((address) =>
          list.some(({ start, end }) => start <= address && address <= end),
        );
      expect(at(merged as typeof pool)).toEqual(at(pool));
      for (const [index, { start }] of merged.entries())
        if (index > 0) expect(Number(start) - Number(merged[index - 1]?.end)).toBeGreaterThan(1);
      const isOverlapping = pool.some((one, index) =>
        pool.slice(index + 1).some((other) => one.start <= other.end && other.start <= one.end),
      );
      expect(firstOverlap(pool) !== undefined).toBe(isOverlapping);
    }),
  );
});

test('whole blocks from an address on', () => {
  const cover = exclusionCover([{ start: 10, end: 41 }], []);
  expect([
    blocksCoveredFrom(cover, 10, 8n),
    blocksCoveredFrom(cover, 11, 8n),
    blocksCoveredFrom(cover, 42, 8n),
  ]).toEqual([4n, 3n, 0n]);
});
