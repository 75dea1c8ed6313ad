/** Neutron refused to bind the port because the agent of the card did not answer at that moment, or was not registered. */
import type { Facts } from '../../facts.ts';
import type { Evidence } from '../../finding.ts';
import { agentText, neutronPortId, neutronPortText, nodeText, portText } from '../world-bare-metal.ts';
import { defineNodeCause, isTroubled } from './node-cause.ts';
import { literally } from '../../literally.ts';
import { nodeBy, quote, type BareMetalNode } from './nodes.ts';

const agentsOf = (facts: Facts, host: string | undefined): readonly Evidence[] =>
  facts
    .bareMetal()
    .agents.filter((agent) => host !== undefined && agent.host === host)
    .slice(0, 1)
    .map(({ origin, host: on, alive }) =>
      quote(facts, origin, new RegExp(literally(on)), `agent of ${on}: alive ${String(alive)}`),
    );

const portsOf = (facts: Facts, known: BareMetalNode | undefined, id: string | undefined): readonly Evidence[] =>
  facts
    .bareMetal()
    .neutronPorts.filter(
      (port) =>
        port.vifType === 'binding_failed' &&
        (port.id === id ||
          known?.pictures.some(({ neutronPorts }) => neutronPorts.some((one) => one.id === port.id)) === true),
    )
    .slice(0, 1)
    .map(({ origin, id: port }) => quote(facts, origin, /binding_failed/, `port ${port}: binding_failed`));

const isPlugged = ({ pictures }: BareMetalNode, about: string): boolean =>
  pictures.some(
    ({ name, neutronPorts }) => about.endsWith(name) && neutronPorts.some(({ status }) => status === 'ACTIVE'),
  );

/** A dead agent matters where something of the node waits for it; a card that shares its host's power is silent while that is off. */
const matters = (known: BareMetalNode, about: string): boolean =>
  (isTroubled(known) ||
    known.pictures.some(({ neutronPorts }) => neutronPorts.some(({ vifType }) => vifType === 'binding_failed'))) &&
  !isPlugged(known, about);

const restarted = (known: BareMetalNode | undefined, facts: Facts, host: string | undefined): boolean =>
  facts
    .bareMetal()
    .agents.some(
      (agent) =>
        agent.alive === true &&
        (agent.host === host || known?.pictures.some((picture) => picture.host === agent.host) === true),
    );

const DEAD = `WARNING neutron.plugins.ml2.drivers.mech_agent [req-1] Refusing to bind port ${neutronPortId} to dead agent: {'id': 'x', 'agent_type': 'Open vSwitch agent', 'host': 'bf2-1', 'alive': False, 'heartbeat_timestamp': '2026-01-01 00:00:00'}\n`;
const FAILED = { provision_state: 'deploy failed', last_error: 'Agent on host bf2-1 failed to reach state up' };

export const agentDeadAtBinding = defineNodeCause({
  id: 'agent-dead-at-binding',
  title: 'The agent of the card was dead when the port was bound',
  found: ['agent-not-alive', 'agent-not-registered'],
  counts: (known, { about }) => matters(known, about),
  shownBy: /"alive": false|XXX|alive: (?:false|False)/,
  line: /Refusing to bind port (?<port>[\w-]+) (?:to|due to) dead (?:agent|neutron-openvswitch-agent)(?:: .*?'host': '(?<host>[^']+)')?|Agent on host (?<host2>\S+?) failed to reach state up/,
  because: (node, text, groups) => {
    const host = groups['host'] ?? groups['host2'];
    return /Refusing to bind/.test(text)
      ? `Neutron did not bind port ${groups['port'] ?? '?'}${host === undefined ? '' : ` on ${host}`} (node ${node}): its agent did not answer then, and Neutron binds to no dead agent`
      : `Node ${node}: the agent on ${host ?? 'the card'} did not come up in the time that Ironic waits for it, so no port was wired`;
  },
  more: (facts, known, groups) => {
    const host = groups['host'] ?? groups['host2'] ?? known?.pictures.find((picture) => picture.host !== undefined)?.host;
    return [...agentsOf(facts, host), ...portsOf(facts, known, groups['port'])];
  },
  against: (facts, known) => (restarted(known, facts, undefined) ? ['the agent answers by now: it was dead at the time of the binding, and the binding has to be tried again'] : []),
  lack: { what: 'the agents of NODE and the log of neutron-server', why: 'a port is bound only where the agent of the card answers', settle: 'openstack network agent list -f json; grep "Refusing to bind" /var/log/neutron/neutron-server.log' },
  explain:
    'Neutron binds a port at once or not at all: the Open vSwitch agent on the host that the port’s link names has to be registered and alive (a report within agent_down_time, 75 s). The API answers 200 with vif_type binding_failed, and Ironic polls until its time is over. An agent that came back a minute later changes nothing by itself: the next change of the port tries the binding again.',
  sources: ['reference smartnic-baremetal.md 1.6, 1.10, 3.1, 3.2', 'neutron/plugins/ml2/drivers/mech_agent.py', 'ironic/common/neutron.py wait_for_host_agent'],
  remedy: (findings, facts) => {
    const hosts = [...new Set(findings.flatMap(({ scope }) => nodeBy(facts, scope.node)?.pictures.flatMap(({ host }) => host ?? []) ?? []))];
    return [
      { text: 'See why the agent on the card stopped, start it, and wait until it is alive.', command: `openstack network agent list --host ${hosts[0] ?? 'HOST'}; ssh ${hosts[0] ?? 'HOST'} systemctl status neutron-openvswitch-agent` },
      { text: 'Then repeat the operation of Ironic, which binds the port anew.', command: findings.slice(0, 3).map(({ scope }) => `openstack baremetal node show ${scope.node ?? 'NODE'} -c provision_state -c last_error`).join('\n'), risk: 'the host restarts once more; a card that shares its power is dark meanwhile' },
    ];
  },
  cases: [
    { name: 'refused in the log', kind: 'broken', objects: [], texts: { 'neutron-server.log': DEAD, 'node.json': nodeText({ provision_state: 'deploy failed' }), 'port.json': portText() }, says: 'did not answer then' },
    { name: 'it answers by now, and the port is still not bound', kind: 'broken', objects: [], texts: { 'neutron-server.log': DEAD, 'node.json': nodeText({ provision_state: 'deploy failed' }), 'port.json': portText(), 'agents.json': agentText(), 'ports.json': neutronPortText({ status: 'DOWN', 'binding:vif_type': 'binding_failed' }) }, says: 'no dead agent' },
    { name: 'Ironic waited in vain', kind: 'broken', objects: [], texts: { 'node.json': nodeText(FAILED), 'port.json': portText(), 'agents.json': agentText() }, says: 'did not come up' },
    { name: 'none is registered', kind: 'broken', objects: [], texts: { 'node.json': nodeText({ provision_state: 'clean failed' }), 'port.json': portText(), 'agents.json': agentText({ host: 'other' }) }, says: 'no Open vSwitch agent' },
    { name: 'bound', kind: 'healthy', objects: [], texts: { 'node.json': nodeText(), 'port.json': portText(), 'agents.json': agentText(), 'ports.json': neutronPortText() } },
    { name: 'a failed node, and no agents', kind: 'lacking', objects: [], texts: { 'node.json': nodeText({ provision_state: 'deploy failed' }), 'port.json': portText() }, says: 'the agents of bm-1' },
    { name: 'a host that is off, with its card', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText({ provision_state: 'available', power_state: 'power off' }), 'port.json': portText(), 'agents.json': agentText({ alive: false }) } },
    { name: 'refused once, active since', kind: 'look-alike', objects: [], texts: { 'neutron-server.log': DEAD, 'node.json': nodeText(), 'port.json': portText(), 'agents.json': agentText(), 'ports.json': neutronPortText() } },
  ],
}); // prettier-ignore
