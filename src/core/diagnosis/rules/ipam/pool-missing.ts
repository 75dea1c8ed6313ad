/** A network that asks for a pool which does not exist. */
import { poolStatements, poolWaysOut } from '../../pool-findings.ts';
import { said } from '../../said.ts';
import { defineRule } from '../../rule.ts';
import { anIpPool } from '../world-ipam.ts';
import { anObject } from '../world-operator.ts';
import { gpuNode } from '../world.ts';
import { NO_SUCH_POOL } from './no-address-words.ts';

const IDS = ['ipam-pool-missing'];
const SPEC = { subnet: '10.20.0.0/24', gateway: '10.20.0.1', perNodeBlockSize: 16 };
const network = (poolName: string) =>
  anObject('sriovnetwork.openshift.io/v1', 'SriovNetwork', 'rail-1', {
    spec: { resourceName: 'rail1', networkNamespace: 'jobs', ipam: JSON.stringify({ type: 'nv-ipam', poolName }) },
  });

export const poolMissing = defineRule({
  id: 'pool-missing',
  title: 'A network asks for an address pool that does not exist',
  severity: 'error',
  role: 'cause',
  needs: ['addressPools'],
  explain:
    'The ipam block of a network names a pool by name and kind (ippool unless poolType says cidrpool). The daemon knows pools by their objects: another name, or the right name of the other kind, gives NotFound, and the pod stays in ContainerCreating.',
  sources: ['reference ipam-maintenance-power.md 1.7, 1.8'],
  lines: { unknown: NO_SUCH_POOL },
  check: (facts) => {
    // Of pools that were collected one by one some may have been left out: then only nv-ipam's own word shows it.
    const isWhole = ['IPPool.nv-ipam.nvidia.com', 'CIDRPool.nv-ipam.nvidia.com'].some((kind) => facts.snapshot.listed.has(kind));
    const words = said(facts, 'pool-missing/unknown', NO_SUCH_POOL);
    return poolStatements(facts, IDS, {
      clear: 'pools that networks ask for exist',
      isFault: ({ because }) => isWhole || words.some(({ groups }) => because.includes(` ${groups['pool'] ?? ''},`)),
      also: () => words.slice(-1).map(({ evidence }) => evidence),
    });
  },
  remedy: (_, facts) => poolWaysOut(facts, IDS).map((text) => ({ text })),
  cases: [
    { name: 'the name differs', kind: 'broken', listed: ['IPPool.nv-ipam.nvidia.com'], objects: [anIpPool('rail-1', SPEC), network('rail-one'), gpuNode('a', {})], says: 'does not exist' },
    { name: 'the pool is there', kind: 'healthy', objects: [anIpPool('rail-1', SPEC), network('rail-1'), gpuNode('a', {})] },
    { name: 'no pool was looked at', kind: 'lacking', objects: [network('rail-1')], says: 'the pools of nv-ipam' },
    { name: 'another IPAM', kind: 'look-alike', objects: [anIpPool('rail-1', SPEC), anObject('sriovnetwork.openshift.io/v1', 'SriovNetwork', 'rail-1', { spec: { resourceName: 'rail1', ipam: '{"type":"whereabouts","range":"10.0.0.0/24"}' } }), gpuNode('a', {})] },
  ],
}); // prettier-ignore
