/** Ironic cannot speak to the BMC of a node: it is not reached, or refuses the account. */
import { nodeText, nodeUuid } from '../world-bare-metal.ts';
import { defineNodeCause } from './node-cause.ts';

export const bmcNotReached = defineNodeCause({
  id: 'bmc-not-reached',
  title: 'The BMC does not answer Ironic',
  line: /(?:Unable to connect to|ConnectionError|Connection (?:refused|timed out)|Max retries exceeded|No route to host).*(?:redfish|bmc|ipmi|idrac|ilo)|(?:redfish|ipmi|idrac|ilo).*(?:Unable to connect|ConnectionError|Connection (?:refused|timed out)|Max retries exceeded|No route to host|timed out)|(?:HTTP (?:GET|POST|PATCH) \S*redfish\S* returned code 401|AccessError|Invalid credentials|Unable to establish IPMI v2|RAKP 2 message indicates an error)|Failed to get power state for node (?<node>[\w-]+)|Redfish (?:connection|exception) (?:error|occurred).*|error while executing.*ipmitool/i,
  because: (node, text) =>
    /401|AccessError|credentials|RAKP/i.test(text)
      ? `Node ${node}: its BMC refuses the account that Ironic uses, so neither power nor boot device can be set`
      : `Node ${node}: its BMC is not reached, so neither power nor boot device can be set (${text.trim().slice(0, 140)})`,
  lack: { what: 'the last error of NODE', why: 'it says whether the BMC answered', settle: 'openstack baremetal node show NODE -f json; openstack baremetal node validate NODE' },
  explain:
    'Every flow begins with the power state and the boot device, which Ironic asks of the BMC. After some failed attempts the node is put into maintenance with the fault "power failure", and its power state becomes unknown; nothing is wired then, since a host that may be off has a card that may be dark.',
  sources: ['reference smartnic-baremetal.md 1.6, 1.10, 5.1', 'ironic troubleshooting: power fault and recovery'],
  remedy: (findings) => [
    {
      text: 'Try the BMC from the conductor’s host with the account of the node, then mend address, account or certificate.',
      command: findings.slice(0, 3).map(({ scope }) => `openstack baremetal node show ${scope.node ?? 'NODE'} -c driver_info -f json; openstack baremetal node validate ${scope.node ?? 'NODE'}`).join('\n'),
    },
    { text: 'A node in maintenance for a power failure comes back by itself once its BMC answers.' },
  ],
  cases: [
    { name: 'not reached', kind: 'broken', objects: [], texts: { 'node.json': nodeText({ provision_state: 'clean failed', power_state: null, last_error: `Failed to get power state for node ${nodeUuid}: Unable to connect to https://192.0.2.9/redfish/v1/: Max retries exceeded` }) }, says: 'is not reached' },
    { name: 'the account is refused', kind: 'broken', objects: [], texts: { 'node.json': nodeText({ provision_state: 'enroll', last_error: 'HTTP GET https://192.0.2.9/redfish/v1/Systems/1 returned code 401. unauthorized' }) }, says: 'refuses the account' },
    { name: 'it answers', kind: 'healthy', objects: [], texts: { 'node.json': nodeText() } },
    { name: 'a failed node without its error', kind: 'lacking', objects: [], texts: { 'node.json': nodeText({ provision_state: 'clean failed' }) }, says: 'the last error of bm-1' },
    { name: 'it answers 400', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText({ provision_state: 'deploy failed', last_error: 'HTTP PATCH https://192.0.2.9/redfish/v1/Systems/1 returned code 400. Base.1.8.PropertyValueNotInList' }) } },
    { name: 'not reached last week, active since', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText(), 'ironic-conductor.log': `ERROR Failed to get power state for node ${nodeUuid}: Unable to connect to https://192.0.2.9/redfish/v1/\n` } },
  ],
}); // prettier-ignore
