import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClassCounts, ipPools } from '../../testing/arbitrary-pools.ts';
import { contains, overlaps, parseAddress, sizeOf } from '../model/ip.ts';
import type { AddressRange } from '../model/ip.ts';
import { allocateIPPool } from './allocate-ippool.ts';
import type { Block } from './allocate-ippool.ts';
import { capacityOf } from './capacity.ts';
import { readIPPool } from './ippool-spec.ts';
import type { IPPoolSpec } from './ippool-spec.ts';
import { readIpamRelease } from './ipam-versions.ts';

const read = (spec: unknown): IPPoolSpec => {
  const reading = readIPPool('pool', spec);
  if (!reading.ok) throw new Error(reading.problems.map(({ field, because }) => `${field} ${because}`).join());
  return reading.spec;
};

const rangeOf = ({ startIP, endIP }: Block): AddressRange => {
  const start = parseAddress(startIP);
  const end = parseAddress(endIP);
  if (start === undefined || end === undefined) throw new Error(`${startIP} or ${endIP} is no address`);
  return { start, end };
};

const isSame = (one: Block, other: Block): boolean =>
  one.nodeName === other.nodeName && one.startIP === other.startIP && one.endIP === other.endIP;

const valid = ipPools.filter(({ spec }) => readIPPool('pool', spec).ok);

describe('properties', () => {
  test('blocks never overlap, have the right size and lie in the subnet; every class of input came up', () => {
    const seen = new ClassCounts(['IPv4', 'IPv6', 'kept', 'new', 'full', 'block of one with a gateway', 'exclusions',
      ...['node', 'offset', 'size', 'order', 'subnet', 'gateway', 'excluded', 'duplicate'].map((why) => `dropped: ${why}`)]); // prettier-ignore
    fc.assert(
      fc.property(valid, ({ spec, nodes, existing }) => {
        const pool = read(spec);
        const { blocks, dropped, unallocated } = allocateIPPool(pool, nodes, existing);
        const ranges = blocks.map(rangeOf);
        for (const [index, range] of ranges.entries()) {
          expect(contains(pool.subnet, range.start) && contains(pool.subnet, range.end)).toBe(true);
          expect(sizeOf(range)).toBe(BigInt(pool.perNodeBlockSize));
          for (const other of ranges.slice(index + 1)) expect(overlaps(range, other)).toBe(false);
        }
        expect([...blocks.map(({ nodeName }) => nodeName), ...unallocated].toSorted()).toEqual(nodes.toSorted());

        seen.add(`IPv${pool.subnet.family}`);
        if (unallocated.length > 0) seen.add('full');
        if (pool.perNodeBlockSize === 1 && pool.gateway !== undefined) seen.add('block of one with a gateway');
        if (pool.exclusions.length > 0) seen.add('exclusions');
        for (const block of blocks) seen.add(existing.some((entry) => isSame(entry, block)) ? 'kept' : 'new');
        for (const { reason } of dropped) seen.add(`dropped: ${reason}`);
      }),
      { numRuns: 2000, seed: 1 },
    );
    expect(seen.missing).toEqual([]);
  });

  test('no order of nodes changes the answer', () => {
    fc.assert(
      fc.property(
        valid.chain((pool) =>
          fc.record({
            pool: fc.constant(pool),
            shuffled: fc.shuffledSubarray([...pool.nodes], { minLength: pool.nodes.length }),
          }),
        ),
        ({ pool: { spec, nodes, existing }, shuffled }) => {
          expect(allocateIPPool(read(spec), shuffled, existing)).toEqual(allocateIPPool(read(spec), nodes, existing));
        },
      ),
    );
  });

  test('nothing moves without a cause: an entry is kept as it is, or dropped for a reason, or its node stands twice', () => {
    fc.assert(
      fc.property(valid, ({ spec, nodes, existing }) => {
        const { blocks, dropped } = allocateIPPool(read(spec), nodes, existing);
        for (const entry of existing) {
          const isKept = blocks.some((block) => isSame(block, entry));
          const isDropped = dropped.some((drop) => drop.entry === entry);
          const isReplaced = existing.some((other) => other !== entry && other.nodeName === entry.nodeName);
          expect(isKept || isDropped || isReplaced).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('a second reconcile of its own answer changes nothing', () => {
    fc.assert(
      fc.property(valid, ({ spec, nodes, existing }) => {
        const once = allocateIPPool(read(spec), nodes, existing).blocks;
        const twice = allocateIPPool(read(spec), nodes, once);
        // A node that stood twice kept a second block for one pass; the next pass may give that block to a waiting node.
        expect(twice.dropped).toEqual([]);
        for (const block of once) expect(twice.blocks).toContainEqual(block);
      }),
      { numRuns: 500 },
    );
  });

  test('newcomers never push a node that holds a block', () => {
    fc.assert(
      fc.property(
        valid,
        fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { maxLength: 5 }),
        ({ spec, nodes }, newcomers) => {
          const before = allocateIPPool(read(spec), nodes, []).blocks;
          const after = allocateIPPool(read(spec), [...newcomers, ...nodes], before);
          for (const block of before) expect(after.blocks).toContainEqual(block);
          expect(after.dropped).toEqual([]);
        },
      ),
    );
  });

  test('no node goes without while a block is free: an empty pool serves exactly its capacity', () => {
    const many = Array.from({ length: 80 }, (_, index) => `n${index}`);
    fc.assert(
      fc.property(valid, ({ spec }) => {
        const { blocks } = allocateIPPool(read(spec), many, []);
        expect(BigInt(blocks.length)).toBe(capacityOf(read(spec)).nodes);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('edges', () => {
  const allocate = (spec: unknown, nodes: readonly string[], existing: readonly Block[] = []) =>
    allocateIPPool(read(spec), nodes, existing);

  test('half of an IPv6 /64 excluded: the first block behind it, at once', () => {
    const spec = {
      subnet: 'fd00::/64',
      perNodeBlockSize: 8,
      exclusions: [{ startIP: 'fd00::', endIP: 'fd00::7fff:ffff:ffff:ffff' }],
    };
    expect(allocate(spec, ['a', 'b']).blocks).toEqual([
      { nodeName: 'a', startIP: 'fd00::7fff:ffff:ffff:fff9', endIP: 'fd00::8000:0:0:0' },
      { nodeName: 'b', startIP: 'fd00::8000:0:0:1', endIP: 'fd00::8000:0:0:8' },
    ]);
  });

  test('indexes that exclude every address of every block end at once, in a /64 too', () => {
    const spec = { subnet: 'fd00::/64', perNodeBlockSize: 4, perNodeExclusions: [{ startIndex: 0, endIndex: 3 }] };
    expect(allocate(spec, ['a'])).toMatchObject({ blocks: [], unallocated: ['a'] });
  });

  test('a hand-written block that ends on the broadcast address is kept, though none would be given there', () => {
    const entry = { nodeName: 'a', startIP: '192.168.0.241', endIP: '192.168.0.255' };
    expect(allocate({ subnet: '192.168.0.0/24', perNodeBlockSize: 15 }, ['a'], [entry]).blocks).toEqual([entry]);
  });

  test('a block spelled in capitals is kept and written in small letters', () => {
    const spec = { subnet: 'FD00::/120', perNodeBlockSize: 8 };
    expect(allocate(spec, ['a'], [{ nodeName: 'a', startIP: 'FD00::9', endIP: 'FD00:0::10' }]).blocks).toEqual([
      { nodeName: 'a', startIP: 'fd00::9', endIP: 'fd00::10' },
    ]);
  });

  test('before v0.4.0 a block inside the exclusions is given out and kept', () => {
    const release = readIpamRelease('v0.3.7');
    const spec = read({
      subnet: '10.20.112.0/20',
      perNodeBlockSize: 8,
      exclusions: [{ startIP: '10.20.112.1', endIP: '10.20.127.31' }],
    });
    const old = allocateIPPool(spec, ['wk-1'], [], release);
    expect(old.blocks).toEqual([{ nodeName: 'wk-1', startIP: '10.20.112.1', endIP: '10.20.112.8' }]);
    expect(allocateIPPool(spec, ['wk-1'], old.blocks)).toMatchObject({
      blocks: [{ nodeName: 'wk-1', startIP: '10.20.127.25', endIP: '10.20.127.32' }],
      dropped: [{ reason: 'excluded' }],
    });
  });

  test('names are sorted as bytes: node-1, node-10, node-2', () => {
    const { blocks } = allocate({ subnet: '10.0.0.0/29', perNodeBlockSize: 2 }, ['node-2', 'node-10', 'node-1']);
    expect(blocks.map(({ nodeName }) => nodeName)).toEqual(['node-1', 'node-10', 'node-2']);
  });
});
