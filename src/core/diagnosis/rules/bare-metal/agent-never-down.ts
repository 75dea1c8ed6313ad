/** Ironic waits for the agent of the card to go down, and a card with power of its own never does (smartnic-baremetal.md 0 (2)). */
import { agentText, nodeText, portText } from '../world-bare-metal.ts';
import { defineNodeCause } from './node-cause.ts';
import { literally } from '../../literally.ts';
import { quote } from './nodes.ts';

const ERROR =
  'Failed to prepare node for cleaning: Agent on host bf2-1 failed to reach state down. Also failed to tear down cleaning.';

export const agentNeverDown = defineNodeCause({
  id: 'agent-never-down',
  title: 'The card never goes down, and Ironic waits for that',
  line: /Agent on host (?<host>\S+?) failed to reach state down/,
  because: (node, _text, groups) => `Node ${node}: Ironic powered the host on and waited until the agent of ${groups['host'] ?? 'the card'} was down; the card has power of its own, so its agent never is, and the flow failed`,
  more: (facts, _known, groups) =>
    facts
      .bareMetal()
      .agents.filter(({ host }) => host === groups['host'])
      .slice(0, 1)
      .map(({ origin, host }) => quote(facts, origin, new RegExp(literally(host)), `agent of ${host}`)),
  against: () => ['the agent is well: that it answers all the time is what Ironic does not expect'],
  lack: { what: 'the last error of NODE', why: 'it says which state of the agent was awaited', settle: 'openstack baremetal node show NODE -f json; grep "failed to reach state" ironic-conductor.log' },
  explain:
    'To get past a stale "alive" from before a power-off Ironic first waits until the agent is down, 100 times 10 s by default, and then until it is up. A BlueField with power of its own answers the whole time: every flow that boots the host into setup fails after 1000 s, and its error handler waits the same once more. The host is left on, in its setup. An agent that restarts faster than agent_down_time (75 s) is not seen as down either.',
  sources: ['reference smartnic-baremetal.md 0 (2, 3), 1.6, 1.10, 3.2, 7.1'],
  remedy: (findings) => [
    { text: 'Wire such a node with the host off and without a boot into setup: state that the card has power of its own.', command: findings.slice(0, 3).map(({ scope }) => `nicwright baremetal explain ${scope.node ?? 'NODE'} --from DIR`).join('\n') },
    { text: 'With Ironic alone: stop the agent on the card while it waits, and start it again; or lower [agent] neutron_agent_max_attempts and restart the conductor, so that it fails sooner.', risk: 'with the agent stopped no port is bound; ports that are deleted meanwhile keep their network' },
    { text: 'Take the host out of its setup before anything else: it was left powered on there.' , command: findings.slice(0, 3).map(({ scope }) => `openstack baremetal node power off ${scope.node ?? 'NODE'}`).join('\n') },
  ],
  cases: [
    { name: 'an always-on card', kind: 'broken', objects: [], texts: { 'node.json': nodeText({ provision_state: 'clean failed', last_error: ERROR }), 'port.json': portText(), 'agents.json': agentText() }, says: 'power of its own' },
    { name: 'a node that is well', kind: 'healthy', objects: [], texts: { 'node.json': nodeText(), 'port.json': portText(), 'agents.json': agentText() } },
    { name: 'a failed node without its error', kind: 'lacking', objects: [], texts: { 'node.json': nodeText({ provision_state: 'clean failed' }) }, says: 'the last error of bm-1' },
    { name: 'the agent did not come up', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText({ provision_state: 'clean failed', last_error: 'Agent on host bf2-1 failed to reach state up' }) } },
  ],
}); // prettier-ignore
