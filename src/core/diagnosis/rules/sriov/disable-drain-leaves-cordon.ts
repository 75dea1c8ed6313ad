/** disableDrain was set while a drain was under way: nothing drains the node any more, and nothing takes its cordon back. */
import { digFlag } from '../../../model/dig.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { anOperatorConfig } from '../world-operator.ts';
import { gpuNode, nodeState, pod } from '../world.ts';

const RULE = 'disable-drain-leaves-cordon';

const check = (facts: Facts): readonly Statement[] => {
  const config = facts.objects('SriovOperatorConfig').find(({ object }) => digFlag(object, 'spec', 'disableDrain') === true);
  const ofNode = (name: string, node: string) => facts.lines(`${RULE}/${name}`).filter(({ text }) => (facts.nodeOfText(text) ?? node) === node).slice(-1);
  return facts.nodes.flatMap((node): readonly Statement[] => {
    const off = ofNode('off', node);
    const draining = ofNode('draining', node);
    const entry = facts.object('Node', node);
    if (off.length === 0 && config === undefined) return [];
    if (entry === undefined)
      return draining.length === 0
        ? []
        : [
            {
              says: 'unknown',
              scope: { node },
              lack: { what: `whether ${node} is cordoned`, why: 'drains are switched off, and its daemon takes it for still draining', settle: `${facts.cli} get node ${node} -o yaml` },
            },
          ];
    if (digFlag(entry.object, 'spec', 'unschedulable') !== true) return [{ says: 'clear', scope: { node }, saw: 'nodes without drains (disableDrain) are not cordoned' }];
    // A cordon alone may be a person's.
    if (draining.length === 0) return [];
    return [
      {
        says: 'finding',
        scope: { node },
        because: `${node} stays cordoned: its config daemon takes it for still draining, and with disableDrain nobody ends that drain or takes the cordon back`,
        confidence: 'proven',
        sameAs: 'cordon',
        evidence: [...[...draining, ...off].map(({ origin, line }) => textEvidence(origin, line)), ...(config === undefined ? [] : [fieldEvidence(config, ['spec', 'disableDrain'])]), fieldEvidence(entry, ['spec', 'unschedulable'])],
      },
    ];
  });
}; // prettier-ignore

const LOG = 'sriov-network-config-daemon-x7k2p.log';
const daemon = pod('sriov-network-config-daemon-x7k2p', { node: 'a' });
const OFF =
  '2024-06-19T07:50:23.1Z\tINFO\tdaemon/daemon.go:259\tnodeStateSyncHandler(): aggregated daemon\t{"drain-required": false, "reboot-required": false, "disable-drain": true}\n';
const DRAINING = '2024-06-19T07:50:23.2Z\tINFO\tdaemon/daemon.go:457\thandleDrain(): the node is still draining\n';
const cordoned = { ...gpuNode('a', {}), spec: { unschedulable: true } };

export const disableDrainLeavesCordon = defineRule({
  id: RULE,
  title: 'A node stays cordoned since drains were switched off',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { off: /"disable-drain": ?true/, draining: /the node is still draining/ },
  explain:
    'The daemon asks for a drain and waits for its end. Where disableDrain is set meanwhile, or the operator sets it by itself on what it takes for a cluster of one node, the drain is neither finished nor taken back: the node keeps its cordon and its words, and the state flips between InProgress and Succeeded.',
  sources: ['reference sriov.md F41, F43, F46', 'diagnosis-ux.md 3.3', 'sriov-network-operator #463, #718'],
  check,
  remedy: (findings, facts) => [
    { text: 'Switch drains on again until the node is idle, or set both words to Idle and take the cordon back.', command: `${facts.cli} annotate node ${findings[0]?.scope.node ?? 'NODE'} sriovnetwork.openshift.io/desired-state=Idle --overwrite; ${facts.cli} uncordon ${findings[0]?.scope.node ?? 'NODE'}`, risk: 'VFs that are changed without a drain are taken from pods that use them' },
  ],
  cases: [
    { name: 'still draining, drains off', kind: 'broken', objects: [cordoned, nodeState('a', { syncStatus: 'InProgress' }), daemon], texts: { [LOG]: OFF + DRAINING }, says: 'stays cordoned' },
    { name: 'not cordoned', kind: 'healthy', objects: [gpuNode('a', {}), nodeState('a'), daemon, anOperatorConfig('default', { disableDrain: true })], texts: { [LOG]: OFF } },
    { name: 'the node was not looked at', kind: 'lacking', objects: [nodeState('a'), daemon], texts: { [LOG]: OFF + DRAINING }, says: 'whether a is cordoned' },
    { name: 'a cordon of a person', kind: 'look-alike', objects: [cordoned, nodeState('a'), anOperatorConfig('default', { disableDrain: true })] },
    { name: 'a drain that goes on', kind: 'look-alike', objects: [cordoned, nodeState('a', { syncStatus: 'InProgress' }), daemon], texts: { [LOG]: DRAINING } },
  ],
}); // prettier-ignore
