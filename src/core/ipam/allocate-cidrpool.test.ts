import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cidrPools, ClassCounts } from '../../testing/arbitrary-pools.ts';
import { contains, overlaps, parseSubnet } from '../model/ip.ts';
import type { Subnet } from '../model/ip.ts';
import { allocateCIDRPool } from './allocate-cidrpool.ts';
import { capacityOf } from './capacity.ts';
import type { NodePrefix } from './cidrpool-entry.ts';
import { readCIDRPool } from './cidrpool-spec.ts';
import type { CIDRPoolSpec } from './cidrpool-spec.ts';

const read = (spec: unknown): CIDRPoolSpec => {
  const reading = readCIDRPool('pool', spec);
  if (!reading.ok) throw new Error(reading.problems.map(({ field, because }) => `${field} ${because}`).join());
  return reading.spec;
};

const subnetOf = ({ prefix }: NodePrefix): Subnet => {
  const subnet = parseSubnet(prefix);
  if (subnet === undefined) throw new Error(`${prefix} is no subnet`);
  return subnet;
};

const valid = cidrPools.filter(({ spec }) => readCIDRPool('pool', spec).ok);

describe('properties', () => {
  test('prefixes never overlap, have the right length and lie in the pool; every class of input came up', () => {
    const seen = new ClassCounts(['IPv4', 'IPv6', 'kept', 'new', 'static', 'full', 'gateway', 'exclusions',
      ...['node', 'prefix', 'size', 'static', 'static-other', 'gateway', 'conflict', 'excluded', 'cidr'].map((why) => `dropped: ${why}`)]); // prettier-ignore
    fc.assert(
      fc.property(valid, ({ spec, nodes, existing }) => {
        const pool = read(spec);
        const { prefixes, dropped, unallocated } = allocateCIDRPool(pool, nodes, existing);
        const subnets = prefixes.map(subnetOf);
        for (const [index, subnet] of subnets.entries()) {
          expect(contains(pool.cidr, subnet.start)).toBe(true);
          expect(subnet.prefix).toBe(pool.perNodeNetworkPrefix);
          for (const other of subnets.slice(index + 1)) expect(overlaps(subnet, other)).toBe(false);
        }
        expect([...prefixes.map(({ nodeName }) => nodeName), ...unallocated].toSorted()).toEqual(nodes.toSorted());

        seen.add(`IPv${pool.cidr.family}`);
        if (unallocated.length > 0) seen.add('full');
        if (pool.exclusions.length > 0) seen.add('exclusions');
        for (const entry of prefixes) {
          if (entry.gateway !== '') seen.add('gateway');
          if (pool.staticAllocations.some(({ nodeName }) => nodeName === entry.nodeName)) seen.add('static');
          else
            seen.add(
              existing.some(({ nodeName, prefix }) => nodeName === entry.nodeName && prefix === entry.prefix)
                ? 'kept'
                : 'new',
            );
        }
        for (const { reason } of dropped) seen.add(`dropped: ${reason}`);
      }),
      { numRuns: 2000, seed: 1 },
    );
    expect(seen.missing).toEqual([]);
  });

  test('no order of nodes changes the answer', () => {
    fc.assert(
      fc.property(valid, fc.infiniteStream(fc.nat()), ({ spec, nodes, existing }, weights) => {
        const shuffled = nodes
          .map((name) => ({ name, weight: weights.next().value ?? 0 }))
          .toSorted((one, other) => one.weight - other.weight)
          .map(({ name }) => name);
        expect(allocateCIDRPool(read(spec), shuffled, existing)).toEqual(allocateCIDRPool(read(spec), nodes, existing));
      }),
    );
  });

  test('an entry is kept as it is, or dropped for a reason; a second reconcile drops nothing', () => {
    fc.assert(
      fc.property(valid, ({ spec, nodes, existing }) => {
        const { prefixes, dropped } = allocateCIDRPool(read(spec), nodes, existing);
        for (const entry of existing)
          expect(prefixes.includes(entry) || dropped.some((drop) => drop.entry === entry)).toBe(true);
        const statics = new Set(read(spec).staticAllocations.map(({ nodeName }) => nodeName));
        const again = allocateCIDRPool(read(spec), nodes, prefixes);
        // A static prefix is given out even where exclusions cover it, so that one is dropped and given again each time.
        expect(again.dropped.filter(({ entry }) => !statics.has(entry.nodeName))).toEqual([]);
        expect(again.prefixes).toEqual(prefixes);
      }),
      { numRuns: 500 },
    );
  });

  test('an empty pool without static prefixes serves exactly its capacity', () => {
    const many = Array.from({ length: 80 }, (_, index) => `n${index}`);
    fc.assert(
      fc.property(valid, ({ spec }) => {
        const pool = { ...read(spec), staticAllocations: [] };
        expect(BigInt(allocateCIDRPool(pool, many, []).prefixes.length)).toBe(capacityOf(pool).nodes);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('edges', () => {
  test('changing gatewayIndex makes nodes swap prefixes', () => {
    const spec = { cidr: '10.0.0.0/23', perNodeNetworkPrefix: 24, gatewayIndex: 2 };
    const before = [
      { nodeName: 'b', prefix: '10.0.0.0/24', gateway: '10.0.0.1' },
      { nodeName: 'a', prefix: '10.0.1.0/24', gateway: '10.0.1.1' },
    ];
    expect(allocateCIDRPool(read(spec), ['a', 'b'], before)).toMatchObject({
      prefixes: [
        { nodeName: 'a', prefix: '10.0.0.0/24', gateway: '10.0.0.2' },
        { nodeName: 'b', prefix: '10.0.1.0/24', gateway: '10.0.1.2' },
      ],
      dropped: [{ reason: 'gateway' }, { reason: 'gateway' }],
    });
  });

  test('a million IPv6 prefixes excluded are passed over at once', () => {
    const spec = {
      cidr: 'fd00::/32',
      perNodeNetworkPrefix: 64,
      exclusions: [{ startIP: 'fd00::', endIP: 'fd00:0:7fff:ffff:ffff:ffff:ffff:ffff' }],
    };
    expect(allocateCIDRPool(read(spec), ['a'], []).prefixes).toEqual([
      { nodeName: 'a', prefix: 'fd00:0:8000::/64', gateway: '' },
    ]);
  });

  test('a reserved prefix goes to nobody, and its holder loses it', () => {
    const spec = { cidr: '10.0.0.0/23', perNodeNetworkPrefix: 24, staticAllocations: [{ prefix: '10.0.0.0/24' }] };
    expect(allocateCIDRPool(read(spec), ['a', 'b'], [{ nodeName: 'a', prefix: '10.0.0.0/24', gateway: '' }])).toEqual({
      prefixes: [{ nodeName: 'a', prefix: '10.0.1.0/24', gateway: '' }],
      dropped: [{ entry: { nodeName: 'a', prefix: '10.0.0.0/24', gateway: '' }, reason: 'static-other' }],
      unallocated: ['b'],
    });
  });
});
