/** The policy treats a port as Ethernet and it is InfiniBand, or the other way round. */
import { digText } from '../../../model/dig.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { isSyncOver, said, saidScope } from '../../said.ts';
import { anSriovPolicy } from '../world-operator.ts';
import { nodeState, pf } from '../world.ts';

const RULE = 'link-type-mismatch';
/** What an Ethernet setting ends with on an InfiniBand VF, and what the mellanox plugin says where a type is fixed. */
const REFUSED = /(?:VF admin mac|configSriovDevice|lastSyncError|^)[^\n]*operation not supported/;
const FIXED =
  /(?:does not support link type change|linkType mismatch|link ?type[^\n]{0,40}(?:mismatch|not supported))/i;
const WORDS = new RegExp(`${REFUSED.source}|${FIXED.source}`, 'i');

const policyEvidence = (facts: Facts, names: readonly string[]): readonly Evidence[] =>
  facts
    .objects('SriovNetworkNodePolicy')
    .filter(({ object }) => names.includes(object.metadata.name))
    .map((entry) =>
      fieldEvidence(
        entry,
        ['spec', 'linkType'],
        `linkType: ${digText(entry.object, 'spec', 'linkType') ?? '(absent)'}`,
      ),
    );

const checkNode = (facts: Facts, name: string): readonly Statement[] => {
  const state = facts.node(name)?.nodeState;
  if (state === undefined || state.wanted.length === 0) return [];
  const pairs = state.wanted.flatMap((wanted) => {
    const seen = state.seen.find(({ pci }) => pci === wanted.pci)?.linkType;
    return seen === undefined ? [] : [{ wanted, seen, asked: wanted.linkType?.toUpperCase() }];
  });
  const wrong = pairs.filter(({ asked, seen }) => asked !== seen && !(asked === undefined && seen === 'ETH'));
  if (pairs.length > 0 && wrong.length === 0) return [{ says: 'clear', scope: { node: name }, saw: 'policies ask for the link types that the ports have' }];
  const words = said(facts, `${RULE}/said`, WORDS).filter((one) => one.node === undefined || one.node === name);
  if (isSyncOver(facts)({ node: name, text: '', groups: {}, evidence: textEvidence(state.origin, '') })) return [];
  // Without a refusal the plugin may be about to change the type: a difference alone is work that goes on.
  const [last] = words.slice(-1);
  if (last === undefined) return [];
  return wrong.map(({ wanted, seen, asked }): Statement => {
    const policies = wanted.groups.map(({ policyName }) => policyName);
    const port = `${wanted.name ?? wanted.pci} is ${seen === 'IB' ? 'InfiniBand' : 'Ethernet'}`;
    return {
      says: 'finding',
      scope: { ...saidScope({ ...last, node: name }), pci: wanted.pci },
      because:
        asked === undefined
          ? `${name}: ${port}, and policy ${policies.join(', ')} does not say linkType: ib, so the daemon sets up its VFs as Ethernet and is refused`
          : `${name}: ${port}, and policy ${policies.join(', ')} asks for linkType ${asked.toLowerCase()}, which nothing can make of it here`,
      confidence: 'proven',
      sameAs: `${seen} ${asked ?? ''}`,
      evidence: [...words.slice(-2).map(({ evidence }) => evidence), textEvidence(wanted.origin, `linkType: ${wanted.linkType ?? '(absent)'}`), ...policyEvidence(facts, policies)],
    };
  });
}; // prettier-ignore

const state = (linkType: string | undefined, error?: string) => {
  const made = nodeState('a', {
    pfs: [pf({ seen: 0 })],
    syncStatus: error === undefined ? 'Succeeded' : 'InProgress',
    ...(error === undefined ? {} : { lastSyncError: error }),
  });
  const spec = made['spec'] as { interfaces: readonly Record<string, unknown>[] };
  return { ...made, spec: { interfaces: spec.interfaces.map((one) => ({ ...one, linkType })) } };
};

export const linkTypeMismatch = defineRule({
  id: RULE,
  title: 'A policy has another link type than the port',
  severity: 'error',
  role: 'cause',
  needs: ['nodeStates'],
  lines: { said: WORDS },
  explain:
    'For Ethernet the daemon gives each VF a MAC address, for InfiniBand a GUID. A policy for an InfiniBand port has to say linkType: ib; without it the daemon of many releases sets a MAC address and the kernel answers "operation not supported". ' +
    'Where linkType differs from what the port is, the mellanox plugin writes LINK_TYPE, which adapters with a fixed type refuse.',
  sources: ['reference sriov.md F11', 'diagnosis-ux.md 3.3', 'sriov-network-operator #274', 'openshift sriov-network-operator #640'],
  check: (facts) => facts.nodes.flatMap((name) => checkNode(facts, name)),
  remedy: (findings, facts) => [
    {
      text: findings[0]?.sameAs?.startsWith('IB') === true ? 'Say linkType: ib in the policy (and isRdma: true).' : 'Take linkType out of the policy, or select other ports.',
      command: `${facts.cli} edit sriovnetworknodepolicy -n ${facts.operators.namespaces[0] ?? 'NAMESPACE'} ${/policy (\S+?),? /.exec(findings[0]?.because ?? '')?.[1] ?? 'POLICY'}`,
      risk: 'the operator sets the VFs up anew: pods that use them lose them, and the node may be drained',
    },
    { text: 'To change the port itself, set LINK_TYPE_Pn in its firmware; it takes effect after a restart.', risk: 'a port whose switch speaks the other protocol loses its link' },
  ],
  cases: [
    { name: 'InfiniBand, and the policy does not say it', kind: 'broken', objects: [state(undefined, 'operation not supported'), anSriovPolicy('policy-ibp24s0')], says: 'does not say linkType: ib' },
    { name: 'the type is fixed', kind: 'broken', objects: [state('eth', 'Network card 0000:18:00.0 does not support link type change')], says: 'asks for linkType eth' },
    { name: 'the same type', kind: 'healthy', objects: [state('ib')] },
    { name: 'no node state was looked at', kind: 'lacking', objects: [anSriovPolicy('p')], says: 'SR-IOV node states' },
    { name: 'a change of type that goes on', kind: 'look-alike', objects: [state('eth', 'waiting for drain')] },
    { name: 'another operation is not supported, on ports of the right type', kind: 'look-alike', objects: [nodeState('a', { syncStatus: 'InProgress', pfs: [], lastSyncError: 'operation not supported' })] },
  ],
}); // prettier-ignore
