/** The cleaning, provisioning, ... network that Ironic is told to use does not exist in Neutron, or more than one has that name. */
import { nodeText } from '../world-bare-metal.ts';
import { defineNodeCause } from './node-cause.ts';

export const ramdiskNetworkNotFound = defineNodeCause({
  id: 'ramdisk-network-not-found',
  title: 'The network for the ramdisk is not there',
  line: /(?:(?<kind>cleaning|provisioning|rescuing|inspection|servicing)[_ ]network\b.*(?:not found|was not found|could not be found|not configured|is not set|multiple))|(?:Failed to validate|Error validating|validat\w+).*(?:cleaning|provisioning|rescuing|inspection|servicing)[_ ]network|More than one network was found for name|network \S+ (?:was )?not found in [Nn]eutron/,
  because: (node, text, groups) => `Node ${node}: the ${groups['kind'] ?? 'ramdisk'} network that Ironic is to use was not found in Neutron, or is not unique (${text.trim().slice(0, 140)})`,
  lack: { what: 'the last error of NODE', why: 'it names the network that was looked for', settle: 'openstack baremetal node show NODE -c last_error -c driver_info; openstack baremetal node validate NODE' },
  explain: 'With network interface neutron Ironic takes the networks of its ramdisks from [neutron] cleaning_network, provisioning_network and so on, or from driver_info of the node, by name or UUID. A name that is gone, or that two networks share, stops the flow before anything is wired.',
  sources: ['reference smartnic-baremetal.md 1.7, 1.9'],
  remedy: () => [{ text: 'Give the network by its UUID in ironic.conf (or in driver_info of the node), and restart the conductor.', command: 'openstack network list; grep -nE "_network" /etc/ironic/ironic.conf', risk: 'a restart of the conductor fails the flows that it is in' }],
  cases: [
    { name: 'it is gone', kind: 'broken', objects: [], texts: { 'node.json': nodeText({ provision_state: 'clean failed', last_error: 'Failed to prepare node for cleaning: cleaning network prov was not found in Neutron' }) }, says: 'cleaning network' },
    { name: 'a node that is well', kind: 'healthy', objects: [], texts: { 'node.json': nodeText() } },
    { name: 'a failed node without its error', kind: 'lacking', objects: [], texts: { 'node.json': nodeText({ provision_state: 'clean failed' }) }, says: 'the last error' },
    { name: 'the network is there and the port fails', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText({ provision_state: 'clean failed', last_error: 'Failed to create neutron ports for node' }) } },
  ],
}); // prettier-ignore
