/** A pool that nv-ipam refuses after it was stored: every allocation is cleared, and pods get no address. */
import { poolStatements, poolWaysOut } from '../../pool-findings.ts';
import { defineRule } from '../../rule.ts';
import { anIpPool } from '../world-ipam.ts';
import { gpuNode } from '../world.ts';

const IDS = ['ipam-invalid', 'ipam-api-version'];
const SPEC = { subnet: '10.20.0.0/24', gateway: '10.20.0.1', perNodeBlockSize: 16 };

export const poolInvalid = defineRule({
  id: 'pool-invalid',
  title: 'An address pool is invalid',
  severity: 'error',
  role: 'cause',
  needs: ['addressPools'],
  explain:
    'Where the webhook of nv-ipam is off, a pool with a wrong field is stored. The controller then clears every allocation, writes the event InvalidSpec and waits for the next edit; pods get NotFound for this pool on every node.',
  sources: ['reference ipam-maintenance-power.md 1.4, 1.10 (2)'],
  check: (facts) => poolStatements(facts, IDS, { clear: 'pools that nv-ipam accepts' }),
  remedy: (_, facts) => [
    ...poolWaysOut(facts, IDS).map((text) => ({ text })),
    { text: 'Once it is corrected blocks are cut anew, and a node may get another one than before.', risk: 'drain the users of the pool first' },
  ],
  cases: [
    { name: 'a gateway outside the subnet', kind: 'broken', objects: [anIpPool('rail-1', { ...SPEC, gateway: '10.99.0.1' }), gpuNode('a', {})], says: 'gateway' },
    { name: 'a block larger than the subnet', kind: 'broken', objects: [anIpPool('rail-1', { ...SPEC, perNodeBlockSize: 4096 }), gpuNode('a', {})], says: 'perNodeBlockSize' },
    { name: 'a pool as it should be', kind: 'healthy', objects: [anIpPool('rail-1', SPEC, ['a 10.20.0.1 10.20.0.16']), gpuNode('a', {})] },
    { name: 'no pool was looked at', kind: 'lacking', objects: [gpuNode('a', {})], says: 'the pools of nv-ipam' },
    { name: 'host bits that an IPPool masks away', kind: 'look-alike', objects: [anIpPool('rail-1', { ...SPEC, subnet: '10.20.0.77/24' }), gpuNode('a', {})] },
  ],
}); // prettier-ignore
