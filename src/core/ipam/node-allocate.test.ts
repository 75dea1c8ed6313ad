import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClassCounts } from '../../testing/arbitrary-pools.ts';
import { parseAddress, parseSubnet, plus } from '../model/ip.ts';
import type { Address } from '../model/ip.ts';
import { readCIDRPool } from './cidrpool-spec.ts';
import { readIPPool } from './ippool-spec.ts';
import { allocateOnNode, emptyNodeStore, releaseOnNode } from './node-allocate.ts';
import type { AllocateRequest, NodeStore } from './node-allocate.ts';
import { nodePoolKey, nodePoolOfBlock, nodePoolOfPrefix } from './node-pool.ts';
import type { NodePool } from './node-pool.ts';

const at = (text: string): Address => {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return address;
};

const subnet = (text: string) => {
  const read = parseSubnet(text);
  if (read === undefined) throw new Error(`${text} is no subnet`);
  return read;
};

const rail: NodePool = {
  name: 'rail',
  subnet: subnet('10.0.0.0/24'),
  range: { start: at('10.0.0.1'), end: at('10.0.0.8') },
  gateway: at('10.0.0.1'),
  exclusions: [{ start: at('10.0.0.4'), end: at('10.0.0.5') }],
};
const pools = new Map([['rail', rail]]);

const request = (container: string, more: Partial<AllocateRequest> = {}): AllocateRequest => ({
  pools: ['rail'],
  poolType: 'ippool',
  containerId: container,
  interfaceName: 'net1',
  ...more,
});

const ask = (store: NodeStore, what: AllocateRequest): string => {
  const answer = allocateOnNode(store, pools, what);
  return answer.ok ? answer.allocations.map(({ ip }) => ip).join() : answer.code;
};

test('round robin never gives an address twice, nor the gateway, nor an excluded one; refusals leave no trace', () => {
  const seen = new ClassCounts(['given', 'full', 'again', 'released']);
  const steps = fc.array(fc.tuple(fc.nat({ max: 7 }), fc.boolean()), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(steps, (moves) => {
      let store: NodeStore = emptyNodeStore;
      const held = new Map<string, Address>();
      for (const [container, isRelease] of moves) {
        const name = `c${container}`;
        if (isRelease) {
          if (held.delete(name)) seen.add('released');
          store = releaseOnNode(store, request(name));
          continue;
        }
        const answer = allocateOnNode(store, pools, request(name));
        if (!answer.ok) {
          seen.add(answer.code === 'AlreadyExists' ? 'again' : 'full');
          expect(answer.code === 'AlreadyExists' ? held.has(name) : held.size === 5).toBe(true);
          continue;
        }
        seen.add('given');
        const address = answer.allocations[0]?.address ?? 0;
        expect([...held.values()]).not.toContain(address);
        expect([1, 4, 5]).not.toContain(Number(address) - 0x0a000000);
        held.set(name, address);
        store = answer.store;
      }
      expect(new Set(store.get('rail')?.entries.values())).toEqual(new Set(held.values()));
    }),
    { numRuns: 300, seed: 3 },
  );
  expect(seen.missing).toEqual([]);
});

describe('refusals', () => {
  // prettier-ignore
  test.for([
    ['no pool', { pools: [] }, 'InvalidArgument'],
    ['three pools', { pools: ['rail', 'rail', 'rail'] }, 'InvalidArgument'],
    ['one pool twice', { pools: ['rail', 'rail'] }, 'AlreadyExists'],
    ['an unknown pool', { pools: ['other'] }, 'NotFound'],
    ['the right name as the other kind', { poolType: 'cidrpool' }, 'NotFound'],
    ['a broken static address', { requestedIPs: ['10.0.0.300'] }, 'InvalidArgument'],
    ['a static address of no pool', { requestedIPs: ['10.9.0.1'] }, 'InvalidArgument'],
    ['a static address outside of the block', { requestedIPs: ['10.0.0.99'] }, '10.0.0.99/24'],
    ['an excluded static address', { requestedIPs: ['10.0.0.4'] }, '10.0.0.4/24'],
    ['the gateway and a static address', { requestedIPs: ['10.0.0.3'], allocateDefaultGateway: true }, 'InvalidArgument'],
    ['the gateway', { allocateDefaultGateway: true }, '10.0.0.1/24'],
    ['the index of the gateway', { allocateIPWithIndex: 0 }, 'InvalidArgument'],
    ['an index beyond', { allocateIPWithIndex: 8 }, 'InvalidArgument'],
    ['a negative index', { allocateIPWithIndex: -1 }, 'InvalidArgument'],
    ['an index', { allocateIPWithIndex: 7 }, '10.0.0.8/24'],
  ] as const)('%s', ([, more, expected]) => expect(ask(emptyNodeStore, request('c', more as Partial<AllocateRequest>))).toBe(expected));

  test('overlapping exclusions fail every request, static ones too', () => {
    const overlapping = { ...rail, exclusions: [...rail.exclusions, { start: at('10.0.0.5'), end: at('10.0.0.6') }] };
    for (const more of [{}, { requestedIPs: ['10.0.0.2'] }])
      expect(allocateOnNode(emptyNodeStore, new Map([['rail', overlapping]]), request('c', more))).toMatchObject({
        code: 'Internal',
      });
  });

  test('when the second of two pools is full, the first keeps nothing', () => {
    const full = { ...rail, name: 'full', exclusions: [rail.range] };
    const both = new Map([
      ['rail', rail],
      ['full', full],
    ]);
    expect(allocateOnNode(emptyNodeStore, both, request('c', { pools: ['rail', 'full'] }))).toMatchObject({
      ok: false,
      code: 'ResourceExhausted',
    });
  });
});

describe('what the daemon makes of a pool', () => {
  test('an IPPool hands its exclusions whole to every node, and counts indexes from the block', () => {
    const read = readIPPool('rail', {
      subnet: '10.0.0.0/24',
      perNodeBlockSize: 8,
      exclusions: [{ startIP: '10.0.0.100', endIP: '10.0.0.200' }],
      perNodeExclusions: [{ startIndex: 0, endIndex: 1 }],
    });
    if (!read.ok) throw new Error('not valid');
    const pool = nodePoolOfBlock('rail', read.spec, { nodeName: 'a', startIP: '10.0.0.9', endIP: '10.0.0.16' });
    expect(pool?.exclusions).toEqual([
      { start: at('10.0.0.100'), end: at('10.0.0.200') },
      { start: at('10.0.0.9'), end: at('10.0.0.10') },
    ]);
  });

  test('a CIDRPool cuts ranges to the prefix, counts indexes from its network address, and passes over a range that spans it', () => {
    const range = (startIP: string, endIP: string) => ({ startIP, endIP });
    const read = readCIDRPool('rail', {
      cidr: '10.0.0.0/16',
      perNodeNetworkPrefix: 24,
      exclusions: [range('10.0.0.200', '10.0.1.9'), range('10.0.0.0', '10.0.3.0'), range('10.0.1.250', '10.0.9.9')],
      perNodeExclusions: [{ startIndex: 0, endIndex: 1 }],
    });
    if (!read.ok) throw new Error('not valid');
    const pool = nodePoolOfPrefix('rail', read.spec, { nodeName: 'a', prefix: '10.0.1.0/24', gateway: '10.0.1.1' });
    expect(pool).toMatchObject({ gateway: at('10.0.1.1'), range: { start: at('10.0.1.1'), end: at('10.0.1.254') } });
    expect(pool?.exclusions).toEqual([
      { start: at('10.0.1.1'), end: at('10.0.1.9') },
      { start: at('10.0.1.250'), end: at('10.0.1.254') },
      { start: at('10.0.1.0'), end: at('10.0.1.1') },
    ]);
    expect(nodePoolKey('rail', 'cidrpool')).toBe('cidrpool/rail');
    expect(plus(at('10.0.1.0'), 1)).toBe(pool?.gateway);
  });
});
