/** Exclusions that overlap each other: accepted everywhere, and then every pod of the pool is refused. */
import { poolStatements, poolWaysOut } from '../../pool-findings.ts';
import { defineRule } from '../../rule.ts';
import { anIpamDaemon, anIpPool } from '../world-ipam.ts';
import { gpuNode } from '../world.ts';

const IDS = ['ipam-exclusions-overlap'];
const SPEC = { subnet: '10.20.0.0/24', gateway: '10.20.0.1', perNodeBlockSize: 16 };
const pool = (...exclusions: readonly (readonly [string, string])[]) =>
  anIpPool('rail-1', { ...SPEC, exclusions: exclusions.map(([startIP, endIP]) => ({ startIP, endIP })) }, [
    'a 10.20.0.1 10.20.0.16',
  ]);

export const exclusionsOverlap = defineRule({
  id: 'exclusions-overlap',
  title: 'Exclusions of an address pool overlap',
  severity: 'error',
  role: 'cause',
  needs: ['addressPools'],
  explain:
    'Webhook and controller of nv-ipam accept exclusions that meet. The daemon checks its set of ranges again, refuses it, and answers every request of the nodes concerned with Internal, "invalid exclusion range config".',
  sources: ['reference ipam-maintenance-power.md 1.10 (1)'],
  check: (facts) => poolStatements(facts, IDS, { clear: 'pools whose exclusions do not overlap' }),
  remedy: (_, facts) => poolWaysOut(facts, IDS).map((text) => ({ text })),
  cases: [
    { name: 'two ranges meet', kind: 'broken', objects: [pool(['10.20.0.2', '10.20.0.6'], ['10.20.0.6', '10.20.0.9']), anIpamDaemon('v0.4.0'), gpuNode('a', {})], says: 'overlap' },
    { name: 'two ranges side by side', kind: 'healthy', objects: [pool(['10.20.0.2', '10.20.0.5'], ['10.20.0.6', '10.20.0.9']), anIpamDaemon('v0.4.0'), gpuNode('a', {})] },
    { name: 'no pool was looked at', kind: 'lacking', objects: [gpuNode('a', {})], says: 'the pools of nv-ipam' },
    { name: 'one range', kind: 'look-alike', objects: [pool(['10.20.0.2', '10.20.0.9']), gpuNode('a', {})] },
  ],
}); // prettier-ignore
