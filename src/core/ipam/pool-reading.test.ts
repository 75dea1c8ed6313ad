import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCIDRPool } from './cidrpool-spec.ts';
import { showProblem } from './field-problem.ts';
import { readIPPool } from './ippool-spec.ts';
import { readIpamRelease } from './ipam-versions.ts';
import { poolTraps } from './pool-traps.ts';
import { reconcilePool } from './reconcile-pool.ts';
import type { PoolKind } from './pool-object.ts';

const problems = (kind: PoolKind, spec: unknown, name: unknown = 'pool', tag?: string): readonly string[] => {
  const release = tag === undefined ? undefined : readIpamRelease(tag);
  const read = (kind === 'IPPool' ? readIPPool : readCIDRPool)(name, spec, release);
  return read.ok ? [] : read.problems.map(showProblem);
};

const pool = { subnet: '192.168.0.0/24', perNodeBlockSize: 8 };
const cidr = { cidr: '10.0.0.0/16', perNodeNetworkPrefix: 24 };

describe('one sentence for each broken field', () => {
  // prettier-ignore
  test.for([
    ['a broken subnet', { ...pool, subnet: '192.168.0.0/33' }, ['spec.subnet "192.168.0.0/33" is not a subnet']],
    ['a number for a subnet', { ...pool, subnet: 19216800 }, ['spec.subnet 19216800 is not a subnet']],
    ['a block larger than the subnet', { ...pool, perNodeBlockSize: 255 }, ['spec.perNodeBlockSize 255 is more than the 254 usable addresses of 192.168.0.0/24: no node would fit']],
    ['a 16-digit block', { ...pool, perNodeBlockSize: 2 ** 53 }, ['spec.perNodeBlockSize 9007199254740992 must be a whole number that can be counted exactly']],
    ['a 15-digit block', { ...pool, perNodeBlockSize: 900719925474099 }, ['spec.perNodeBlockSize 900719925474099 is more than the 254 usable addresses of 192.168.0.0/24: no node would fit']],
    ['half a block', { ...pool, perNodeBlockSize: 7.5 }, ['spec.perNodeBlockSize 7.5 must be a whole number that can be counted exactly']],
    ['a text for a block', { ...pool, perNodeBlockSize: '8' }, ['spec.perNodeBlockSize "8" must be a whole number that can be counted exactly']],
    ['a range turned round', { ...pool, exclusions: [{ startIP: '192.168.0.9', endIP: '192.168.0.3' }] }, ['spec.exclusions[0] {"startIP":"192.168.0.9","endIP":"192.168.0.3"} is turned round: endIP must not lie before startIP']],
    ['an exclusion of another family', { ...pool, exclusions: [{ startIP: 'fd00::1', endIP: 'fd00::2' }] }, ['spec.exclusions[0].startIP "fd00::1" is not inside 192.168.0.0/24', 'spec.exclusions[0].endIP "fd00::2" is not inside 192.168.0.0/24']],
    ['exclusions as a map', { ...pool, exclusions: { startIP: '192.168.0.9' } }, ['spec.exclusions {"startIP":"192.168.0.9"} must be a list']],
    ['an index beyond the block', { ...pool, perNodeExclusions: [{ startIndex: 0, endIndex: 8 }] }, ['spec.perNodeExclusions[0].endIndex 8 is beyond the last index 7 of a block of 8']],
    ['an index turned round', { ...pool, perNodeExclusions: [{ startIndex: 5, endIndex: 1 }] }, ['spec.perNodeExclusions[0] {"startIndex":5,"endIndex":1} is turned round: endIndex must not lie before startIndex']],
    ['routes without a gateway', { ...pool, routes: [{ dst: '0.0.0.0/0' }] }, ['spec.routes [{"dst":"0.0.0.0/0"}] need spec.gateway to route through']],
    ['the default route twice', { ...pool, gateway: '192.168.0.1', defaultGateway: true, routes: [{ dst: '0.0.0.0/0' }] }, ['spec.routes[0].dst "0.0.0.0/0" is the default route, which defaultGateway: true adds already']],
    ['a selector without terms', { ...pool, nodeSelector: {} }, ['spec.nodeSelectorTerms nothing needs a term']],
  ] as const)('%s', ([, spec, sentences]) => expect(problems('IPPool', spec)).toEqual(sentences));

  // prettier-ignore
  test.for([
    ['host bits', { ...cidr, cidr: '10.0.0.9/16' }, ['spec.cidr "10.0.0.9/16" has host bits set: the subnet is 10.0.0.0/16']],
    ['a longer cidr than prefix', { ...cidr, perNodeNetworkPrefix: 8 }, ['spec.perNodeNetworkPrefix 8 must be from 16 (the pool\'s own length) to 32']],
    ['a huge gateway index', { ...cidr, gatewayIndex: 2 ** 53 }, ['spec.gatewayIndex 9007199254740992 must be a whole number that can be counted exactly']],
    ['a static prefix of the wrong length', { ...cidr, staticAllocations: [{ prefix: '10.0.4.0/25' }] }, ['spec.staticAllocations[0].prefix "10.0.4.0/25" is not of length /24']],
    ['a static gateway outside', { ...cidr, staticAllocations: [{ prefix: '10.0.4.0/24', gateway: '10.0.5.1' }] }, ['spec.staticAllocations[0].gateway "10.0.5.1" is not inside 10.0.4.0/24']],
    ['a static prefix twice', { ...cidr, staticAllocations: [{ prefix: '10.0.4.0/24' }, { nodeName: 'a', prefix: '10.0.4.0/24' }] }, ['spec.staticAllocations "10.0.4.0/24" stands twice: a prefix can be given once']],
  ] as const)('CIDRPool with %s', ([, spec, sentences]) => expect(problems('CIDRPool', spec)).toEqual(sentences));

  test('a block of one needs v0.3.5', () => {
    expect(problems('IPPool', { ...pool, perNodeBlockSize: 1 }, 'pool', 'v0.3.4')).toEqual([
      'spec.perNodeBlockSize 1 must be at least 2 before nv-ipam v0.3.5',
    ]);
    expect(problems('IPPool', { ...pool, perNodeBlockSize: 1 }, 'pool', 'v0.3.5')).toEqual([]);
  });

  test('names that CNI refuses', () => {
    for (const name of ['', '-pool', 'a b', 7, null]) expect(problems('IPPool', pool, name)).toHaveLength(1);
  });
});

test('whatever is given, reading and reconciling answer and never throw', () => {
  const junk = fc.oneof(
    fc.anything(),
    fc.constantFrom('192.168.0.0/24', 'fd00::/8', 'x/y', -1, 2 ** 53, '0.0.0.0/0', null),
  );
  const keys = ['subnet', 'cidr', 'perNodeBlockSize', 'perNodeNetworkPrefix', 'gateway', 'gatewayIndex', 'exclusions',
    'perNodeExclusions', 'staticAllocations', 'nodeSelector', 'routes', 'defaultGateway']; // prettier-ignore
  const specs = fc.oneof(fc.anything(), fc.dictionary(fc.constantFrom(...keys), junk));
  let invalid = 0;
  fc.assert(
    fc.property(
      fc.constantFrom<PoolKind>('IPPool', 'CIDRPool'),
      specs,
      fc.array(fc.anything()),
      (kind, spec, allocations) => {
        const object = { kind, name: 'pool', namespace: '', spec, allocations };
        const outcome = reconcilePool(object, [{ name: 'a', labels: {} }]);
        if (!outcome.valid) {
          invalid += 1;
          expect(outcome.problems.length).toBeGreaterThan(0);
          for (const problem of outcome.problems) expect(showProblem(problem).length).toBeLessThan(300);
        }
        poolTraps(object);
      },
    ),
    { numRuns: 1000 },
  );
  expect(invalid).toBeGreaterThan(100);
});

describe('traps', () => {
  const traps = (kind: PoolKind, spec: unknown, allocations: readonly unknown[] = [], tag = 'v0.4.0') =>
    poolTraps({ kind, name: 'rail', namespace: '', spec, allocations }, readIpamRelease(tag)).map(
      ({ id, path }) => `${id} ${path.join('.')}`,
    );

  test('a valid pool without traps has none', () => expect(traps('IPPool', pool)).toEqual([]));

  test('overlapping ranges, indexes, and a range that meets an index in one node only', () => {
    const range = (from: number, to: number) => ({ startIP: `192.168.0.${from}`, endIP: `192.168.0.${to}` });
    expect(traps('IPPool', { ...pool, exclusions: [range(2, 5), range(4, 7)] })).toEqual([
      'ipam-exclusions-overlap spec.exclusions',
    ]);
    const indexes = [{ startIndex: 0, endIndex: 1 }];
    expect(traps('IPPool', { ...pool, perNodeExclusions: [...indexes, ...indexes] })).toEqual([
      'ipam-exclusions-overlap spec.perNodeExclusions',
    ]);
    const spec = { ...pool, exclusions: [range(9, 9)], perNodeExclusions: indexes };
    const block = (nodeName: string, from: number) => ({
      nodeName,
      startIP: `192.168.0.${from}`,
      endIP: `192.168.0.${from + 7}`,
    });
    expect(traps('IPPool', spec, [block('a', 1)])).toEqual([]);
    expect(traps('IPPool', spec, [block('a', 1), block('b', 9)])).toEqual([
      'ipam-exclusions-overlap spec.perNodeExclusions',
    ]);
  });

  test('host bits, nothing left, a static prefix that is excluded', () => {
    expect(traps('IPPool', { ...pool, subnet: '192.168.5.77/24' })).toEqual(['ipam-host-bits spec.subnet']);
    expect(traps('IPPool', { ...pool, perNodeExclusions: [{ startIndex: 0, endIndex: 7 }] })).toEqual([
      'ipam-nothing-left spec.perNodeExclusions',
    ]);
    const spec = {
      ...cidr,
      exclusions: [{ startIP: '10.0.3.0', endIP: '10.0.6.0' }],
      staticAllocations: [{ nodeName: 'a', prefix: '10.0.4.0/24' }],
    };
    expect(traps('CIDRPool', spec)).toEqual(['ipam-static-excluded spec.staticAllocations.0']);
  });

  test('what an older nv-ipam does not know or does differently', () => {
    const spec = {
      ...pool,
      exclusions: [{ startIP: '192.168.0.1', endIP: '192.168.0.8' }],
      perNodeExclusions: [{ startIndex: 0, endIndex: 0 }],
    };
    const status = [{ nodeName: 'a', startIP: '192.168.0.1', endIP: '192.168.0.8' }];
    expect(traps('IPPool', spec, status, 'v0.3.7')).toEqual([
      'ipam-version spec.perNodeExclusions',
      'ipam-block-excluded spec.exclusions',
    ]);
    expect(traps('CIDRPool', cidr, [], 'v0.1.2')).toEqual(['ipam-version ']);
  });
});
