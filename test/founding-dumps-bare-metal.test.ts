/**
 * The founding document about smart NICs on bare metal (003) as dumps: a card whose agent is dead when its port is bound, the
 * same lacking the list of agents, and a node that is well; and a port that an earlier tenant left in the card's bridge. Each
 * as files of the OpenStack client and as one pasted session.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDump } from '../src/adapters/dump/load-dump.ts';
import { readYaml } from '../src/adapters/dump/read-yaml.ts';
import { diagnose } from '../src/core/diagnosis/engine.ts';
import type { Report } from '../src/core/diagnosis/report.ts';
import { ALL_RULES } from '../src/core/diagnosis/rules/index.ts';

const NODE = '5d1c6c1e-0f3f-4c7a-9a57-1a2b3c4d5e6f';
const PORT = '8b7a6c5d-4e3f-4a2b-8c1d-0e9f8a7b6c5d';
const VIF = '0f1e2d3c-4b5a-4968-8776-655443322110';
const CARD = 'bf2-node1';

type Fields = Readonly<Record<string, unknown>>;

interface Session {
  readonly node: Fields;
  readonly port: Fields;
  /** Undefined: the command was not run. */
  readonly neutronPorts?: readonly Fields[];
  readonly agent?: Fields;
  readonly bridge?: string;
}

const node = (more: Fields): Fields => ({
  uuid: NODE,
  name: 'bm-1',
  driver: 'redfish',
  provision_state: 'active',
  power_state: 'power on',
  maintenance: false,
  network_interface: 'neutron',
  deploy_interface: 'direct',
  last_error: null,
  ...more,
});
const port = (more: Fields = {}): Fields => ({
  uuid: PORT,
  address: '02:00:5e:10:00:01',
  node_uuid: NODE,
  is_smartnic: true,
  pxe_enabled: true,
  physical_network: 'physnet1',
  local_link_connection: { hostname: CARD, port_id: 'pf0hpf' },
  internal_info: { tenant_vif_port_id: VIF },
  ...more,
});
const neutronPort = (more: Fields = {}): Fields => ({
  id: VIF,
  mac_address: '02:00:5e:10:00:01',
  status: 'ACTIVE',
  device_id: NODE,
  device_owner: 'baremetal:none',
  'binding:host_id': CARD,
  'binding:vnic_type': 'smart-nic',
  'binding:vif_type': 'ovs',
  'binding:profile': { local_link_information: [{ hostname: CARD, port_id: 'pf0hpf' }] },
  ...more,
});
const agent = (alive: boolean): Fields => ({
  id: '1',
  agent_type: 'Open vSwitch agent',
  host: CARD,
  alive,
  admin_state_up: true,
  binary: 'neutron-openvswitch-agent',
  configurations: { baremetal_smartnic: true, bridge_mappings: { physnet1: 'br-ex' }, integration_bridge: 'br-int' },
});
const bridge = (tag: number): string =>
  `11111111-aaaa-4bbb-8ccc-000000000001\n    Bridge br-int\n        fail_mode: secure\n        datapath_type: system\n        Port pf0hpf\n            tag: ${tag}\n            Interface pf0hpf\n        Port br-int\n            Interface br-int\n                type: internal\n    ovs_version: "3.1.0"\n`;

const FAILED = {
  provision_state: 'deploy failed',
  target_provision_state: 'active',
  last_error: `Failed to prepare to deploy: Failed to create neutron ports for node's ${NODE} ports [${PORT}].`,
};
const UNBOUND = neutronPort({ status: 'DOWN', 'binding:vif_type': 'binding_failed' });

const BROKEN: Session = {
  node: node(FAILED),
  port: port({ internal_info: {} }),
  neutronPorts: [UNBOUND],
  agent: agent(false),
};
const LACKING: Session = { node: node(FAILED), port: port({ internal_info: {} }), neutronPorts: [UNBOUND] };
const HEALTHY: Session = {
  node: node({}),
  port: port(),
  neutronPorts: [neutronPort()],
  agent: agent(true),
  bridge: bridge(3),
};
const LEFT: Session = {
  node: node({ provision_state: 'available', power_state: 'power off' }),
  port: port({ internal_info: {} }),
  neutronPorts: [],
  agent: agent(true),
  bridge: bridge(7),
};

/** `openstack ... -f json` and `ovs-vsctl show`, one file a command. */
const asFiles = (folder: string, { node: one, port: own, neutronPorts, agent: on, bridge: shown }: Session): void => {
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  write('node.json', JSON.stringify(one, undefined, 2));
  write('baremetal-ports.json', JSON.stringify([own], undefined, 2));
  if (neutronPorts !== undefined)
    write('neutron-ports.json', JSON.stringify(neutronPorts.length === 0 ? { ports: [] } : neutronPorts, undefined, 2));
  if (on !== undefined) write('agents.json', JSON.stringify([on], undefined, 2));
  if (shown !== undefined) write(`${CARD}/ovs-vsctl-show.txt`, shown);
};

const cell = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : value === null
      ? 'None'
      : typeof value === 'boolean'
        ? value
          ? 'True'
          : 'False'
        : JSON.stringify(value);

const table = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_head, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, at) => text.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const [head = [], ...rest] = rows;
  return [rule, line(head), rule, ...rest.map(line), rule, ''].join('\n');
};

const shownAs = (fields: Fields): string =>
  table([['Field', 'Value'], ...Object.entries(fields).map(([key, value]) => [key, cell(value)])]);

/** One session, pasted into one file with its prompts and tables. */
const asPaste = (folder: string, { node: one, port: own, neutronPorts, agent: on, bridge: shown }: Session): void => {
  const flat = (fields: Fields): Fields =>
    Object.fromEntries(Object.entries(fields).map(([key, value]) => [key.replace('binding:', 'binding_'), value]));
  writeFileSync(
    path.join(folder, 'session.txt'),
    [
      `[admin@ctl ~]$ openstack baremetal node show bm-1\n${shownAs(one)}`,
      `[admin@ctl ~]$ openstack baremetal port show ${PORT}\n${shownAs(own)}`,
      ...(neutronPorts === undefined
        ? []
        : neutronPorts.length === 0
          ? [`[admin@ctl ~]$ openstack port list --device-id ${NODE}\n`]
          : neutronPorts.map((each) => `[admin@ctl ~]$ openstack port show ${VIF}\n${shownAs(flat(each))}`)),
      ...(on === undefined
        ? []
        : [
            `[admin@ctl ~]$ openstack network agent list\n${table([
              ['ID', 'Agent Type', 'Host', 'Availability Zone', 'Alive', 'State', 'Binary'],
              [
                '1',
                'Open vSwitch agent',
                CARD,
                'None',
                on['alive'] === true ? ':-)' : 'XXX',
                'UP',
                'neutron-openvswitch-agent',
              ],
            ])}`,
          ]),
      ...(shown === undefined ? [] : [`[root@${CARD} ~]# ovs-vsctl show\n${shown}`]),
    ].join('\n'),
  );
};

const LAYOUTS = { 'files of the client': asFiles, 'a pasted session': asPaste };

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'nicwright-founding-bm-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe.each(Object.entries(LAYOUTS))('smart NICs on bare metal, as %s', (layout, write) => {
  const reportOf = async (name: string, session: Session): Promise<Report> => {
    const folder = path.join(scratch, `${layout.replaceAll(' ', '-')}-${name}`);
    mkdirSync(folder);
    write(folder, session);
    const snapshot = await loadDump([folder]);
    if (!snapshot.ok) throw new Error(snapshot.fault.message);
    return diagnose(snapshot.value, ALL_RULES, { readYaml });
  };

  test('the agent of the card is dead: that is the cause, and the failed deployment follows (003-38, 003-46)', async () => {
    const { problems, symptoms } = await reportOf('broken', BROKEN);
    expect(problems.map(({ rule }) => rule)).toEqual(['agent-dead-at-binding']);
    expect(symptoms).toEqual([]);
    expect(problems[0]?.nodes).toEqual(['bm-1']);
    expect(problems[0]?.consequences.map(({ rule }) => rule)).toEqual(['node-not-provisioned']);
    expect(problems[0]?.evidence.some(({ excerpt }) => /XXX|"alive": false/.test(excerpt))).toBe(true);
  });

  test('without the list of agents: nothing is asserted, and the agents are asked for', async () => {
    const { problems, symptoms } = await reportOf('lacking', LACKING);
    expect(problems).toEqual([]);
    expect(symptoms.map(({ rule }) => rule)).toEqual(['node-not-provisioned']);
    expect(symptoms[0]?.lacks.map(({ settle }) => settle)).toContain('openstack network agent list -f json');
    expect(symptoms[0]?.candidates.map(({ rule }) => rule)).toContain('agent-dead-at-binding');
  });

  test('well: nothing is found', async () => {
    const { problems, symptoms, clear } = await reportOf('healthy', HEALTHY);
    expect([...problems, ...symptoms].map(({ rule }) => rule)).toEqual([]);
    expect(clear.map(({ rule }) => rule)).toContain('node-not-provisioned');
  });

  test('a port of an earlier tenant is still in the bridge, with its VLAN (003-44, 003-49, 003-56)', async () => {
    const { problems, symptoms } = await reportOf('left', LEFT);
    expect([...problems, ...symptoms].map(({ rule }) => rule)).toEqual(['port-left-behind']);
    expect(problems[0]?.summary).toContain('with VLAN tag 7 it still reaches its old network');
    expect(problems[0]?.remedy[0]?.command).toContain('ovs-vsctl --if-exists del-port br-int pf0hpf');
  });
});
