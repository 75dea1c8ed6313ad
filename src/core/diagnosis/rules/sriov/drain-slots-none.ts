/** Nodes wait for a drain that their pool never allows. */
import { CURRENT_STATE_KEY, DESIRED_STATE_KEY } from '../../../sriov/drain/drain-state.ts';
import { digText } from '../../../model/dig.ts';
import type { TrapName } from '../../../sriov/check/traps.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { trapStatements, trapWaysOut } from '../../sriov-traps.ts';
import { anObject, anSriovPolicy } from '../world-operator.ts';
import { gpuNode, nodeState } from '../world.ts';

const TRAPS = ['pool-never-drains', 'pool-refused'] as const satisfies readonly TrapName[];

const waiting = (facts: Facts) =>
  facts.objects('SriovNetworkNodeState').filter(({ object }) => {
    const { [DESIRED_STATE_KEY]: desired, [CURRENT_STATE_KEY]: current } = object.metadata.annotations ?? {};
    const wanted = desired ?? digText(facts.object('Node', object.metadata.name)?.object, 'metadata', 'annotations', DESIRED_STATE_KEY);
    return (wanted === 'Drain_Required' || wanted === 'Reboot_Required') && (current === undefined || current === 'Idle');
  }); // prettier-ignore

const check = (facts: Facts): readonly Statement[] => {
  const nodes = waiting(facts);
  if (facts.objects('SriovNetworkPoolConfig').length === 0) return [];
  if (nodes.length === 0) return [{ says: 'clear', scope: {}, saw: 'no node waits for a drain to begin' }];
  return trapStatements(facts, TRAPS, { clear: 'pools allow drains' }).map((one) =>
    one.says === 'finding'
      ? {
          ...one,
          because: `${one.because}, and ${nodes.map(({ object }) => object.metadata.name).slice(0, 3).join(', ')} waits for a drain`,
          evidence: [...one.evidence, ...nodes.slice(0, 2).map((entry) => fieldEvidence(entry, ['metadata', 'annotations', DESIRED_STATE_KEY]))],
        }
      : one,
  );
}; // prettier-ignore

const pool = (maxUnavailable: unknown) => anObject('sriovnetwork.openshift.io/v1', 'SriovNetworkPoolConfig', 'pool', { spec: { maxUnavailable, nodeSelector: { matchLabels: { 'nvidia.com/gpu.present': 'true' } } } }); // prettier-ignore
const wants = nodeState('a', { syncStatus: 'InProgress', desired: 'Drain_Required', current: 'Idle' });

export const drainSlotsNone = defineRule({
  id: 'drain-slots-none',
  title: 'A pool never lets a node be drained',
  severity: 'error',
  role: 'cause',
  needs: ['nodeStates'],
  explain:
    'maxUnavailable of a pool is a count, or a share of its nodes that is rounded down. 0 slots mean that no drain begins; the nodes wait with desired Drain_Required and current Idle, and nothing says why.',
  sources: ['reference sriov.md 1.5, F42'],
  check,
  remedy: (_, facts) => trapWaysOut(facts, TRAPS).map((text) => ({ text, command: `${facts.cli} edit sriovnetworkpoolconfig -n ${facts.operators.namespaces[0] ?? 'NAMESPACE'}` })),
  cases: [
    { name: 'a tenth of one node', kind: 'broken', objects: [pool('10%'), wants, gpuNode('a', {}), anSriovPolicy('p')], says: 'a waits for a drain' },
    { name: 'no node waits', kind: 'healthy', objects: [pool('10%'), nodeState('a'), gpuNode('a', {}), anSriovPolicy('p')] },
    { name: 'no node state was looked at', kind: 'lacking', objects: [pool('10%')], says: 'SR-IOV node states' },
    { name: 'one node at a time', kind: 'look-alike', objects: [pool(1), wants, gpuNode('a', {})] },
  ],
}); // prettier-ignore
