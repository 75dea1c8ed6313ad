/** A policy that takes no node or no port: it is accepted or refused, and either way nothing happens. */
import type { TrapFinding } from '../../../sriov/check/trap-finding.ts';
import type { TrapName } from '../../../sriov/check/traps.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { said, sayings } from '../../said.ts';
import { sriovTraps, trapName, trapStatements, trapWaysOut } from '../../sriov-traps.ts';
import { anSriovPolicy } from '../world-operator.ts';
import { gpuNode, nodeState, pf } from '../world.ts';

const RULE = 'policy-selects-nothing';
const TRAPS = [
  'no-node',
  'no-interface',
  'other-namespace',
  'selector-never-matches',
  'model-not-supported',
] as const satisfies readonly TrapName[];
const WORDS =
  /no supported NIC is selected by the nicSelector in CR (?<policy>[\w.-]+)|no supported NIC is selected by the nicSelector|vendor\/device \S+ is not supported/;

/** What the operator has rendered for a policy shows that it takes something, whatever was read of the nodes. */
const isRendered = (facts: Facts, policy: string): boolean =>
  facts.nodes.some(
    (name) =>
      facts
        .node(name)
        ?.nodeState?.wanted.some(({ groups }) => groups.some(({ policyName }) => policyName === policy)) === true,
  );

/** Ports that no policy takes: where there is none, the states may have been cut down to those that matter. */
const hasFreePort = (facts: Facts): boolean =>
  facts.nodes.some((name) => {
    const state = facts.node(name)?.nodeState;
    return state?.seen.some(({ pci }) => !state.wanted.some((wanted) => wanted.pci === pci)) === true;
  });

/** Two operators, or objects of two clusters: which of them a policy is for cannot be told. */
const hasOneNamespace = (facts: Facts): boolean =>
  new Set(
    ['SriovNetworkNodeState', 'SriovOperatorConfig'].flatMap((kind) =>
      facts.objects(kind).map(({ object }) => object.metadata.namespace),
    ),
  ).size === 1;

/** A list of nodes that a person cut says nothing about the others. */
const isFault = (facts: Facts) => (trap: TrapFinding): boolean => {
  if (isRendered(facts, trapName(trap))) return false;
  // Labels of a node may have been trimmed too: that no node state has the policy has to bear it out.
  if (trap.trap === 'no-node')
    return (facts.snapshot.listed.has('Node') || facts.objects('Node').length > 1) && facts.objects('SriovNetworkNodeState').length > 0;
  // What a selector says is borne out by the ports that there are, or not at all: lists of models differ between releases.
  if (trap.trap === 'selector-never-matches' || trap.trap === 'model-not-supported')
    return sriovTraps(facts).some(({ trap: other, object }) => other === 'no-interface' && object === trap.object);
  if (trap.trap === 'other-namespace') return hasOneNamespace(facts);
  return trap.trap !== 'no-interface' || hasFreePort(facts);
}; // prettier-ignore

/** Names of the ports that there are, for a policy whose names fit none. */
const ports = (facts: Facts): string => {
  const names = [...new Set(facts.nodes.flatMap((name) => facts.node(name)?.nodeState?.seen.flatMap(({ name: port }) => port ?? []) ?? []))];
  return names.length === 0 ? '' : `; the nodes have ${names.slice(0, 6).join(', ')}${names.length > 6 ? ' and more' : ''}`;
}; // prettier-ignore

const check = (facts: Facts): readonly Statement[] => {
  const byTrap = trapStatements(facts, TRAPS, { clear: 'policies take the nodes and ports that they name', isFault: isFault(facts) });
  const found = byTrap.map((one) => (one.says === 'finding' && one.sameAs?.startsWith('no-interface ') === true ? { ...one, because: `${one.because}${ports(facts)}` } : one));
  if (found.some(({ says }) => says === 'finding')) return found;
  const refused = sayings(said(facts, `${RULE}/said`, WORDS), { over: ({ groups }) => groups['policy'] !== undefined && isRendered(facts, groups['policy']), clear: 'policies that were once refused take effect' }, (one) => ({
    scope: {},
    because: `Policy ${one.groups['policy'] ?? ''} was refused, since it selects no adapter that the operator supports${ports(facts)}`,
    confidence: 'likely',
    sameAs: one.groups['policy'] ?? '',
  }));
  return refused.length > 0 ? refused : found;
}; // prettier-ignore

const state = nodeState('a', { pfs: [pf({ vfs: 0, name: 'ens7f0np0' })] });
const here = gpuNode('a', {}, { labels: { rack: '1' } });

export const policySelectsNothing = defineRule({
  id: RULE,
  title: 'A policy selects nothing',
  severity: 'error',
  role: 'cause',
  needs: ['policies'],
  lines: { said: WORDS },
  explain:
    'A policy counts in the namespace of the operator, for nodes with all labels of its nodeSelector, and for ports that fit every part of its nicSelector: names to the letter (a newer kernel calls ens7f0 ens7f0np0), four hex digits in lower case, a model of the list supported-nic-ids. Where nothing fits there is no error anywhere but in the webhook, which the chart leaves off.',
  sources: ['reference sriov.md 1.1, 1.8, 1.9, F20, F21, F25', 'sriov-network-operator #287, #358, #434'],
  check,
  remedy: (_, facts) => [
    ...trapWaysOut(facts, TRAPS).map((text) => ({ text })),
    { text: 'Compare the selector with the ports that the operator sees.', command: `${facts.cli} get sriovnetworknodestates -A -o jsonpath='{range .items[*]}{.metadata.name}{"\\t"}{range .status.interfaces[*]}{.name}{" "}{end}{"\\n"}{end}'` },
  ],
  cases: [
    { name: 'a port that was renamed', kind: 'broken', objects: [anSriovPolicy('p', { nicSelector: { pfNames: ['ens7f0'] } }), here, state], says: 'the nodes have ens7f0np0' },
    { name: 'labels that no node has', kind: 'broken', objects: [anSriovPolicy('p', { nodeSelector: { rack: '9' } }), here, gpuNode('b', {}), state], says: 'none of the 2 nodes' },
    { name: 'the webhook says it', kind: 'broken', objects: [anSriovPolicy('p')], texts: { 'apply.txt': 'Error from server: admission webhook "operator-webhook.sriovnetwork.openshift.io" denied the request: no supported NIC is selected by the nicSelector in CR p\n' }, says: 'was refused' },
    { name: 'it takes a port', kind: 'healthy', objects: [anSriovPolicy('policy-ibp24s0'), gpuNode('a', {}), nodeState('a')] },
    { name: 'policies were not looked at', kind: 'lacking', objects: [here, state], says: 'SR-IOV policies' },
    { name: 'every port of the states is taken by another policy', kind: 'look-alike', objects: [anSriovPolicy('p', { nicSelector: { pfNames: ['ens7f0'] } }), here, nodeState('a')] },
    { name: 'a model that the list lacks, and no node to bear it out', kind: 'look-alike', objects: [anSriovPolicy('p', { nicSelector: { vendor: '15b3', deviceID: '101c' } })] },
    { name: 'ports of no node are known', kind: 'look-alike', objects: [anSriovPolicy('p', { nicSelector: { pfNames: ['ens7f0'] } }), here] },
    { name: 'one node of many was collected', kind: 'look-alike', objects: [anSriovPolicy('p', { nodeSelector: { rack: '9' } }), here] },
  ],
}); // prettier-ignore
