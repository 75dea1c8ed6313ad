/** A pool with fewer blocks than nodes: the nodes that came last have none. */
import { poolStatements, poolWaysOut } from '../../pool-findings.ts';
import { defineRule } from '../../rule.ts';
import { anIpPool } from '../world-ipam.ts';
import { gpuNode } from '../world.ts';

const IDS = ['ipam-pool-full'];
const SPEC = { subnet: '10.20.0.0/28', gateway: '10.20.0.1', perNodeBlockSize: 8 };
const nodes = ['a', 'b', 'c'].map((name) => gpuNode(name, {}));
const BLOCKS = ['a 10.20.0.1 10.20.0.8'];

export const poolTooSmall = defineRule({
  id: 'pool-too-small',
  title: 'An address pool has too few blocks for its nodes',
  severity: 'error',
  role: 'cause',
  needs: ['addressPools', 'nodes'],
  explain:
    'nv-ipam gives each selected node a block of perNodeBlockSize addresses. Once the subnet is cut up, further nodes get none: the controller writes NoFreeRanges (NoFreePrefixes for a CIDRPool), and pods there get NotFound for the pool.',
  sources: ['reference ipam-maintenance-power.md 1.4, 1.6, 6.1'],
  check: (facts) => poolStatements(facts, IDS, { clear: 'pools with a block for each of their nodes' }),
  remedy: (_, facts) => poolWaysOut(facts, IDS).map((text) => ({ text, risk: 'a change of subnet or block size can move every node: drain the users of the pool first' })),
  cases: [
    { name: 'three nodes and blocks for one or two', kind: 'broken', objects: [anIpPool('rail-1', SPEC, BLOCKS), ...nodes], says: 'without a share' },
    { name: 'room for all', kind: 'healthy', objects: [anIpPool('rail-1', { ...SPEC, subnet: '10.20.0.0/24' }, BLOCKS), ...nodes] },
    { name: 'nodes were not looked at', kind: 'lacking', objects: [anIpPool('rail-1', SPEC, BLOCKS)], says: 'nodes' },
    { name: 'the nodes without a block are not selected', kind: 'look-alike', objects: [anIpPool('rail-1', { ...SPEC, nodeSelector: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'rack', operator: 'In', values: ['1'] }] }] } }, BLOCKS), gpuNode('a', {}, { labels: { rack: '1' } }), gpuNode('b', {})] },
  ],
}); // prettier-ignore
