/** The shapes in which facts about bare-metal nodes come, and texts that are none of them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SnapshotText } from '../../snapshot/snapshot.ts';
import { readBareMetal } from './read-bare-metal.ts';
import { readOvsListJson, readOvsListText, readOvsShow } from './read-ovs.ts';

const text = (content: unknown, source = 'a.json'): SnapshotText => ({
  kind: 'host',
  text: typeof content === 'string' ? content : JSON.stringify(content),
  origin: { source },
});
const read = (...contents: readonly unknown[]) =>
  readBareMetal(
    contents.map((content) => text(content)),
    () => [],
  );

const SHOW = `2f1f0b8c-0000-4000-8000-000000000001
    Manager "ptcp:6640:0.0.0.0"
        is_connected: true
    Bridge br-int
        fail_mode: secure
        datapath_type: netdev
        Port br-int
            Interface br-int
                type: internal
        Port pf0hpf
            tag: 7
            Interface pf0hpf
                error: "could not open network device pf0hpf (No such device)"
    ovs_version: "3.1.0"
`;

describe('nodes', () => {
  test.each([
    ['node show', { uuid: 'u', name: 'bm', provision_state: 'active', power_state: 'power on', maintenance: false }],
    [
      'node list',
      [{ UUID: 'u', Name: 'bm', 'Power State': 'power on', 'Provisioning State': 'active', Maintenance: false }],
    ],
    [
      'the API',
      {
        nodes: [
          { uuid: 'u', name: 'bm', provision_state: 'active', power_state: 'power on', maintenance: false, links: [] },
        ],
      },
    ],
  ])('as %s prints them', (_, content) => {
    expect(read(content).nodes).toMatchObject([
      { uuid: 'u', name: 'bm', provisionState: 'active', powerState: 'power on', maintenance: false },
    ]);
  });

  test('a power state of null is not an absent one', () => {
    expect(read({ uuid: 'u', provision_state: 'enroll', power_state: null }).nodes[0]).toHaveProperty(
      'powerState',
      null,
    );
    expect(read({ uuid: 'u', provision_state: 'enroll' }).nodes[0]).not.toHaveProperty('powerState');
  });
});

describe('ports', () => {
  const port = {
    uuid: 'p',
    address: '52:54:00:AA:BB:CC',
    is_smartnic: true,
    local_link_connection: { hostname: 'h', port_id: 'r' },
  };

  test('of Ironic, with the Neutron ports noted at it', () => {
    const found = read([{ ...port, internal_info: { tenant_vif_port_id: 'V', cleaning_vif_port_id: 'C' } }]);
    expect(found.ports).toMatchObject([
      { address: '52:54:00:aa:bb:cc', isSmartNic: true, vifs: { tenant: 'V', cleaning: 'C' } },
    ]);
    expect([...found.listed]).toEqual(['ironic-ports']);
  });

  test('of a short list: what it does not show stays unknown', () => {
    const [short] = read([{ UUID: 'p', Address: '52:54:00:aa:bb:cc' }]).ports;
    expect(short).not.toHaveProperty('isSmartNic');
    expect(short).not.toHaveProperty('link');
  });

  test.each([
    [
      'the API',
      {
        port: {
          id: 'n',
          mac_address: '52:54:00:aa:bb:cc',
          status: 'ACTIVE',
          'binding:host_id': 'h',
          'binding:vif_type': 'ovs',
          'binding:profile': { local_link_information: [{ hostname: 'h', port_id: 'r' }] },
        },
      },
    ],
    [
      'the client',
      {
        id: 'n',
        mac_address: '52:54:00:aa:bb:cc',
        status: 'ACTIVE',
        binding_host_id: 'h',
        binding_vif_type: 'ovs',
        binding_profile: { local_link_information: [{ hostname: 'h', port_id: 'r' }] },
      },
    ],
  ])('of Neutron, as %s prints them', (_, content) => {
    expect(read(content).neutronPorts).toMatchObject([
      { id: 'n', hostId: 'h', vifType: 'ovs', profile: { hostname: 'h', port_id: 'r' } },
    ]);
  });

  test('an empty list is a listing: by its wrapper, or by the name of its file', () => {
    expect([...read({ ports: [] }).listed]).toEqual(['neutron-ports']);
    expect([...readBareMetal([text('[]', 'x/port-list.json')], () => []).listed]).toEqual(['neutron-ports']);
    expect([...readBareMetal([text('[]', 'x/baremetal-port-list.json')], () => []).listed]).toEqual(['ironic-ports']);
    expect([...readBareMetal([text('[]', 'x/what.json')], () => []).listed]).toEqual([]);
  });
});

test('agents, as a list prints them and as a table', () => {
  const table = `
+------+--------------------+------+-------------------+-------+-------+---------------------------+
| ID   | Agent Type         | Host | Availability Zone | Alive | State | Binary                    |
+------+--------------------+------+-------------------+-------+-------+---------------------------+
| a    | Open vSwitch agent | h    | None              | :-)   | UP    | neutron-openvswitch-agent |
| b    | DHCP agent         | h    | nova              | XXX   | UP    | neutron-dhcp-agent        |
+------+--------------------+------+-------------------+-------+-------+---------------------------+
`;
  expect(read(table).agents).toMatchObject([
    { type: 'Open vSwitch agent', host: 'h', alive: true },
    { type: 'DHCP agent', alive: false },
  ]);
  const agent = { agent_type: 'Open vSwitch agent', host: 'h', alive: true, configurations: { bridge_mappings: {} } };
  expect(read({ agents: [agent] }).agents).toMatchObject([{ smartNic: false }]);
});

test('a Field/Value table, with a value that goes on in the next row', () => {
  const table = `
+-----------------+---------------------------------+
| Field           | Value                           |
+-----------------+---------------------------------+
| uuid            | u                               |
| provision_state | clean failed                    |
| driver_info     | {'force_persistent_boot_device' |
|                 | : 'Always'}                     |
+-----------------+---------------------------------+
`;
  expect(read(table).nodes).toMatchObject([{ provisionState: 'clean failed', forcePersistentBootDevice: 'Always' }]);
});

describe('the switch', () => {
  test('ovs-vsctl show', () => {
    expect(readOvsShow(SHOW)).toEqual({
      managers: ['ptcp:6640:0.0.0.0'],
      bridges: [
        {
          name: 'br-int',
          datapathType: 'netdev',
          ports: [
            { name: 'br-int', type: 'internal' },
            { name: 'pf0hpf', tag: 7, error: 'could not open network device pf0hpf (No such device)' },
          ],
        },
      ],
    });
  });

  test('ovs-vsctl list interface, as text and as JSON, adds to it', () => {
    const row = { name: 'pf0hpf', ofport: 2, externalIds: { 'iface-id': 'P', 'attached-mac': '52:54:00:aa:bb:cc' } };
    const asText =
      '_uuid               : 0\nexternal_ids        : {attached-mac="52:54:00:aa:bb:cc", iface-id=P}\nname                : pf0hpf\nofport              : 2\n';
    const asJson = {
      headings: ['name', 'ofport', 'external_ids'],
      data: [
        [
          'pf0hpf',
          2,
          [
            'map',
            [
              ['attached-mac', '52:54:00:aa:bb:cc'],
              ['iface-id', 'P'],
            ],
          ],
        ],
      ],
    };
    expect(readOvsListText(asText)).toEqual([row]);
    expect(readOvsListJson(asJson)).toEqual([row]);
    for (const list of [asText, JSON.stringify(asJson)]) {
      const facts = readBareMetal([text(SHOW, 'card/show.txt'), text(list, 'card/list')], () => []);
      expect(facts.switches[0]?.bridges[0]?.ports[1]).toMatchObject({ ...row, tag: 7 });
    }
  });
});

test('a Redfish system', () => {
  const system = {
    '@odata.type': '#ComputerSystem.v1_13_0.ComputerSystem',
    PowerState: 'On',
    Boot: { 'BootSourceOverrideTarget@Redfish.AllowableValues': ['Pxe'] },
  };
  expect(read(system).systems).toMatchObject([{ powerState: 'On', bootTargets: ['Pxe'] }]);
});

test('any text at all is read without an exception', () => {
  const odd = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom(SHOW, '| a |', '+-+\n| Field | Value |\n+-+', '{"ports": [null, 1, [[]]]}'),
  );
  fc.assert(
    fc.property(fc.array(odd, { maxLength: 4 }), (contents) => {
      expect(
        readBareMetal(
          contents.map((content) => text(content)),
          () => {
            throw new Error('no YAML');
          },
        ),
      ).toBeDefined();
    }),
  );
});
