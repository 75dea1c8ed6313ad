/** What core/ipam finds worth saying of pools that work: too few addresses for the VFs, a network of the cluster beneath. */
import { poolStatements, poolWaysOut } from '../../pool-findings.ts';
import { defineRule } from '../../rule.ts';
import { anIpPool } from '../world-ipam.ts';
import { gpuNode } from '../world.ts';

const IDS = ['ipam-block-lt-vfs', 'ipam-cluster-overlap', 'ipam-static-excluded', 'ipam-version'];
const SPEC = { subnet: '10.20.0.0/24', gateway: '10.20.0.1', perNodeBlockSize: 16 };
const node = (podCIDR: string) => ({ ...gpuNode('a', {}), spec: { podCIDR, podCIDRs: [podCIDR] } });

export const poolWorthALook = defineRule({
  id: 'pool-worth-a-look',
  title: 'An address pool will not do for long',
  severity: 'warning',
  role: 'observation',
  needs: ['addressPools', 'nodes'],
  explain: 'A block with fewer addresses than the node has VFs leaves pods without one when the node is full. A pool that covers addresses of pods, services or nodes hides them from its own pods. Fields that the installed nv-ipam does not know have no effect.',
  sources: ['reference ipam-maintenance-power.md 1.6, 1.10, 6.1'],
  check: (facts) => poolStatements(facts, IDS, { clear: 'pools with room for the VFs and addresses of their own' }),
  remedy: (_, facts) => poolWaysOut(facts, IDS).map((text) => ({ text })),
  cases: [
    { name: 'the addresses of pods', kind: 'broken', objects: [anIpPool('rail-1', SPEC, ['a 10.20.0.1 10.20.0.16']), node('10.20.0.0/16')], says: 'overlaps' },
    { name: 'addresses of its own', kind: 'healthy', objects: [anIpPool('rail-1', SPEC, ['a 10.20.0.1 10.20.0.16']), node('10.244.0.0/24')] },
    { name: 'no pool was looked at', kind: 'lacking', objects: [node('10.244.0.0/24')], says: 'the pools of nv-ipam' },
    { name: 'networks of the cluster are not known', kind: 'look-alike', objects: [anIpPool('rail-1', SPEC, ['a 10.20.0.1 10.20.0.16']), gpuNode('a', {})] },
  ],
}); // prettier-ignore
