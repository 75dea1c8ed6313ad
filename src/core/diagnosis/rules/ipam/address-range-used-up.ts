/** A range, or a node's block, whose addresses are all held by pods that run: it is too small for what is asked of it. */
import { heldAddresses } from '../../../ipam/held-addresses.ts';
import { digText } from '../../../model/dig.ts';
import { contains, distance, parseAddress, sameFamily } from '../../../model/ip.ts';
import { objectPath } from '../../../model/kube-object.ts';
import { poolOf, sharesInStatus } from '../../../ipam/pool-object.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { isPodOver, said } from '../../said.ts';
import { RANGE_USED_UP, usedUpRanges } from '../../whereabouts-pools.ts';
import { aPodEvent, anIpPool, aUserPod, aWhereaboutsPool } from '../world-ipam.ts';
import { NODE_HAS_NONE } from './no-address-words.ts';

const RULE = 'address-range-used-up';

const ranges = (facts: Facts): readonly Statement[] =>
  usedUpRanges(facts, `${RULE}/range`).flatMap(
    ({ pool, words, first, last, size, running, gone, waiting, notLookedAt }) => {
      if (pool === undefined || gone.length + waiting.length + notLookedAt.length > 0 || running.length < size)
        return [];
      return [
        {
          says: 'finding',
          scope: { object: objectPath(pool.object) },
          because: `All ${size} addresses of the range ${first} - ${last} are held by pods that run: it is too small`,
          confidence: 'proven',
          sameAs: objectPath(pool.object),
          evidence: [
            ...running.slice(0, 3).map(({ evidence }) => evidence),
            ...words.slice(-2).map(({ evidence }) => evidence),
          ],
        } satisfies Statement,
      ];
    },
  );

/** The block of nv-ipam that the node has, and the pods there that hold its addresses. */
const blocks = (facts: Facts): readonly Statement[] => {
  const held = heldAddresses(facts.snapshot);
  const open = said(facts, `${RULE}/block`, NODE_HAS_NONE).filter((one) => !isPodOver(one) && one.node !== undefined);
  return [...Map.groupBy(open, ({ node }) => node ?? '')].flatMap(([node, words]) =>
    [...facts.objects('IPPool'), ...facts.objects('CIDRPool')].flatMap((source): readonly Statement[] => {
      const pool = poolOf(source.object);
      if (pool === undefined) return [];
      const at = pool.allocations.findIndex((entry) => digText(entry, 'nodeName') === node);
      const range = sharesInStatus(pool).find(({ nodeName }) => nodeName === node)?.range;
      if (at < 0 || range === undefined) return [];
      const mine = held.filter(({ nodeName, address }) => nodeName === node && sameFamily(address, range.start) && contains(range, address));
      const gateway = parseAddress(digText(pool.spec, 'gateway') ?? '');
      const size = Number(distance(range.start, range.end)) + 1 - (gateway !== undefined && sameFamily(gateway, range.start) && contains(range, gateway) ? 1 : 0);
      if (mine.length < size) return [];
      return [
        {
          says: 'finding',
          scope: { node },
          because: `${node} has ${size} addresses of ${pool.kind}/${pool.name}, and pods that run there hold all of them`,
          confidence: 'proven',
          sameAs: objectPath(source.object),
          evidence: [fieldEvidence(source, ['status', 'allocations', at, 'nodeName']), ...words.slice(-2).map(({ evidence }) => evidence)],
        },
      ];
    }),
  ); // prettier-ignore
};

const check = (facts: Facts): readonly Statement[] => {
  const found = [...ranges(facts), ...blocks(facts)];
  const isAsked = facts.objects('IPPool').length > 0;
  return found.length > 0 || !isAsked || facts.lines(`${RULE}/range`).length + facts.lines(`${RULE}/block`).length > 0
    ? found
    : [{ says: 'clear', scope: {}, saw: 'no pod is refused an address of the pools that were looked at' }];
};

const FULL =
  'error adding container to network "net": Error at storage engine: Could not allocate IP in range: ip: 10.9.0.1 / - 10.9.0.2 / range: 10.9.0.0/29';
const NONE =
  'failed to allocate IP for container: rpc error: code = ResourceExhausted desc = no free addresses in the allocated range';

const holding = (name: string, address: string) => {
  const pod = aUserPod(name, 'a', true);
  return { ...pod, metadata: { ...pod.metadata, annotations: { 'k8s.v1.cni.cncf.io/network-status': JSON.stringify([{ name: 'jobs/rail', ips: [address] }]) } } };
}; // prettier-ignore
const SMALL = anIpPool('rail-1', { subnet: '10.20.0.0/24', gateway: '10.20.0.254', perNodeBlockSize: 2 }, [
  'a 10.20.0.1 10.20.0.2',
]);

export const addressRangeUsedUp = defineRule({
  id: RULE,
  title: 'All addresses of a range are in use',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { range: RANGE_USED_UP, block: NODE_HAS_NONE },
  explain:
    'A range of whereabouts serves the whole cluster, a block of nv-ipam one node. When every address is held by a pod that runs, the next pod waits in ContainerCreating until one ends. With nv-ipam that comes as soon as a node has more VFs than its block has addresses.',
  sources: ['reference ipam-maintenance-power.md 1.6, 1.7, 6.1'],
  check,
  remedy: () => [
    { text: 'Widen the range, or give each node a block of at least as many addresses as it has VFs of the rail.', risk: 'with nv-ipam another block size moves every node: drain the users of the pool first' },
    { text: 'Until then end pods that need no address there.' },
  ],
  cases: [
    { name: 'a range of two with two pods', kind: 'broken', objects: [aWhereaboutsPool('10.9.0.0/29', { 1: 'jobs/up-1', 2: 'jobs/up-2' }), aUserPod('up-1', 'a', true), aUserPod('up-2', 'a', true), aUserPod('new-1'), aPodEvent('new-1', FULL)], says: 'All 2 addresses' },
    { name: 'a block of two with two pods', kind: 'broken', objects: [SMALL, holding('up-1', '10.20.0.1'), holding('up-2', '10.20.0.2'), aUserPod('new-1'), aPodEvent('new-1', NONE)], says: 'a has 2 addresses' },
    { name: 'pods get addresses', kind: 'healthy', objects: [SMALL, holding('up-1', '10.20.0.1')] },
    { name: 'a reservation of a pod that is gone', kind: 'look-alike', objects: [aWhereaboutsPool('10.9.0.0/29', { 1: 'jobs/old-1', 2: 'jobs/up-2' }), aUserPod('up-2', 'a', true), aUserPod('new-1'), aPodEvent('new-1', FULL)] },
    { name: 'a block with a free address', kind: 'look-alike', objects: [SMALL, holding('up-1', '10.20.0.1'), aUserPod('new-1'), aPodEvent('new-1', NONE)] },
  ],
}); // prettier-ignore
