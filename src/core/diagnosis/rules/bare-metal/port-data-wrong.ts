/** A port lacks what Ironic needs to wire it: hostname and port_id with the flag, or a port that boots from the network at all. */
import { nodeText, portText } from '../world-bare-metal.ts';
import { defineNodeCause, isTroubled } from './node-cause.ts';

const FAILED = {
  provision_state: 'deploy failed',
  last_error:
    'Failed to prepare to deploy: Failed to create neutron ports for node 11111111-2222-4333-8444-555555555555 ports [port].',
};

export const portDataWrong = defineNodeCause({
  id: 'port-data-wrong',
  title: 'A port lacks what its wiring needs',
  found: ['link-incomplete', 'flag-missing', 'no-ports'],
  counts: (known, { id }) => id !== 'no-ports' || isTroubled(known),
  shownBy: /local_link_connection|Local Link Connection|is_smartnic|Is Smart NIC/,
  line: /Smart NIC port must have port_id and hostname|No available PXE-enabled ports on node (?<node>[\w-]+)|node (?<node2>[\w-]+) has no ports enabled|local_link_connection(?: \S+)? (?:must|should) have .* for smart ?nic/i,
  because: (node, text) =>
    /PXE-enabled/.test(text)
      ? `Node ${node}: none of its ports may boot from the network (pxe_enabled), so Ironic has nothing to wire`
      : `Node ${node}: a smart NIC port lacks hostname or port_id in local_link_connection, and Ironic skips it`,
  lack: { what: 'the ports of NODE in full', why: 'their link and flag decide whether Ironic wires them', settle: 'openstack baremetal port list --node NODE --long -f json' },
  explain:
    'local_link_connection of a smart NIC port needs hostname (which agent) and port_id (which bridge port), and is_smartnic has to be true; a link with both and without the flag is refused as well. Ironic’s API checks that at creation only, and only where a link is given: a port without one, or changed later, is accepted and skipped at deploy time, with a line in the conductor’s log and no more.',
  sources: ['reference smartnic-baremetal.md 1.4, 1.5, 7.1', 'ironic/common/neutron.py validate_port_info'],
  remedy: (findings, facts) => [
    {
      text: 'Put the node into maintenance or manageable, complete the port, and repeat the operation.',
      command: findings
        .slice(0, 3)
        .flatMap(({ scope }) => [`openstack baremetal port list --node ${scope.node ?? 'NODE'} --long`, 'openstack baremetal port set PORT --is-smartnic --local-link-connection hostname=HOST --local-link-connection port_id=PORT_ON_CARD'])
        .join('\n'),
      risk: facts.bareMetal().nodes.length > 1 ? 'a wrong hostname wires another card' : 'a wrong port_id wires another representor of the card',
    },
  ],
  cases: [
    { name: 'the link lacks port_id', kind: 'broken', objects: [], texts: { 'node.json': nodeText(FAILED), 'port.json': portText({ local_link_connection: { hostname: 'bf2-1' } }) }, says: 'lacks port_id' },
    { name: 'the link lacks both', kind: 'broken', objects: [], texts: { 'node.json': nodeText(FAILED), 'port.json': portText({ local_link_connection: {} }) }, says: 'hostname and port_id' },
    { name: 'the flag is missing', kind: 'broken', objects: [], texts: { 'node.json': nodeText(FAILED), 'port.json': portText({ is_smartnic: false }) }, says: 'is_smartnic is false' },
    { name: 'no port may boot from the network', kind: 'broken', objects: [], texts: { 'node.json': nodeText({ provision_state: 'clean failed', last_error: 'No available PXE-enabled ports on node 11111111-2222-4333-8444-555555555555.' }), 'port.json': portText({ pxe_enabled: false }) }, says: 'pxe_enabled' },
    { name: 'a whole port', kind: 'healthy', objects: [], texts: { 'node.json': nodeText(), 'port.json': portText() } },
    { name: 'a failed node without ports', kind: 'lacking', objects: [], texts: { 'node.json': nodeText({ provision_state: 'deploy failed' }) }, says: 'the ports of bm-1' },
    { name: 'an ordinary port has a switch in its link', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText(FAILED), 'port.json': portText({ is_smartnic: false, local_link_connection: { switch_id: '02:00:5e:cc:00:01', port_id: 'Eth1' } }) } },
  ],
}); // prettier-ignore
