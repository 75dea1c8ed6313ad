/** One policy or list that cannot be read ends the operator's pass, or the device plugin, for every node. */
import type { TrapName } from '../../../sriov/check/traps.ts';
import { defineRule } from '../../rule.ts';
import { trapStatements, trapWaysOut } from '../../sriov-traps.ts';
import { anSriovPolicy } from '../world-operator.ts';
import { gpuNode, nodeState } from '../world.ts';

const TRAPS = ['range-stops-operator', 'nic-list-broken', 'rdma-with-vdpa'] as const satisfies readonly TrapName[];
const policy = (entry: string) => anSriovPolicy('p', { nicSelector: { pfNames: [entry] } });
const here = [gpuNode('a', {}), nodeState('a')];

export const policyStopsOperator = defineRule({
  id: 'policy-stops-operator',
  title: 'A policy that cannot be read stops the updates of every node',
  severity: 'error',
  role: 'cause',
  needs: ['policies'],
  explain:
    'The operator renders all policies for all nodes in one pass. A VF range that is no range ends it with an error before any node is written, a broken line of supported-nic-ids ends the operator itself, and a resource with both isRdma and vdpaType ends the device plugin. The webhook would have refused the policy; the chart leaves it off.',
  sources: ['reference sriov.md 1.6 (7), F26'],
  check: (facts) => trapStatements(facts, TRAPS, { clear: 'policies can be read' }),
  remedy: (_, facts) => [
    ...trapWaysOut(facts, TRAPS).map((text) => ({ text })),
    { text: 'The log of the operator names it.', command: `${facts.cli} logs -n ${facts.operators.namespaces[0] ?? 'NAMESPACE'} deployment/sriov-network-operator --tail=100` },
  ],
  cases: [
    { name: 'a range that is none', kind: 'broken', objects: [policy('ibp24s0#0..3'), ...here], says: 'ibp24s0#0..3' },
    { name: 'a range', kind: 'healthy', objects: [policy('ibp24s0#0-3'), ...here] },
    { name: 'policies were not looked at', kind: 'lacking', objects: here, says: 'SR-IOV policies' },
    { name: 'a name without a range', kind: 'look-alike', objects: [policy('ibp24s0'), ...here] },
  ],
}); // prettier-ignore
