/** The port is bound and the card's bridge does not carry it: no interface, the dead VLAN, a data path that went away. */
import { textEvidence } from '../../evidence.ts';
import { agentText, neutronPortText, nodeText, portText } from '../world-bare-metal.ts';
import { defineNodeCause } from './node-cause.ts';

const SHOW = (port: string): string =>
  `11111111-aaaa-4bbb-8ccc-000000000001\n    Bridge br-int\n        datapath_type: system\n        Port pf0hpf\n${port}    ovs_version: "3.1.0"\n`;
const BOUND = neutronPortText({ status: 'DOWN' });

export const portNotWired = defineNodeCause({
  id: 'port-not-wired',
  title: 'A bound port is not wired on the card',
  found: ['not-plugged', 'switch-error', 'dead-vlan', 'port-down'],
  counts: ({ findings, pictures }, { id }) => {
    // Its agent does not answer: that is the matter, and the port follows.
    if (pictures.some(({ agent }) => agent?.alive === false)) return false;
    return id !== 'port-down' || !findings.some((other) => ['not-plugged', 'switch-error', 'dead-vlan'].includes(other.id));
  },
  shownBy: /error:|tag: 4095|status|Port pf/,
  line: /failed to open datapath of type \S+|could not open network device \S+ \(No such device\)|Unexpected vif_type/,
  because: (node, text) => `Node ${node}: the card's switch does not carry the port (${text.trim().slice(0, 160)})`,
  more: (facts) => facts.lines('port-not-wired/line').slice(-1).map(({ origin, line }) => textEvidence(origin, line)),
  lack: { what: 'the bridge of the card of NODE', why: 'ACTIVE or DOWN in Neutron is the word of the agent, not of the switch', settle: 'ovs-vsctl show; ovs-vsctl list interface; grep -i error /var/log/openvswitch/ovs-vswitchd.log   # on the card' },
  explain:
    'A plug counts once the bridge has the interface with the port’s id, an ofport above 0 and a VLAN tag that is not 4095. os-vif sets the bridge to datapath_type system at every plug; on a card that runs OVS in userspace (netdev: DPDK, DOCA) this tears the data path down, and the port stays DOWN. A representor that does not exist yet, or has another name, gives the interface an error.',
  sources: ['reference smartnic-baremetal.md 0 (7), 3.1, 3.3, 4.3, 6.3, 7.1, 7.2 (4)'],
  remedy: (_findings, facts) => [
    { text: 'Read the error at the interface and the log of ovs-vswitchd; see that the representor exists under that name.', command: 'ovs-vsctl show; ip -br link | grep -E "pf[0-9]"; tail -50 /var/log/openvswitch/ovs-vswitchd.log   # on the card' },
    { text: 'A bridge in userspace: keep smart NIC ports on a bridge of type system, or use an agent that leaves datapath_type alone.', risk: 'changing datapath_type drops every flow of the bridge' },
    { text: 'Then let the agent wire the port again by a full resync.', command: `ssh ${facts.bareMetal().agents[0]?.host ?? 'CARD'} systemctl restart neutron-openvswitch-agent`, risk: 'the network of a running host pauses for seconds' },
  ],
  cases: [
    { name: 'the interface has an error', kind: 'broken', objects: [], texts: { 'node.json': nodeText(), 'port.json': portText(), 'ports.json': BOUND, 'agents.json': agentText(), 'bf2-1/ovs.txt': SHOW('            Interface pf0hpf\n                error: "could not open network device pf0hpf (No such device)"\n') }, says: 'could not open pf0hpf' },
    { name: 'the dead VLAN', kind: 'broken', objects: [], texts: { 'node.json': nodeText(), 'port.json': portText(), 'ports.json': BOUND, 'agents.json': agentText(), 'bf2-1/ovs.txt': SHOW('            tag: 4095\n            Interface pf0hpf\n') }, says: 'dead VLAN 4095' },
    { name: 'the data path was torn down', kind: 'broken', objects: [], texts: { 'node.json': nodeText(), 'port.json': portText(), 'ports.json': BOUND, 'agents.json': agentText(), 'ovs-vswitchd.log': '2026-01-01T00:00:00Z|00042|dpif|WARN|failed to open datapath of type system: No such device\n' }, says: 'is bound but DOWN' },
    { name: 'wired', kind: 'healthy', objects: [], texts: { 'node.json': nodeText(), 'port.json': portText(), 'ports.json': neutronPortText(), 'agents.json': agentText(), 'bf2-1/ovs.txt': SHOW('            tag: 3\n            Interface pf0hpf\n') } },
    { name: 'a failed node without its bridge', kind: 'lacking', objects: [], texts: { 'node.json': nodeText({ provision_state: 'deploy failed' }), 'port.json': portText(), 'agents.json': agentText() }, says: 'the bridge of the card' },
    { name: 'its agent is dead', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText(), 'port.json': portText(), 'ports.json': BOUND, 'agents.json': agentText({ alive: false }) } },
  ],
}); // prettier-ignore
