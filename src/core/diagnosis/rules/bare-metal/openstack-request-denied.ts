/** Neutron or Ironic denied a request of the other by policy: the service account lacks a role. */
import { nodeText, nodeUuid } from '../world-bare-metal.ts';
import { defineNodeCause } from './node-cause.ts';

export const openstackRequestDenied = defineNodeCause({
  id: 'openstack-request-denied',
  title: 'A service of OpenStack lacks a role',
  line: /ForbiddenException: 403|\(?rule:?(?: ?\S+)? ?(?:is )?disallowed by policy|disallowed by policy|(?:Policy|policy) doesn't allow \S+ to be performed|HTTP 403\b.*(?:neutron|ironic|port|network|baremetal)|Insufficient privileges|(?:neutron|ironic)\S*.*\b403\b.*Forbidden/,
  because: (node, text) => `Node ${node}: a request between Ironic and Neutron was denied by policy (${text.trim().replace(/^.*?(?:ERROR|WARNING) \S+ (?:\[[^\]]*\] )?/, '').slice(0, 180)})`,
  against: () => ['the request arrived and was understood: neither agent nor switch was asked'],
  lack: { what: 'the conductor’s log for NODE', why: 'last_error often leaves out what Neutron answered', settle: 'grep -E "403|disallowed by policy" ironic-conductor.log neutron-server.log' },
  explain:
    'Host, MAC and profile of a port’s binding may be written by an admin (or the service role) only; Ironic does that with the account of its [neutron] section. Without the role Neutron answers 403 and Ironic says "Failed to create neutron ports". The other way round Neutron, Nova and Metal3 need the service or admin role at Ironic.',
  sources: ['reference smartnic-baremetal.md 1.4, 1.7', 'neutron policy: create_port:binding:*, update_port:mac_address'],
  remedy: () => [
    { text: 'Give the account of the [neutron] section of ironic.conf the service role (admin in older releases) in the service project.', command: 'openstack role assignment list --user ironic --project service --names; openstack role add --user ironic --project service service', risk: 'admin may do everything in the cloud: the service role is the narrower one' },
  ],
  cases: [
    { name: 'the binding is for admins', kind: 'broken', objects: [], texts: { 'node.json': nodeText({ provision_state: 'clean failed', last_error: `Failed to create neutron ports for node's ${nodeUuid} ports` }), 'ironic-conductor.log': `ERROR ironic.common.neutron [req-1] Could not create neutron port for node ${nodeUuid}: ForbiddenException: 403: Client Error for url: http://192.0.2.5:9696/v2.0/ports, (rule:update_port and rule:update_port:binding:host_id) is disallowed by policy\n` }, says: 'denied by policy' },
    { name: 'nothing was denied', kind: 'healthy', objects: [], texts: { 'node.json': nodeText() } },
    { name: 'a failed node without its log', kind: 'lacking', objects: [], texts: { 'node.json': nodeText({ provision_state: 'clean failed' }) }, says: 'the conductor’s log' },
    { name: 'denied once, active since', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText(), 'ironic-conductor.log': `ERROR ironic.common.neutron node ${nodeUuid}: is disallowed by policy\n` } },
    { name: 'a BMC that answers 403', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText({ provision_state: 'clean failed', last_error: 'HTTP PATCH https://192.0.2.9/redfish/v1/Systems/1 returned code 403.' }) } },
  ],
}); // prettier-ignore
