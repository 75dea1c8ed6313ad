/** Records of Ironic and Neutron -> facts. A record that is none of these is left to others. */
import { dig, digFlag, digMap, digText, digTexts, isMap } from '../../model/dig.ts';
import type { Origin } from '../../snapshot/snapshot.ts';
import { normalMac, type LocalLinkConnection } from '../local-link.ts';
import type { AgentFacts, IronicPortFacts, NeutronPortFacts, NodeFacts } from './bare-metal-facts.ts';
import type { OpenStackRecord } from './openstack-record.ts';
import { readTimestamp } from './timestamp.ts';

/** The entries that have a value: what an API left out or null stays absent. */
const present = <T extends object>(entries: { readonly [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as T;

const flag = (record: OpenStackRecord, key: string): boolean | undefined => {
  const value = record[key];
  if (typeof value === 'boolean') return value;
  return value === 'UP' || value === 'True' ? true : value === 'DOWN' || value === 'False' ? false : undefined;
};

const link = (value: unknown): LocalLinkConnection | undefined =>
  isMap(value) ? (digTexts(value) as LocalLinkConnection) : undefined;

export const readNode = (record: OpenStackRecord, origin: Origin): NodeFacts | undefined => {
  if (!('provision_state' in record)) return undefined;
  const power = record['power_state'];
  return present<NodeFacts>({
    uuid: digText(record, 'uuid'),
    name: digText(record, 'name'),
    provisionState: digText(record, 'provision_state'),
    targetProvisionState: digText(record, 'target_provision_state'),
    powerState: typeof power === 'string' || power === null ? power : undefined,
    maintenance: flag(record, 'maintenance'),
    maintenanceReason: digText(record, 'maintenance_reason'),
    reservation: digText(record, 'reservation'),
    fault: digText(record, 'fault'),
    lastError: digText(record, 'last_error'),
    deployInterface: digText(record, 'deploy_interface'),
    networkInterface: digText(record, 'network_interface'),
    instanceUuid: digText(record, 'instance_uuid'),
    disablePowerOff: flag(record, 'disable_power_off'),
    forcePersistentBootDevice: dig(record, 'driver_info', 'force_persistent_boot_device'),
    redfishSystem: digText(record, 'driver_info', 'redfish_system_id'),
    updatedAtMs: readTimestamp(record['updated_at']),
    origin,
  });
};

const VIF_KEY = /^(.+)_vif_port_id$/;

export const readIronicPort = (record: OpenStackRecord, origin: Origin): IronicPortFacts | undefined => {
  const address = digText(record, 'address');
  if (address === undefined || normalMac(address) === undefined || !('uuid' in record)) return undefined;
  const smart = record['is_smartnic'];
  const vifs = Object.entries(digTexts(record, 'internal_info')).flatMap(([key, id]) => {
    const purpose = VIF_KEY.exec(key)?.[1];
    return purpose === undefined ? [] : [[purpose, id] as const];
  });
  return present<IronicPortFacts>({
    uuid: digText(record, 'uuid'),
    address: normalMac(address),
    nodeUuid: digText(record, 'node_uuid'),
    isSmartNic: typeof smart === 'boolean' || smart === null ? smart : undefined,
    link: link(record['local_link_connection']),
    pxeEnabled: flag(record, 'pxe_enabled'),
    physicalNetwork: digText(record, 'physical_network'),
    clientId: digText(record, 'extra', 'client-id'),
    inPortGroup: digText(record, 'portgroup_uuid') === undefined ? undefined : true,
    vifs: Object.fromEntries(vifs),
    origin,
  });
};

export const readNeutronPort = (record: OpenStackRecord, origin: Origin): NeutronPortFacts | undefined => {
  const id = digText(record, 'id');
  if (id === undefined || !('mac_address' in record)) return undefined;
  return present<NeutronPortFacts>({
    id,
    address: normalMac(digText(record, 'mac_address') ?? ''),
    status: digText(record, 'status'),
    hostId: digText(record, 'binding:host_id'),
    vnicType: digText(record, 'binding:vnic_type'),
    vifType: digText(record, 'binding:vif_type'),
    profile: link(dig(record, 'binding:profile', 'local_link_information', 0)),
    deviceId: digText(record, 'device_id'),
    deviceOwner: digText(record, 'device_owner'),
    networkId: digText(record, 'network_id'),
    updatedAtMs: readTimestamp(record['updated_at']),
    origin,
  });
};

export const readAgent = (record: OpenStackRecord, origin: Origin): AgentFacts | undefined => {
  const type = digText(record, 'agent_type');
  const host = digText(record, 'host');
  if (type === undefined || host === undefined) return undefined;
  const configured = digMap(record, 'configurations');
  const texts = (value: unknown): readonly string[] | undefined =>
    Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : undefined;
  return present<AgentFacts>({
    type,
    host,
    alive: flag(record, 'alive'),
    adminStateUp: flag(record, 'admin_state_up') ?? flag(record, 'state'),
    startedAtMs: readTimestamp(record['started_at']),
    heartbeatAtMs: readTimestamp(record['heartbeat_timestamp']),
    // An agent that never heard of the option does not report it.
    smartNic: isMap(record['configurations']) ? (digFlag(configured, 'baremetal_smartnic') ?? false) : undefined,
    integrationBridge: digText(configured, 'integration_bridge'),
    bridgeMappings: isMap(configured['bridge_mappings']) ? digTexts(configured, 'bridge_mappings') : undefined,
    datapathType: digText(configured, 'datapath_type'),
    ifaceTypes: texts(dig(configured, 'ovs_capabilities', 'iface_types')),
    tunnelTypes: texts(configured['tunnel_types']),
    origin,
  });
};
