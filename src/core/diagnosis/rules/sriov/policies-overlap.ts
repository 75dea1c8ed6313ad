/** Two policies claim the same VFs of a port: one of them is without, in silence or by a refusal. */
import type { TrapName } from '../../../sriov/check/traps.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { said, sayings } from '../../said.ts';
import { trapStatements, trapWaysOut } from '../../sriov-traps.ts';
import { anSriovPolicy } from '../world-operator.ts';
import { gpuNode, nodeState, pf } from '../world.ts';

const RULE = 'policies-overlap';
const TRAPS = ['overlap-unseen', 'same-resource-twice', 'webhook-refuses'] as const satisfies readonly TrapName[];
const WORDS =
  /(?:VF index range in (?<entry>\S+)|root device \S+) is overlapped with existing policy (?<policy>[\w.-]+)/;

const check = (facts: Facts): readonly Statement[] => {
  const found = trapStatements(facts, TRAPS, {
    clear: 'policies claim no VF twice',
    isFault: ({ trap, says }) => trap !== 'webhook-refuses' || /overlapped with existing policy/.test(says),
  });
  if (found.some(({ says }) => says === 'finding')) return found;
  const refused = sayings(said(facts, `${RULE}/said`, WORDS), { over: () => false, clear: '' }, (one) => ({
    scope: {},
    because: `A policy was refused: ${WORDS.exec(one.text)?.[0] ?? ''}`,
    sameAs: one.groups['policy'] ?? '',
  }));
  return refused.length > 0 ? refused : found;
};

const named = (name: string, entry: string, extra: Readonly<Record<string, unknown>> = {}) =>
  anSriovPolicy(name, { resourceName: name, nicSelector: { pfNames: [entry] }, ...extra });
const here = [gpuNode('a', {}), nodeState('a', { pfs: [pf({ vfs: 0, seen: 0 })] })];

export const policiesOverlap = defineRule({
  id: RULE,
  title: 'Policies claim the same VFs',
  severity: 'error',
  role: 'cause',
  needs: ['policies'],
  lines: { said: WORDS },
  explain:
    'The VFs of a port are split by ranges behind pfNames (NAME#FIRST-LAST); without a range a policy takes all. Of two policies on the same VFs the one with the smaller priority number wins, at equal priority the later name, and the other resource is never made. The webhook sees only part of it.',
  sources: ['reference sriov.md 1.6, 1.8, F22', 'openshift sriov-network-operator #417'],
  check,
  remedy: (_, facts) => [...trapWaysOut(facts, TRAPS).slice(0, 3).map((text) => ({ text })), { text: 'See what the operator made of it.', command: `${facts.cli} get sriovnetworknodestates -A -o yaml   # spec.interfaces[].vfGroups` }],
  cases: [
    { name: 'the same range twice', kind: 'broken', objects: [named('p1', 'ibp24s0#0-3'), named('p2', 'ibp24s0#2-7'), ...here], says: 'overlapped' },
    { name: 'the webhook refused one', kind: 'broken', objects: [named('p1', 'ibp24s0#0-3')], texts: { 'apply.txt': 'admission webhook "operator-webhook.sriovnetwork.openshift.io" denied the request: VF index range in ibp24s0#2-7 is overlapped with existing policy p1\n' }, says: 'existing policy p1' },
    { name: 'side by side', kind: 'healthy', objects: [named('p1', 'ibp24s0#0-3'), named('p2', 'ibp24s0#4-7'), ...here] },
    { name: 'policies were not looked at', kind: 'lacking', objects: here, says: 'SR-IOV policies' },
    { name: 'on nodes that no two share', kind: 'look-alike', objects: [named('p1', 'ibp24s0', { nodeSelector: { rack: '1' } }), named('p2', 'ibp24s0', { nodeSelector: { rack: '2' } }), ...here] },
  ],
}); // prettier-ignore
