/** What is said of a node: one small change from a sound one at a time. Requirements 003-11, 003-14, 003-47, 003-67. */
import { describe, expect, test } from 'vitest';
import { IRONIC_PRACTICE, OUR_PRACTICE } from '../practice.ts';
import { readBareMetal } from '../readers/read-bare-metal.ts';
import { explainNode, type ExplainOptions, type Explanation } from './explain-node.ts';

type Json = Readonly<Record<string, unknown>>;

const NODE: Json = {
  uuid: 'n1',
  name: 'bm-1',
  provision_state: 'active',
  power_state: 'power on',
  maintenance: false,
  reservation: null,
  deploy_interface: 'direct',
  network_interface: 'neutron',
  driver_info: {},
  updated_at: '2026-11-25T10:00:00+00:00',
};
const PORT: Json = {
  uuid: 'p1',
  address: '52:54:00:00:00:01',
  node_uuid: 'n1',
  is_smartnic: true,
  local_link_connection: { hostname: 'card1', port_id: 'pf0hpf' },
  internal_info: { tenant_vif_port_id: 'v1' },
};
const AGENT: Json = {
  agent_type: 'Open vSwitch agent',
  host: 'card1',
  alive: true,
  started_at: '2026-11-25 09:00:00',
  heartbeat_timestamp: '2026-11-25 10:00:10',
  configurations: { baremetal_smartnic: true, integration_bridge: 'br-int', bridge_mappings: { physnet1: 'br-ex' } },
};
const NEUTRON_PORT: Json = {
  id: 'v1',
  mac_address: '52:54:00:00:00:01',
  status: 'ACTIVE',
  'binding:host_id': 'card1',
  'binding:vif_type': 'ovs',
  'binding:vnic_type': 'smart-nic',
  'binding:profile': { local_link_information: [{ hostname: 'card1', port_id: 'pf0hpf' }] },
  updated_at: '2026-11-25T09:30:00Z',
};
const show = (tag: string): string => `2f1f0b8c-0000-4000-8000-000000000001
    Bridge br-int
        Port pf0hpf
            ${tag}
            Interface pf0hpf
    ovs_version: "3.1.0"
`;
const LIST = '_uuid : 0\nexternal_ids : {iface-id=v1}\nname : pf0hpf\nofport : 2\n';

interface World {
  readonly node?: Json;
  readonly port?: Json;
  readonly agents?: readonly Json[];
  readonly neutronPorts?: readonly Json[];
  readonly show?: string;
  readonly list?: string;
  readonly more?: readonly unknown[];
}

const explain = (world: World = {}, options: Partial<ExplainOptions> = {}, wanted = 'bm-1') => {
  const contents: readonly unknown[] = [
    { ...NODE, ...world.node },
    [{ ...PORT, ...world.port }],
    { agents: world.agents ?? [AGENT] },
    { ports: world.neutronPorts ?? [NEUTRON_PORT] },
    world.show ?? show('tag: 3'),
    world.list ?? LIST,
    ...(world.more ?? []),
  ];
  const texts = contents
    .filter((content) => content !== '')
    .map((content, index) => ({
      kind: 'host' as const,
      text: typeof content === 'string' ? content : JSON.stringify(content),
      origin: { source: `card1/${index}` },
    }));
  return explainNode(
    wanted,
    readBareMetal(texts, () => []),
    { practice: OUR_PRACTICE, ...options },
  );
};

const said = (world: World = {}, options: Partial<ExplainOptions> = {}): Explanation => {
  const explained = explain(world, options);
  if (!explained.ok) throw new Error(explained.fault.message);
  return explained.value;
};
const ids = (world: World): readonly string[] => said(world).findings.map(({ id }) => id);

test('003-47: a sound node: nothing stands against it, and A, B and C are named', () => {
  const { findings, ports } = said();
  expect(findings).toEqual([]);
  expect(ports).toMatchObject([
    {
      address: '52:54:00:00:00:01',
      bridgePort: 'pf0hpf',
      bridge: 'br-int',
      uplink: 'br-ex (physical network physnet1)',
      standing: { wired: 'proved' },
    },
  ]);
});

const system = (boot: Json, power = 'On'): Json => ({
  '@odata.type': '#ComputerSystem.v1.ComputerSystem',
  PowerState: power,
  Boot: boot,
});
const unbound = { ...NEUTRON_PORT, 'binding:host_id': '', 'binding:vif_type': 'unbound', status: 'DOWN' };

describe('one thing wrong', () => {
  test.each<[string, World]>([
    ['link-incomplete', { port: { local_link_connection: { hostname: 'card1' } } }],
    ['link-incomplete', { port: { local_link_connection: {} } }],
    ['flag-missing', { port: { is_smartnic: false } }],
    ['agent-not-registered', { agents: [{ ...AGENT, host: 'card2' }] }],
    ['agent-not-registered', { agents: [{ ...AGENT, agent_type: 'DHCP agent' }] }],
    ['agent-not-alive', { agents: [{ ...AGENT, alive: false }] }],
    ['agent-not-smart-nic', { agents: [{ ...AGENT, configurations: { baremetal_smartnic: false } }] }],
    [
      'agent-cannot-plug',
      {
        agents: [
          {
            ...AGENT,
            configurations: {
              baremetal_smartnic: true,
              datapath_type: 'netdev',
              ovs_capabilities: { iface_types: ['dpdkvhostuser'] },
            },
          },
        ],
      },
    ],
    ['agent-restarted-after-binding', { agents: [{ ...AGENT, started_at: '2026-11-25 09:31:00' }] }],
    ['binding-failed', { neutronPorts: [{ ...NEUTRON_PORT, 'binding:vif_type': 'binding_failed', status: 'DOWN' }] }],
    ['wrong-vnic-type', { neutronPorts: [{ ...NEUTRON_PORT, 'binding:vnic_type': 'baremetal' }] }],
    ['bound-to-another-host', { neutronPorts: [{ ...NEUTRON_PORT, 'binding:host_id': 'card2' }] }],
    [
      'profile-differs',
      {
        neutronPorts: [
          {
            ...NEUTRON_PORT,
            'binding:profile': { local_link_information: [{ hostname: 'card1', port_id: 'pf1hpf' }] },
          },
        ],
      },
    ],
    ['port-down', { neutronPorts: [{ ...NEUTRON_PORT, status: 'DOWN' }] }],
    ['not-plugged', { show: show('tag: 3').replaceAll('pf0hpf', 'other') }],
    ['left-plugged', { neutronPorts: [unbound] }],
    [
      'left-plugged',
      { neutronPorts: [{ ...NEUTRON_PORT, id: 'x', mac_address: '52:54:00:00:00:99', 'binding:profile': {} }] },
    ],
    ['plugged-for-another-port', { list: LIST.replace('v1', 'old') }],
    ['dead-vlan', { show: show('tag: 4095') }],
    ['switch-error', { list: LIST.replace('ofport : 2', 'ofport : -1') }],
    ['vif-left', { port: { internal_info: { tenant_vif_port_id: 'v1', cleaning_vif_port_id: 'c1' } } }],
    [
      'state-failed',
      { node: { provision_state: 'clean failed', last_error: 'Agent on host card1 failed to reach state down' } },
    ],
    ['power-unknown', { node: { power_state: null } }],
    ['power-differs', { more: [system({}, 'Off')] }],
    ['no-bios-setup', { more: [system({ 'BootSourceOverrideTarget@Redfish.AllowableValues': ['Pxe', 'Hdd'] })] }],
    [
      'setup-at-every-boot',
      { more: [system({ BootSourceOverrideTarget: 'BiosSetup', BootSourceOverrideEnabled: 'Continuous' })] },
    ],
    ['persistent-boot-forced', { node: { driver_info: { force_persistent_boot_device: 'Always' } } }],
  ])('%s', (id, world) => {
    expect(ids(world)).toContain(id);
    for (const finding of said(world).findings) {
      expect(finding.because.length * finding.wayOut.length * finding.origins.length).toBeGreaterThan(0);
      expect(finding.wayOut).not.toContain('NODE');
    }
  });

  test('who holds the node is a warning, no problem', () => {
    const { findings } = said({ node: { maintenance: true, maintenance_reason: 'new card', reservation: 'cond-1' } });
    expect(findings.map(({ id, level }) => [id, level])).toEqual([
      ['node-reserved', 'warning'],
      ['node-in-maintenance', 'warning'],
    ]);
  });
});

describe('what was not given is said, and is no problem', () => {
  test.each<[string, World]>([
    ['bridge-not-read', { show: '', list: '' }],
    ['agent-half-read', { agents: [Object.fromEntries(Object.entries(AGENT).filter(([key]) => key !== 'alive'))] }],
  ])('%s', (id, world) => {
    expect(said(world).findings.map((finding) => [finding.id, finding.level])).toEqual([[id, 'unknown']]);
  });

  test('a short list of ports', () => {
    const contents = [NODE, [{ UUID: 'p1', Address: '52:54:00:00:00:01' }]];
    const texts = contents.map((content) => ({
      kind: 'host' as const,
      text: JSON.stringify(content),
      origin: { source: 'x' },
    }));
    const explained = explainNode(
      'bm-1',
      readBareMetal(texts, () => []),
      { practice: OUR_PRACTICE },
    );
    expect(explained.ok && explained.value.findings.map(({ id }) => id)).toEqual(['port-half-read']);
  });
});

describe('the steps', () => {
  test('003-22: an agent that reported while the host was off makes the boot into setup needless', () => {
    const off = { power_state: 'power off', provision_state: 'available' };
    expect(said({ node: off }).setupCycles).toBe(2);
    const late = { ...AGENT, heartbeat_timestamp: '2026-11-25 10:05:00' };
    expect(said({ node: off, agents: [late] })).toMatchObject({ setupCycles: 0, power: { needed: false } });
    expect(said({ node: off, agents: [late] }, { practice: IRONIC_PRACTICE }).setupCycles).toBe(2);
  });

  test('an unknown power state: no step is shown, and the reason is', () => {
    const { steps, refused } = said({ node: { power_state: null } });
    expect([steps.length, refused]).toEqual([0, expect.stringContaining('power state unknown')]);
  });

  test('003-14: another deploy interface, an alias, and one that is not known', () => {
    expect(said({}, { deployInterface: 'ansible', flow: 'clean' }).steps[0]?.part).toBe('ansible.prepare_cleaning');
    expect(said({}, { deployInterface: 'iscsi' }).notes.join()).toContain('removed');
    const unknown = explain({}, { deployInterface: 'floppy' });
    expect(!unknown.ok && unknown.fault.message).toContain('anaconda, ansible, autodetect');
  });

  test.each([
    ['cleaning', 'clean'],
    ['wait call-back', 'deploy'],
    ['rescue', 'unrescue'],
    ['manageable', 'clean'],
    ['a new state', 'deploy'],
  ])('a node that is %s is shown the flow %s', (provisionState, flow) => {
    expect(said({ node: { provision_state: provisionState } }).flow).toBe(flow);
  });

  test('a node without a smart NIC keeps the old order', () => {
    const plain = { is_smartnic: false, local_link_connection: { switch_id: '0a:1b:2c:3d:4e:5f', port_id: 'p' } };
    const { headline, setupCycles, isolation } = said({ port: plain, neutronPorts: [] });
    expect([headline, setupCycles, isolation]).toEqual([expect.stringContaining('no smart NIC port'), 0, []]);
  });
});

describe('003-67: isolation', () => {
  const verdicts = (world: World): Readonly<Record<string, string>> =>
    Object.fromEntries(said(world).isolation.map(({ id, verdict }) => [id, verdict]));

  test('an open switch database, a privileged host and an open BMC fail', () => {
    const open = show('tag: 3').replace('    Bridge', '    Manager "ptcp:6640:0.0.0.0"\n    Bridge');
    const hostInterface = { '@odata.type': '#HostInterface.v1.HostInterface', InterfaceEnabled: true };
    expect(verdicts({ show: open, more: [hostInterface, 'level\t: privileged\n'] })).toMatchObject({
      ovsdb: 'fail',
      'host-privilege': 'fail',
      'bmc-host-interface': 'fail',
    });
  });

  test('what was not read cannot be told; it is never called well', () => {
    expect(new Set(Object.values(verdicts({})))).toEqual(new Set(['cannot be told']));
    expect(verdicts({ more: ['level\t: restricted\n'] })['host-privilege']).toBe('pass');
  });

  test('a port left with a live VLAN fails', () => {
    expect(verdicts({ neutronPorts: [unbound] })['wiring']).toBe('fail');
  });
});

test('an unknown node is told what there is', () => {
  const missing = explain({}, {}, 'bm-9');
  expect(!missing.ok && missing.fault.message).toBe('There is no node bm-9 in what was given; there is bm-1.');
});
