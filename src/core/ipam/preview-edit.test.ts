import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClassCounts, ipPools } from '../../testing/arbitrary-pools.ts';
import { parseAddress } from '../model/ip.ts';
import type { HeldAddress } from './held-addresses.ts';
import type { PoolObject } from './pool-object.ts';
import { previewEdit } from './preview-edit.ts';

const pool = (spec: unknown, allocations: readonly unknown[] = []): PoolObject => ({
  kind: 'IPPool',
  name: 'rail-1',
  namespace: '',
  spec,
  allocations,
});

const nodes = (...names: readonly string[]) => names.map((name) => ({ name, labels: { rail: name } }));

const held = (pod: string, nodeName: string, address: string): HeldAddress => ({
  pod,
  nodeName,
  address: parseAddress(address) ?? 0,
  network: 'default/rail-1',
});

const now = { subnet: '192.168.1.0/24', perNodeBlockSize: 8 };
const status = [
  { nodeName: 'a', startIP: '192.168.1.9', endIP: '192.168.1.16' },
  { nodeName: 'b', startIP: '192.168.1.1', endIP: '192.168.1.8' },
];
const before = pool(now, status);

const fates = (after: unknown, more: Partial<Parameters<typeof previewEdit>[0]> = {}) => {
  const preview = previewEdit({ before, after: pool(after), nodes: nodes('a', 'b'), pods: [], ...more });
  return [
    preview.verdict,
    ...preview.changes.map(({ nodeName, fate, after: share }) => `${nodeName} ${fate} ${share?.text ?? ''}`.trim()),
  ];
};

describe('what an edit does', () => {
  // prettier-ignore
  test.for([
    ['nothing', now, ['nothing-changes', 'a keeps 192.168.1.9-192.168.1.16', 'b keeps 192.168.1.1-192.168.1.8']],
    ['a gateway', { ...now, gateway: '192.168.1.1' }, ['nothing-changes', 'a keeps 192.168.1.9-192.168.1.16', 'b keeps 192.168.1.1-192.168.1.8']],
    ['a wider subnet with the same grid', { ...now, subnet: '192.168.0.0/23' }, ['nothing-changes', 'a keeps 192.168.1.9-192.168.1.16', 'b keeps 192.168.1.1-192.168.1.8']],
    ['another block size', { ...now, perNodeBlockSize: 16 }, ['changes', 'a moves 192.168.1.1-192.168.1.16', 'b moves 192.168.1.17-192.168.1.32']],
    ['an exclusion over one block', { ...now, exclusions: [{ startIP: '192.168.1.1', endIP: '192.168.1.8' }] }, ['changes', 'a keeps 192.168.1.9-192.168.1.16', 'b moves 192.168.1.17-192.168.1.24']],
    ['a narrower selector', { ...now, nodeSelector: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'rail', operator: 'In', values: ['a'] }] }] } }, ['changes', 'a keeps 192.168.1.9-192.168.1.16', 'b loses']],
    ['room for one node only', { ...now, subnet: '192.168.1.0/28' }, ['changes', 'a loses', 'b keeps 192.168.1.1-192.168.1.8']],
    ['an invalid field', { ...now, gateway: '10.0.0.1' }, ['clears']],
    ['a selector that takes nobody', { ...now, nodeSelector: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'Exists' }] }] } }, ['clears']],
  ] as const)('%s', ([, after, expected]) => expect(fates(after)).toEqual(expected));

  test('newcomers, and those for whom nothing is left', () => {
    expect(fates({ ...now, subnet: '192.168.1.0/27' }, { nodes: nodes('a', 'b', 'c', 'd') })).toEqual([
      'changes',
      'a keeps 192.168.1.9-192.168.1.16',
      'b keeps 192.168.1.1-192.168.1.8',
      'c gains 192.168.1.17-192.168.1.24',
      'd waits',
    ]);
  });

  test('the refusal is one sentence with the count, the field and what a repair would bring', () => {
    const { because } = previewEdit({
      before,
      after: pool({ ...now, gateway: '10.0.0.1' }),
      nodes: nodes('a'),
      pods: [],
    });
    expect(because).toBe(
      'this edit would clear all 2 allocations of IPPool/rail-1: spec.gateway "10.0.0.1" is not inside 192.168.1.0/24; once it is repaired, nodes get new shares in the order of their names, likely not the ones they had',
    );
  });
});

describe('pods', () => {
  const after = { ...now, exclusions: [{ startIP: '192.168.1.1', endIP: '192.168.1.8' }] };
  const atRisk = (...pods: readonly HeldAddress[]) =>
    previewEdit({ before, after: pool(after), nodes: nodes('a', 'b'), pods }).pods.map(
      ({ held: { pod }, newOwner }) => [pod, newOwner],
    );

  test('one whose address stays with its node, or is of another network, is not named', () =>
    expect(atRisk(held('x/1', 'a', '192.168.1.10'), held('x/2', 'a', '10.0.0.1'))).toEqual([]));

  test('one whose address nobody owns any more', () =>
    expect(atRisk(held('x/1', 'b', '192.168.1.3'))).toEqual([['x/1', undefined]]));

  test('one on a static address that would now lie in the block of another node', () =>
    expect(atRisk(held('x/1', 'a', '192.168.1.20'))).toEqual([['x/1', 'b']]));

  test('one whose address goes to another node', () => {
    const preview = previewEdit({
      before,
      after: pool({ ...now, perNodeBlockSize: 16 }),
      nodes: nodes('a', 'b'),
      pods: [held('x/1', 'b', '192.168.1.3')],
    });
    expect(preview.pods).toMatchObject([{ newOwner: 'a' }]);
    expect(preview.because).toBe(
      "IPPool/rail-1: of 2 nodes 0 keep, 2 move; 1 running pod would share an address with another node's pods",
    );
  });
});

test('every node that holds or gets a share has one fate, and a pool edited into itself only moves what did not fit', () => {
  const seen = new ClassCounts(['keeps', 'moves', 'loses', 'gains', 'waits', 'clears']);
  fc.assert(
    fc.property(ipPools, ipPools, fc.boolean(), ({ spec, nodes: names, existing }, other, isSame) => {
      const preview = previewEdit({
        before: pool(spec, existing),
        after: pool(isSame ? spec : other.spec),
        nodes: nodes(...names),
        pods: [],
      });
      if (preview.verdict === 'clears') seen.add('clears');
      else {
        const named = preview.changes.map(({ nodeName }) => nodeName);
        expect(new Set(named).size).toBe(named.length);
        expect(new Set(named)).toEqual(new Set([...names, ...existing.map(({ nodeName }) => nodeName)]));
      }
      for (const { fate } of preview.changes) seen.add(fate);
    }),
    { numRuns: 500, seed: 1 },
  );
  expect(seen.missing).toEqual([]);
});
