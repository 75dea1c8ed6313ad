/**
 * The bodies of the Neutron calls that wire a port: create, bind, tenant plug, unbind. The smart NIC's configuration
 * travels in binding:profile.local_link_information (ironic common/neutron.py and network/common.py; recorded).
 */
import type { BareMetalPort } from './bare-metal-port.ts';

export const VNIC_SMART_NIC = 'smart-nic';
export const VNIC_BAREMETAL = 'baremetal';

export type NeutronBody = Readonly<Record<string, unknown>>;

/** Vnic types that Neutron knows; any other word is refused with 400. */
export const VNIC_TYPES = ['normal', 'macvtap', 'direct', 'baremetal', 'direct-physical', 'virtio-forwarder', 'smart-nic', 'vdpa',
  'accelerator-direct', 'accelerator-direct-physical', 'remote-managed'] as const; // prettier-ignore

export interface BodyContext {
  readonly nodeUuid: string;
  readonly instanceUuid?: string;
  readonly networkId?: string;
  readonly securityGroups?: readonly string[];
}

const DHCP_CLIENT_ID = '61';

const dhcpOptions = (port: BareMetalPort): NeutronBody =>
  port.clientId === undefined ? {} : { extra_dhcp_opts: [{ opt_name: DHCP_CLIENT_ID, opt_value: port.clientId }] };

const vnicType = (port: BareMetalPort): string => (port.isSmartNic ? VNIC_SMART_NIC : VNIC_BAREMETAL);

/** A smart NIC port is bound to the host its agent runs on, any other to the node. */
const hostId = (port: BareMetalPort, nodeUuid: string): string =>
  port.isSmartNic ? (port.link.hostname ?? nodeUuid) : nodeUuid;

const profileOf = (port: BareMetalPort): NeutronBody => ({
  local_link_information: [port.link],
  ...(port.physicalNetwork === undefined ? {} : { physical_network: port.physicalNetwork }),
});

/** POST /v2.0/ports, for a ramdisk network. */
export const createBody = (port: BareMetalPort, context: BodyContext): NeutronBody => ({
  ...(context.networkId === undefined ? {} : { network_id: context.networkId }),
  admin_state_up: true,
  'binding:vnic_type': vnicType(port),
  device_id: context.instanceUuid ?? context.nodeUuid,
  ...((context.securityGroups ?? []).length > 0 ? { security_groups: context.securityGroups } : {}),
  // A port that does not boot from the network gets no address there.
  ...(port.pxeEnabled === false ? { fixed_ips: [] } : {}),
  ...dhcpOptions(port),
});

/** PUT /v2.0/ports/ID after the create: host, MAC and profile may be written by admins only. */
export const bindBody = (port: BareMetalPort, context: BodyContext): NeutronBody => ({
  'binding:host_id': hostId(port, context.nodeUuid),
  device_owner: 'baremetal:none',
  ...(port.address === undefined ? {} : { mac_address: port.address }),
  'binding:profile': profileOf(port),
});

/** The one PUT that plugs a tenant's Neutron port. */
export const tenantPlugBody = (port: BareMetalPort, context: BodyContext): NeutronBody => ({
  'binding:vnic_type': vnicType(port),
  'binding:host_id': hostId(port, context.nodeUuid),
  ...(port.address === undefined ? {} : { mac_address: port.address }),
  'binding:profile': profileOf(port),
  ...dhcpOptions(port),
});

/** First PUT of an unplug. */
export const UNBIND_BODY: NeutronBody = { 'binding:host_id': '', 'binding:profile': {} };

/** Second PUT: the MAC of a bound port may not change, so it is given back only now. */
export const RESET_MAC_BODY: NeutronBody = { mac_address: null };
