/**
 * Generators of pools for property tests: small on purpose, so that blocks collide, exclusions meet and pools run full.
 * Specs are as a person writes them; statuses are partly from an earlier pool, partly damaged.
 */
import fc from 'fast-check';
import type { Block } from '../core/ipam/allocate-ippool.ts';
import type { NodePrefix } from '../core/ipam/cidrpool-entry.ts';
import { bitsOf, plus, showAddress, showSubnet, subnetAt } from '../core/model/ip.ts';
import type { Family, Subnet } from '../core/model/ip.ts';

export const nodeNames = fc
  .uniqueArray(fc.integer({ min: 0, max: 11 }), { maxLength: 10 })
  .map((numbers) => numbers.map((number) => `dgx${String(number).padStart(3, '0')}`));

const oneNode = fc.integer({ min: 0, max: 11 }).map((number) => `dgx${String(number).padStart(3, '0')}`);

const BASES: Readonly<Record<Family, readonly (number | bigint)[]>> = {
  4: [0x0a000000, 0xc0a80140, 0xffffff00],
  6: [0xfd00n << 112n, (0x20010db8n << 96n) + 0xff00n],
};

const subnets = fc
  .tuple(fc.constantFrom<Family>(4, 4, 6), fc.integer({ min: 0, max: 6 }), fc.nat({ max: 2 }))
  .map(([family, hostBits, base]) => {
    const bases = BASES[family];
    return subnetAt(bases[base % bases.length] ?? 0, bitsOf(family) - hostBits);
  });

const sizeOfSubnet = ({ family, prefix }: Subnet): number => 2 ** (bitsOf(family) - prefix);

const textAt = ({ start }: Subnet, offset: number): string => showAddress(plus(start, offset));

const exclusionsOf = (subnet: Subnet) =>
  fc.array(
    fc.tuple(fc.nat({ max: sizeOfSubnet(subnet) - 1 }), fc.nat({ max: 12 })).map(([start, length]) => ({
      startIP: textAt(subnet, start),
      endIP: textAt(subnet, Math.min(sizeOfSubnet(subnet) - 1, start + length)),
    })),
    { maxLength: 3 },
  );

const indexesOf = (size: number) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.array(
        fc.tuple(fc.nat({ max: size - 1 }), fc.nat({ max: size })).map(([start, length]) => ({
          startIndex: start,
          endIndex: Math.min(size - 1, start + length),
        })),
        { maxLength: 2 },
      ),
    },
  );

export interface ArbitraryPool<Entry> {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly nodes: readonly string[];
  readonly existing: readonly Entry[];
}

const blockOnGrid = (subnet: Subnet, size: number) =>
  fc
    .record({
      nodeName: oneNode,
      position: fc.nat({ max: Math.ceil(sizeOfSubnet(subnet) / size) }),
      shift: fc.constantFrom(0, 0, 0, 0, 0, 1, -1),
      growth: fc.constantFrom(0, 0, 0, 0, 0, 1, -size),
    })
    .map(({ nodeName, position, shift, growth }): Block => {
      const setAside = sizeOfSubnet(subnet) <= 2 ? 0 : 1;
      const start = Math.max(0, setAside + position * size + shift);
      return {
        nodeName,
        startIP: textAt(subnet, start),
        endIP: textAt(subnet, Math.max(0, start + size - 1 + growth)),
      };
    });

export const ipPools: fc.Arbitrary<ArbitraryPool<Block>> = subnets
  .chain((subnet) => {
    const usable = Math.max(1, sizeOfSubnet(subnet) - (sizeOfSubnet(subnet) <= 2 ? 0 : subnet.family === 4 ? 2 : 1));
    return fc.record({ subnet: fc.constant(subnet), size: fc.integer({ min: 1, max: Math.min(9, usable) }) });
  })
  .chain(({ subnet, size }) =>
    fc.record({
      spec: fc.record(
        {
          subnet: fc.constant(showSubnet(subnet)),
          perNodeBlockSize: fc.constant(size),
          gateway: fc.nat({ max: sizeOfSubnet(subnet) - 1 }).map((offset) => textAt(subnet, offset)),
          exclusions: exclusionsOf(subnet),
          perNodeExclusions: indexesOf(size),
        },
        { requiredKeys: ['subnet', 'perNodeBlockSize'] },
      ),
      nodes: nodeNames,
      existing: fc.array(blockOnGrid(subnet, size), { maxLength: 7 }),
    }),
  );

const prefixEntry = (cidr: Subnet, length: number) =>
  fc
    .record({
      nodeName: oneNode,
      position: fc.nat({ max: 2 ** (length - cidr.prefix) }),
      shift: fc.constantFrom(0, 0, 0, 0, 1),
      length: fc.constantFrom(length, length, length, length, Math.max(1, length - 1)),
      gateway: fc.constantFrom<'right' | 'none' | 'wrong'>('right', 'right', 'right', 'none', 'wrong'),
    })
    .map(({ nodeName, position, shift, length: given, gateway }): NodePrefix => {
      const offset = position * 2 ** (bitsOf(cidr.family) - length);
      const gateways = { right: textAt(cidr, offset + 1), none: '', wrong: textAt(cidr, offset + 3) };
      return { nodeName, prefix: `${textAt(cidr, offset + shift)}/${given}`, gateway: gateways[gateway] };
    });

export const cidrPools: fc.Arbitrary<ArbitraryPool<NodePrefix>> = subnets
  .chain((cidr) =>
    fc.record({
      cidr: fc.constant(cidr),
      length: fc.integer({ min: cidr.prefix, max: Math.min(bitsOf(cidr.family), cidr.prefix + 4) }),
    }),
  )
  .chain(({ cidr, length }) =>
    fc.record({
      spec: fc.record(
        {
          cidr: fc.constant(showSubnet(cidr)),
          perNodeNetworkPrefix: fc.constant(length),
          gatewayIndex: fc.constant(1),
          exclusions: exclusionsOf(cidr),
          perNodeExclusions: indexesOf(2 ** (bitsOf(cidr.family) - length)),
          staticAllocations: fc.uniqueArray(
            fc
              .record({
                nodeName: fc.oneof(oneNode, fc.constant('')),
                position: fc.nat({ max: 2 ** (length - cidr.prefix) - 1 }),
              })
              .map(({ nodeName, position }) => ({
                ...(nodeName === '' ? {} : { nodeName }),
                prefix: `${textAt(cidr, position * 2 ** (bitsOf(cidr.family) - length))}/${length}`,
              })),
            { maxLength: 2, selector: ({ prefix }) => prefix },
          ),
        },
        { requiredKeys: ['cidr', 'perNodeNetworkPrefix'] },
      ),
      nodes: nodeNames,
      existing: fc.array(prefixEntry(cidr, length), { maxLength: 7 }),
    }),
  );

/** Counts the classes of generated input; a class that never came up makes the test that needs it worthless. */
export class ClassCounts {
  readonly #counts: Map<string, number>;

  constructor(classes: readonly string[]) {
    this.#counts = new Map(classes.map((name) => [name, 0]));
  }

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** The classes that stayed at zero, to be expected empty. */
  get missing(): readonly string[] {
    return [...this.#counts].filter(([, count]) => count === 0).map(([name]) => name);
  }
}
