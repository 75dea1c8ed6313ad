/** No node carries the label of an NVIDIA adapter, so the operator deploys its components nowhere. */
import { digList, digText } from '../../../model/dig.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { NVIDIA_NIC_LABEL } from '../../../nicpolicy/mofed-wait.ts';
import { defineRule } from '../../rule.ts';
import { said } from '../../said.ts';
import { aNicClusterPolicy } from '../world-operator.ts';
import { gpuNode, nodeState, pod } from '../world.ts';

const RULE = 'nic-labels-missing';
const WORDS =
  /No nodes with (?:Mellanox|NVIDIA) NICs (?:where|were) found|no matching node(?:s)?[^\n]{0,60}(?:NFD|pci-15b3)/i;

/** No label of node-feature-discovery anywhere, and no component of the policy is ready: a node list may have been trimmed. */
const nothingIsDeployed = (facts: Facts): boolean =>
  facts
    .objects('Node')
    .every(({ object }) =>
      Object.keys(object.metadata.labels ?? {}).every((label) => !label.startsWith('feature.node.kubernetes.io/')),
    ) &&
  facts.objects('NicClusterPolicy').every(({ object }) => {
    const words = digList(object, 'status', 'appliedStates').map((row) => digText(row, 'state'));
    return words.includes('notReady') && !words.includes('ready');
  });

/** Node objects as they are in a dump; a list that was cut to the control plane would prove nothing. */
const check = (facts: Facts): readonly Statement[] => {
  const nodes = facts.objects('Node');
  if (nodes.length === 0 || facts.objects('NicClusterPolicy').length === 0) return [];
  const labelled = nodes.filter(({ object }) => object.metadata.labels?.[NVIDIA_NIC_LABEL] === 'true');
  if (labelled.length > 0) return [{ says: 'clear', scope: {}, saw: `nodes carry ${NVIDIA_NIC_LABEL}` }];
  const words = said(facts, `${RULE}/said`, WORDS);
  const adapters = facts.nodes.filter((name) => facts.node(name)?.adapters.some(({ kind }) => kind !== 'other-vendor' && kind !== 'unknown') === true);
  if (words.length === 0 && (adapters.length === 0 || !nothingIsDeployed(facts))) return [];
  const nfd = facts.objects('Pod').filter(({ object }) => /node-feature-discovery|nfd-(?:worker|master)/.test(object.metadata.name));
  return [
    {
      says: 'finding',
      scope: {},
      because: `None of ${nodes.length} nodes carries ${NVIDIA_NIC_LABEL}=true, by which the operator finds them${adapters.length > 0 ? `, although ${adapters.slice(0, 3).join(', ')} has NVIDIA adapters` : ''}${facts.looked('pods') && nfd.length === 0 ? '; no pod of node-feature-discovery is there' : ''}`,
      confidence: adapters.length > 0 || words.length > 0 ? 'proven' : 'likely',
      sameAs: 'labels',
      evidence: [...words.slice(-2).map(({ evidence }) => evidence), ...nodes.slice(0, 2).map((entry) => fieldEvidence(entry, ['metadata', 'labels']))],
      lacks: adapters.length > 0 ? [] : [{ what: 'which nodes hold NVIDIA adapters', why: 'those should have the label', settle: 'lspci -nn -d 15b3:   # on the nodes' }],
    },
  ];
}; // prettier-ignore

const LOG = {
  'network-operator-x.log': 'INFO state.state-OFED No nodes with Mellanox NICs where found in the cluster.\n',
};
const policy = aNicClusterPolicy({ ofedDriver: {} });

export const nicLabelsMissing = defineRule({
  id: RULE,
  title: 'No node is labelled as having an NVIDIA adapter',
  severity: 'error',
  role: 'cause',
  needs: ['nodes', 'nicClusterPolicy'],
  lines: { said: WORDS },
  explain: `The components select ${NVIDIA_NIC_LABEL}=true, the driver also distribution and kernel. node-feature-discovery sets these labels; it comes with the chart (nfd.enabled) or with the cluster, and needs the rule or the whitelist that makes it look at PCI vendor 15b3 and classes 02 and 0207.`,
  sources: ['reference network-operator.md 1.8, 1.12', 'network-operator #557, #604'],
  causedBy: ['helm-lacks-crd'],
  check,
  remedy: (_, facts) => [
    { text: 'See that node-feature-discovery runs on every node and what it found.', command: `${facts.cli} get pods -A -o wide | grep -i -e node-feature-discovery -e nfd-` },
    { text: 'Where another one is installed, give it the PCI classes 02 and 0207 and the label fields vendor, or the rule nvidia-nics-rules of the chart.', command: `${facts.cli} get nodefeaturerules,nodefeatures -A` },
  ],
  cases: [
    { name: 'the operator finds none', kind: 'broken', objects: [policy, gpuNode('a', {}), pod('web', { node: 'a' })], texts: LOG, says: 'no pod of node-feature-discovery' },
    { name: 'adapters are there', kind: 'broken', objects: [aNicClusterPolicy({ ofedDriver: {} }, { appliedStates: [{ name: 'state-OFED', state: 'notReady' }] }), gpuNode('a', {}), nodeState('a')], says: 'although a has NVIDIA adapters' },
    { name: 'labelled', kind: 'healthy', objects: [policy, gpuNode('a', {}, { labels: { [NVIDIA_NIC_LABEL]: 'true' } })] },
    { name: 'nodes were not looked at', kind: 'lacking', objects: [policy], texts: LOG, says: 'nodes' },
    { name: 'a policy without a word that it is not ready', kind: 'look-alike', objects: [policy, gpuNode('a', {}), nodeState('a')] },
    { name: 'nodes without such adapters, as far as anybody knows', kind: 'look-alike', objects: [policy, gpuNode('a', {})] },
  ],
}); // prettier-ignore
