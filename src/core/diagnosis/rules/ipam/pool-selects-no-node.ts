/** A pool whose node selector takes no node: it is valid, holds no allocation, and gives nobody an address. */
import { digList } from '../../../model/dig.ts';
import { showPool } from '../../../ipam/pool-object.ts';
import { fieldEvidence } from '../../evidence.ts';
import { poolCheck, poolStatements, poolWaysOut } from '../../pool-findings.ts';
import { defineRule } from '../../rule.ts';
import { anIpPool } from '../world-ipam.ts';
import { gpuNode } from '../world.ts';

const IDS = ['ipam-selector-empty'];
const SPEC = {
  subnet: '10.20.0.0/24',
  gateway: '10.20.0.1',
  perNodeBlockSize: 16,
  nodeSelector: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'rack', operator: 'In', values: ['1'] }] }] },
};
const node = (rack: string) => gpuNode('a', {}, { labels: { rack } });

export const poolSelectsNoNode = defineRule({
  id: 'pool-selects-no-node',
  title: 'An address pool selects no node',
  severity: 'error',
  role: 'cause',
  needs: ['addressPools', 'nodes'],
  explain: 'Only nodes that the selector of a pool takes get a block of it. With none the pool reports nothing at all, and pods get NotFound on every node.',
  sources: ['reference ipam-maintenance-power.md 6.1'],
  check: (facts) =>
    poolStatements(facts, IDS, {
      clear: 'pools that select nodes',
      // Where the controller gave out blocks, the labels of the input are not the whole story.
      isFault: ({ about }) => poolCheck(facts).pools.some(({ pool }) => showPool(pool) === about && pool.allocations.length === 0),
      also: ({ pool }) => (pool === undefined ? [] : digList(pool.source.object, 'spec', 'nodeSelector', 'nodeSelectorTerms').slice(0, 1).map(() => fieldEvidence(pool.source, ['spec', 'nodeSelector', 'nodeSelectorTerms', 0]))),
    }),
  remedy: (_, facts) => poolWaysOut(facts, IDS).map((text) => ({ text })),
  cases: [
    { name: 'another value of the label', kind: 'broken', objects: [anIpPool('rail-1', SPEC), node('2')], says: 'takes none of 1 nodes' },
    { name: 'the node has it', kind: 'healthy', objects: [anIpPool('rail-1', SPEC, ['a 10.20.0.1 10.20.0.16']), node('1')] },
    { name: 'nodes were not looked at', kind: 'lacking', objects: [anIpPool('rail-1', SPEC)], says: 'nodes' },
    { name: 'the controller gave out blocks', kind: 'look-alike', objects: [anIpPool('rail-1', SPEC, ['b 10.20.0.1 10.20.0.16']), node('2')] },
  ],
}); // prettier-ignore
