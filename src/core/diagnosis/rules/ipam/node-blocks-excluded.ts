/** Blocks that the pool's own exclusions cover wholly: the node holds addresses and may give none of them to a pod. */
import { digList, digText } from '../../../model/dig.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence } from '../../finding.ts';
import { poolStatements, poolWaysOut, type PoolFault } from '../../pool-findings.ts';
import { defineRule } from '../../rule.ts';
import { anIpamDaemon, anIpPool } from '../world-ipam.ts';
import { gpuNode } from '../world.ts';

const IDS = ['ipam-block-excluded', 'ipam-nothing-left'];
const SHOWN = 3;

/** The exclusions, the blocks that lie in them, and the image that gave them out. */
const places =
  (facts: Facts) =>
  ({ pool }: PoolFault): readonly Evidence[] => {
    if (pool === undefined) return [];
    const { source } = pool;
    const exclusions = digList(source.object, 'spec', 'exclusions').slice(0, SHOWN);
    const blocks = digList(source.object, 'status', 'allocations').slice(0, SHOWN);
    const daemon = facts
      .objects('Pod')
      .find(({ object }) =>
        digList(object, 'spec', 'containers').some((one) => /nvidia-k8s-ipam/.test(digText(one, 'image') ?? '')),
      );
    return [
      ...exclusions.map((_, index) => fieldEvidence(source, ['spec', 'exclusions', index, 'endIP'])),
      ...blocks.map((_, index) => fieldEvidence(source, ['status', 'allocations', index, 'nodeName'])),
      ...(daemon === undefined ? [] : [fieldEvidence(daemon, ['spec', 'containers', 0, 'image'])]),
    ];
  };

const SPEC = {
  subnet: '10.20.0.0/24',
  gateway: '10.20.0.1',
  perNodeBlockSize: 8,
  exclusions: [{ startIP: '10.20.0.1', endIP: '10.20.0.63' }],
};

export const nodeBlocksExcluded = defineRule({
  id: 'node-blocks-excluded',
  title: 'Blocks of nodes lie inside the exclusions of their pool',
  severity: 'error',
  role: 'cause',
  needs: ['addressPools'],
  explain:
    'The controller of nv-ipam cuts the subnet into blocks from its start and gives each node one; the daemon on the node leaves excluded addresses out. ' +
    'Before v0.4.0 the controller does not look at the exclusions, so a block may hold no address that the daemon may give.',
  sources: ['reference ipam-maintenance-power.md 1.4, 1.10', 'nvidia-k8s-ipam #154'],
  affects: 'nv-ipam before v0.4.0 for blocks; all releases where exclusions leave nothing',
  check: (facts) => poolStatements(facts, IDS, { clear: 'pools whose exclusions leave every block an address', also: places(facts) }),
  remedy: (_, facts) => [
    ...poolWaysOut(facts, IDS).map((text) => ({ text, risk: 'drain the users of the pool first: its nodes get other blocks' })),
    { text: 'Restarting pods or daemons changes nothing: the block itself has no address to give.' },
  ],
  cases: [
    {
      name: 'blocks at the excluded start of the subnet',
      kind: 'broken',
      objects: [anIpPool('rail-1', SPEC, ['a 10.20.0.1 10.20.0.8', 'b 10.20.0.9 10.20.0.16']), anIpamDaemon('v0.3.7'), gpuNode('a', {}), gpuNode('b', {})],
      says: 'lie wholly in the exclusions',
    },
    {
      name: 'a release that passes over such blocks',
      kind: 'healthy',
      objects: [anIpPool('rail-1', SPEC, ['a 10.20.0.65 10.20.0.72']), anIpamDaemon('v0.4.0'), gpuNode('a', {})],
    },
    { name: 'no pool was looked at', kind: 'lacking', objects: [anIpamDaemon('v0.3.7')], says: 'the pools of nv-ipam' },
    {
      name: 'exclusions that cover part of a block',
      kind: 'look-alike',
      objects: [
        anIpPool('rail-1', { ...SPEC, exclusions: [{ startIP: '10.20.0.1', endIP: '10.20.0.4' }] }, ['a 10.20.0.1 10.20.0.8']),
        anIpamDaemon('v0.3.7'),
        gpuNode('a', {}),
      ],
    },
  ],
}); // prettier-ignore
