/** The Neutron port is bound, and not as the card needs it: another type, another host, another bridge port. */
import { agentText, neutronPortText, nodeText, portText } from '../world-bare-metal.ts';
import { defineNodeCause } from './node-cause.ts';

export const portBoundWrongly = defineNodeCause({
  id: 'port-bound-wrongly',
  title: 'A Neutron port is bound to the wrong place',
  found: ['wrong-vnic-type', 'bound-to-another-host', 'profile-differs'],
  shownBy: /binding[:_](?:host_id|vnic_type|profile)|local_link_information/,
  because: (node) => `Node ${node}: its Neutron port is bound to the wrong place`,
  lack: { what: 'the Neutron ports of NODE', why: 'they say where they are bound', settle: 'openstack port list --device-id NODE_UUID --long -f json' },
  explain:
    'Ironic writes vnic_type smart-nic, the hostname of the port’s link as binding:host_id and the whole link as binding:profile. A port that was bound before its link was changed, or made by hand with vnic_type baremetal, is plugged on another card or not at all.',
  sources: ['reference smartnic-baremetal.md 1.7, 1.8, 3.1'],
  remedy: (findings) => [
    {
      text: 'See that the link of the Ironic port is right, then repeat the operation, so that the port is bound anew.',
      command: findings.slice(0, 3).map(({ scope }) => `openstack baremetal port list --node ${scope.node ?? 'NODE'} --long; openstack port list --device-id NODE_UUID --long`).join('\n'),
      risk: 'the host loses its network until the port is bound again',
    },
  ],
  cases: [
    { name: 'bound to another card', kind: 'broken', objects: [], texts: { 'node.json': nodeText(), 'port.json': portText(), 'ports.json': neutronPortText({ 'binding:host_id': 'bf2-9' }), 'agents.json': agentText() }, says: 'bound to bf2-9' },
    { name: 'vnic_type baremetal', kind: 'broken', objects: [], texts: { 'node.json': nodeText(), 'port.json': portText(), 'ports.json': neutronPortText({ 'binding:vnic_type': 'baremetal' }), 'agents.json': agentText() }, says: 'vnic_type baremetal' },
    { name: 'another bridge port', kind: 'broken', objects: [], texts: { 'node.json': nodeText(), 'port.json': portText({ local_link_connection: { hostname: 'bf2-1', port_id: 'pf1hpf' } }), 'ports.json': neutronPortText(), 'agents.json': agentText() }, says: 'pf1hpf' },
    { name: 'bound as it should be', kind: 'healthy', objects: [], texts: { 'node.json': nodeText(), 'port.json': portText(), 'ports.json': neutronPortText(), 'agents.json': agentText() } },
    { name: 'a failed node without its ports', kind: 'lacking', objects: [], texts: { 'node.json': nodeText({ provision_state: 'deploy failed' }), 'port.json': portText() }, says: 'the Neutron ports of bm-1' },
    { name: 'an ordinary port is bound to its node', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText(), 'port.json': portText({ is_smartnic: false, local_link_connection: { switch_id: '02:00:5e:cc:00:01', port_id: 'Eth1' } }), 'ports.json': neutronPortText({ 'binding:vnic_type': 'baremetal', 'binding:host_id': '11111111-2222-4333-8444-555555555555', 'binding:profile': {} }) } },
  ],
}); // prettier-ignore
