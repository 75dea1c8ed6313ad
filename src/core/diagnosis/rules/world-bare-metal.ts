/** Texts of OpenStack's clients, of ovs-vsctl and of a BMC for the cases of rules, in JSON as `-f json` prints them. */

export const nodeUuid = '11111111-2222-4333-8444-555555555555';
const portUuid = '22222222-2222-4333-8444-555555555555';
export const neutronPortId = '33333333-2222-4333-8444-555555555555';

export const nodeText = (more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify(
    {
      uuid: nodeUuid,
      name: 'bm-1',
      provision_state: 'active',
      power_state: 'power on',
      maintenance: false,
      driver: 'redfish',
      driver_info: {},
      network_interface: 'neutron',
      deploy_interface: 'direct',
      ...more,
    },
    null,
    2,
  );

export const portText = (more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify(
    {
      uuid: portUuid,
      address: '02:00:5e:bb:00:01',
      node_uuid: nodeUuid,
      is_smartnic: true,
      local_link_connection: { hostname: 'bf2-1', port_id: 'pf0hpf' },
      internal_info: {},
      pxe_enabled: true,
      physical_network: 'physnet1',
      ...more,
    },
    null,
    2,
  );

export const neutronPortText = (more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify(
    [
      {
        id: neutronPortId,
        mac_address: '02:00:5e:bb:00:01',
        status: 'ACTIVE',
        device_owner: 'baremetal:none',
        device_id: nodeUuid,
        'binding:host_id': 'bf2-1',
        'binding:vnic_type': 'smart-nic',
        'binding:vif_type': 'ovs',
        'binding:profile': { local_link_information: [{ hostname: 'bf2-1', port_id: 'pf0hpf' }] },
        ...more,
      },
    ],
    null,
    2,
  );

export const agentText = (more: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify(
    [
      {
        id: '44444444-2222-4333-8444-555555555555',
        agent_type: 'Open vSwitch agent',
        host: 'bf2-1',
        binary: 'neutron-openvswitch-agent',
        alive: true,
        admin_state_up: true,
        configurations: {
          baremetal_smartnic: true,
          integration_bridge: 'br-int',
          bridge_mappings: { physnet1: 'br-ex' },
        },
        ...more,
      },
    ],
    null,
    2,
  );

export const systemText = (boot: Readonly<Record<string, unknown>> = {}, power = 'Off'): string =>
  JSON.stringify(
    {
      '@odata.id': '/redfish/v1/Systems/1',
      '@odata.type': '#ComputerSystem.v1_12_0.ComputerSystem',
      Id: '1',
      PowerState: power,
      Boot: {
        BootSourceOverrideEnabled: 'Disabled',
        'BootSourceOverrideEnabled@Redfish.AllowableValues': ['Disabled', 'Once', 'Continuous'],
        BootSourceOverrideMode: 'UEFI',
        BootSourceOverrideTarget: 'None',
        'BootSourceOverrideTarget@Redfish.AllowableValues': ['None', 'Pxe', 'Hdd', 'BiosSetup'],
        ...boot,
      },
    },
    null,
    2,
  );
