/** Two pools that share addresses. */
import { poolStatements, poolWaysOut } from '../../pool-findings.ts';
import { defineRule } from '../../rule.ts';
import { anIpPool } from '../world-ipam.ts';
import { gpuNode } from '../world.ts';

const IDS = ['ipam-pool-overlap'];
const spec = (subnet: string) => ({ subnet, gateway: subnet.replace(/0\/\d+$/, '1'), perNodeBlockSize: 16 });

export const poolsOverlap = defineRule({
  id: 'pools-overlap',
  title: 'Address pools overlap',
  severity: 'error',
  role: 'cause',
  needs: ['addressPools'],
  explain:
    'nv-ipam compares no pool with another: pods of two pools that overlap can get the same address.',
  sources: ['reference ipam-maintenance-power.md 1.10 (7)'],
  check: (facts) => poolStatements(facts, IDS, { clear: 'pools that share no address with another' }),
  remedy: (_, facts) => poolWaysOut(facts, IDS).map((text) => ({ text, risk: 'every node of the pool that is changed gets another block: drain its users first' })),
  cases: [
    { name: 'one within the other', kind: 'broken', objects: [anIpPool('rail-1', spec('10.20.0.0/16')), anIpPool('rail-2', spec('10.20.3.0/24')), gpuNode('a', {})], says: 'overlaps' },
    { name: 'side by side', kind: 'healthy', objects: [anIpPool('rail-1', spec('10.20.2.0/24')), anIpPool('rail-2', spec('10.20.3.0/24')), gpuNode('a', {})] },
    { name: 'no pool was looked at', kind: 'lacking', objects: [gpuNode('a', {})], says: 'the pools of nv-ipam' },
    { name: 'a pool of another IPAM in the same range', kind: 'look-alike', objects: [anIpPool('rail-1', spec('10.20.2.0/24')), { ...anIpPool('default', spec('10.20.2.0/24')), apiVersion: 'crd.projectcalico.org/v1' }] },
  ],
}); // prettier-ignore
