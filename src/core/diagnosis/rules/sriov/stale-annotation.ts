/** A node that asks for a drain or a restart by an annotation while its daemon, in sync, asks for nothing. */
import { digText } from '../../../model/dig.ts';
import type { InventoryNode } from '../../../inventory/build-inventory.ts';
import { CURRENT_STATE_KEY, DESIRED_STATE_KEY } from '../../../sriov/drain/drain-state.ts';
import { daemonLogCommand } from '../../commands.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { pendingFirmware } from '../../pending-firmware.ts';
import { defineRule } from '../../rule.ts';
import { gpuNode, nodeState, pod } from '../world.ts';

const RULE = 'stale-annotation';

/** Whether the last run of the daemon asked for a drain or a restart; undefined where no log of it was looked at. */
const asksNow = ({ daemonFacts }: InventoryNode): boolean | undefined => {
  const start = daemonFacts.findLastIndex(({ fact }) => fact === 'start');
  const last = daemonFacts.slice(start + 1);
  if (!last.some(({ fact }) => fact === 'verdict')) return undefined;
  return last.some((fact) => fact.fact === 'kernel-arguments' || fact.fact === 'vf-change' || (fact.fact === 'verdict' && (fact.reboot || fact.drain === true)));
}; // prettier-ignore

const checkNode = (facts: Facts, name: string): readonly Statement[] => {
  const node = facts.node(name);
  const state = node?.nodeState;
  const holder = [facts.object('Node', name), facts.object('SriovNetworkNodeState', name)].find(
    (entry) => !['Idle', undefined].includes(digText(entry?.object, 'metadata', 'annotations', DESIRED_STATE_KEY)),
  );
  if (node === undefined || state === undefined) return [];
  if (holder === undefined) return state.desiredState === 'Idle' ? [{ says: 'clear', scope: { node: name }, saw: 'nodes that ask for no drain or restart' }] : [];
  const isDone =
    state.syncStatus === 'Succeeded' &&
    state.wanted.every(({ pci, numVfs }) => (state.seen.find((seen) => seen.pci === pci)?.numVfs ?? 0) >= numVfs) &&
    pendingFirmware(node) === undefined;
  if (!isDone) return [];
  const asks = asksNow(node);
  const desired = digText(holder.object, 'metadata', 'annotations', DESIRED_STATE_KEY) ?? '';
  if (asks === true) return [];
  if (asks === undefined)
    return [
      {
        says: 'unknown',
        scope: { node: name },
        lack: { what: `the config daemon's log on ${name}`, why: `whether ${desired} is asked for now, or is left over from before`, settle: daemonLogCommand(facts, name) },
      },
    ];
  return [
    {
      says: 'finding',
      scope: { node: name },
      because: `${name} still asks for ${desired}, although it is in sync, has the VFs that it should have, and its config daemon asks for nothing: the annotation is left over`,
      confidence: 'likely',
      sameAs: desired,
      evidence: [
        fieldEvidence(holder, ['metadata', 'annotations', DESIRED_STATE_KEY]),
        ...(state.currentState === undefined || facts.object('SriovNetworkNodeState', name) === undefined
          ? []
          : [fieldEvidence(facts.object('SriovNetworkNodeState', name) ?? holder, ['metadata', 'annotations', CURRENT_STATE_KEY])]),
      ],
    },
  ];
}; // prettier-ignore

const LOG = 'sriov-network-config-daemon-x7k2p.log';
const daemon = pod('sriov-network-config-daemon-x7k2p', { node: 'a' });
const QUIET =
  'I0101 00:00:00.000000       1 daemon.go:500] nodeStateSyncHandler(): aggregated daemon {"drain-required": false, "reboot-required": false}\n';

export const staleAnnotation = defineRule({
  id: RULE,
  title: 'A node still asks for a drain or restart that nobody needs',
  severity: 'warning',
  role: 'cause',
  needs: ['nodeStates'],
  explain:
    'The daemon writes desired-state and waits for the drain controller; both set Idle again when they are done. A daemon that was ended in between, a node that was away for long or a cordon that a person lifted can leave the word behind, and the node is drained once more, or keeps a slot of its pool.',
  sources: ['reference sriov.md F41, 2.2', 'diagnosis-ux.md 3.3', 'sriov-network-operator #463, #718'],
  check: (facts) => facts.nodes.flatMap((name) => checkNode(facts, name)),
  remedy: (findings, facts) => [
    { text: 'Let the daemon look again before anything else: restart its pod on the node, and read the annotations after two minutes.', command: daemonLogCommand(facts, findings[0]?.scope.node ?? 'NODE') },
    { text: 'If the word stays, set it to Idle.', command: `${facts.cli} annotate node ${findings[0]?.scope.node ?? 'NODE'} ${DESIRED_STATE_KEY}=Idle --overwrite`, risk: 'if a change is pending after all, its drain is skipped' },
  ],
  cases: [
    { name: 'in sync, and the log asks for nothing', kind: 'broken', objects: [nodeState('a', { desired: 'Reboot_Required' }), daemon, gpuNode('a', {})], texts: { [LOG]: QUIET }, says: 'left over' },
    { name: 'idle', kind: 'healthy', objects: [nodeState('a'), daemon], texts: { [LOG]: QUIET } },
    { name: 'no log', kind: 'lacking', objects: [nodeState('a', { desired: 'Drain_Required' })], says: 'whether Drain_Required is asked for now' },
    { name: 'the daemon asks for it now', kind: 'look-alike', objects: [nodeState('a', { desired: 'Reboot_Required' }), daemon], texts: { [LOG]: 'I1 daemon.go:1] aggregated daemon {"drain-required": true, "reboot-required": true}\n' } },
    { name: 'not in sync', kind: 'look-alike', objects: [nodeState('a', { desired: 'Reboot_Required', syncStatus: 'InProgress' }), daemon], texts: { [LOG]: QUIET } },
  ],
}); // prettier-ignore
