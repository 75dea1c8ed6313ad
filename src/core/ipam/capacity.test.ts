import { describe, expect, test } from 'vitest';
import { capacityOf, prefixFor, showCount } from './capacity.ts';
import { readCIDRPool } from './cidrpool-spec.ts';
import { readIPPool } from './ippool-spec.ts';

const ipPool = (spec: Readonly<Record<string, unknown>>) => {
  const read = readIPPool('pool', spec);
  if (!read.ok) throw new Error('not valid');
  return capacityOf(read.spec);
};

const cidrPool = (spec: Readonly<Record<string, unknown>>) => {
  const read = readCIDRPool('pool', spec);
  if (!read.ok) throw new Error('not valid');
  return capacityOf(read.spec);
};

describe('IPPool', () => {
  test('000-91: a /24 with block 8 serves 31 nodes with 8 addresses; 32 nodes need a /23', () => {
    expect(ipPool({ subnet: '192.168.1.0/24', perNodeBlockSize: 8 })).toMatchObject({
      nodes: 31n,
      perNode: 8n,
      leftOver: 6n,
    });
    expect([prefixFor(31n, 8n, 4), prefixFor(32n, 8n, 4), prefixFor(63n, 8n, 4), prefixFor(64n, 8n, 4)]).toEqual([
      24, 23, 23, 22,
    ]);
  });

  test('a gateway costs a node only with blocks of one, and only where a block lies', () => {
    const withGateway = (gateway: string) => ipPool({ subnet: '10.0.0.0/24', perNodeBlockSize: 1, gateway }).nodes;
    expect([withGateway('10.0.0.1'), withGateway('10.0.0.0'), withGateway('10.0.0.255')]).toEqual([253n, 254n, 254n]);
    expect(ipPool({ subnet: '10.0.0.0/24', perNodeBlockSize: 2, gateway: '10.0.0.1' }).nodes).toBe(127n);
  });

  test('ten million excluded blocks are counted without walking them', () => {
    const spec = {
      subnet: '10.0.0.0/8',
      perNodeBlockSize: 1,
      exclusions: [
        { startIP: '10.0.0.0', endIP: '10.159.255.255' },
        { startIP: '10.100.0.0', endIP: '10.100.0.9' },
      ],
    };
    expect(ipPool(spec)).toMatchObject({ nodes: 96n * 65536n - 1n, excluded: 160n * 65536n - 1n });
  });

  test('indexes take addresses from every node', () => {
    const spec = {
      subnet: '10.0.0.0/24',
      perNodeBlockSize: 8,
      perNodeExclusions: [
        { startIndex: 0, endIndex: 1 },
        { startIndex: 1, endIndex: 2 },
      ],
    };
    expect(ipPool(spec)).toMatchObject({ nodes: 31n, perNode: 5n });
  });

  test('an IPv6 /64 is huge', () => {
    expect(showCount(ipPool({ subnet: 'fd00::/64', perNodeBlockSize: 1000 }).nodes)).toBe('huge');
    expect(showCount(2n ** 53n - 1n)).toBe(9007199254740991);
  });
});

describe('CIDRPool', () => {
  test('a gateway, indexes and reserved prefixes are taken off, the network address is not counted twice', () => {
    const spec = {
      cidr: '10.0.0.0/22',
      perNodeNetworkPrefix: 24,
      gatewayIndex: 1,
      perNodeExclusions: [{ startIndex: 0, endIndex: 9 }],
      staticAllocations: [{ prefix: '10.0.3.0/24' }, { nodeName: 'a', prefix: '10.0.2.0/24' }],
    };
    expect(cidrPool(spec)).toMatchObject({ nodes: 3n, perNode: 245n });
  });
});

test('no IPv4 subnet serves five billion nodes', () => expect(prefixFor(5_000_000_000n, 1n, 4)).toBeUndefined());
