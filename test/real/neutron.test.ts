/**
 * Our binding bodies in a real Neutron with the real OVS agent of a smart NIC, and what real Ironic sends beside them.
 * The three states that `baremetal explain` is shown on are made here; with NICWRIGHT_RECORD=1 they are written to
 * examples/bare-metal. Needs root: the agent changes a switch. Requirements 003-12, 003-45, 003-46, 003-48 to 003-53.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dig, digText } from '../../src/core/model/dig.ts';
import { DEAD_VLAN, externalIds, unplugEffect } from '../../src/core/smartnic/agent-plug.ts';
import type { BareMetalPort } from '../../src/core/smartnic/bare-metal-port.ts';
import { explainNode, type Explanation } from '../../src/core/smartnic/explain/explain-node.ts';
import { bindBody, createBody, tenantPlugBody } from '../../src/core/smartnic/neutron-body.ts';
import { judgeBinding } from '../../src/core/smartnic/neutron-bind.ts';
import { IRONIC_PRACTICE, OUR_PRACTICE } from '../../src/core/smartnic/practice.ts';
import { readBareMetal } from '../../src/core/smartnic/readers/read-bare-metal.ts';
import { readOvsListText } from '../../src/core/smartnic/readers/read-ovs.ts';
import { type Ironic, startIronic } from './openstack/ironic.ts';
import { type Neutron, startNeutron } from './openstack/neutron.ts';
import { realPart } from './real-parts.ts';

const parts = [realPart('neutron-rpc-server'), realPart('ironic')];
const isRoot = process.getuid?.() === 0;
const absent = parts.find((part) => part.absent);
const title = (text: string): string =>
  !isRoot ? `${text} (skipped: needs root)` : absent === undefined ? text : absent.title(text);

const EXAMPLES = path.join(import.meta.dirname, '../../examples/bare-metal');
const NODE = 'bm-1';
const HOST = 'bf2-node1';

describe.skipIf(absent !== undefined || !isRoot)(title('a smart NIC port in a real Neutron'), () => {
  let neutron: Neutron;
  let ironic: Ironic;
  let folder = '';
  let nodeUuid = '';
  let network = '';
  let vif = '';

  const port: BareMetalPort = {
    id: 'p1',
    address: '52:54:00:dd:00:01',
    isSmartNic: true,
    link: { hostname: HOST, port_id: 'pf0hpf' },
  };

  const neutronPort = async (id: string): Promise<unknown> =>
    dig((await neutron.call('GET', `/v2.0/ports/${id}`)).body, 'port');
  const active = (id: string): Promise<unknown> =>
    neutron.until(`port ${id} ACTIVE`, async () => {
      const seen = await neutronPort(id);
      return digText(seen, 'status') === 'ACTIVE' ? seen : undefined;
    });
  const interfaceRow = (name: string) => readOvsListText(neutron.ovs.vsctl('list', 'interface', name))[0];
  const isPlugged = (name: string): boolean => neutron.ovs.vsctl('list-ports', 'br-int').split('\n').includes(name);
  const tagOf = (name: string): string => neutron.ovs.vsctl('get', 'port', name, 'tag').trim();

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'nicwright-neutron-'));
    mkdirSync(path.join(folder, 'ironic'));
    neutron = await startNeutron(path.join(folder, 'neutron'), HOST);
    for (const [name, cidr] of [
      ['prov', '10.1.0.0/24'],
      ['tenant', '10.2.0.0/24'],
    ]) {
      const made = await neutron.create('/v2.0/networks', { network: { name } });
      network = digText(made, 'network', 'id') ?? '';
      await neutron.create('/v2.0/subnets', { subnet: { network_id: network, ip_version: 4, cidr } });
    }
    ironic = await startIronic(path.join(folder, 'ironic'), { neutron: neutron.endpoint });
    const made = await ironic.call('POST', '/v1/nodes', '1.95', {
      name: NODE,
      driver: 'fake-hardware',
      network_interface: 'neutron',
      deploy_interface: 'direct',
    });
    nodeUuid = digText(made.body, 'uuid') ?? '';
    await ironic.call('POST', '/v1/ports', '1.95', {
      node_uuid: nodeUuid,
      address: '52:54:00:dd:00:02',
      is_smartnic: true,
      local_link_connection: { hostname: HOST, port_id: 'pf1hpf' },
    });
  }, 400_000);
  afterAll(async () => {
    await ironic?.stop();
    await neutron?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('003-12, 003-46: our bodies bind, and the interface is in br-int as the room says', async () => {
    const context = { nodeUuid, networkId: network };
    const created = await neutron.create('/v2.0/ports', { port: createBody(port, context) });
    const id = digText(created, 'port', 'id') ?? '';
    const bound = await neutron.until('the binding', async () => {
      const answer = await neutron.call('PUT', `/v2.0/ports/${id}`, { port: bindBody(port, context) });
      return answer.status < 500 ? answer : undefined;
    });
    const verdict = judgeBinding('smart-nic', { alive: true, baremetalSmartNic: true }, undefined);
    expect([bound.status, digText(bound.body, 'port', 'binding:vif_type')]).toEqual([verdict.http, verdict.vifType]);
    await active(id);
    const row = interfaceRow('pf0hpf');
    const expected = externalIds(
      { neutronPortId: id, address: port.address ?? '', deviceId: nodeUuid, nodeUuid },
      IRONIC_PRACTICE,
    );
    expect(row?.externalIds).toEqual(expected);
    expect(row?.ofport).toBeGreaterThan(0);

    // What upstream leaves behind when the port is deleted, and what ours has to prove.
    await neutron.until('the delete', async () => {
      const { status } = await neutron.call('DELETE', `/v2.0/ports/${id}`);
      return status < 500 ? true : undefined;
    });
    expect((await neutron.call('GET', `/v2.0/ports/${id}`)).status).toBe(404);
    await neutron.until('the dead VLAN', () =>
      Promise.resolve(tagOf('pf0hpf') === String(DEAD_VLAN) ? true : undefined),
    );
    const effect = unplugEffect(true, IRONIC_PRACTICE);
    expect([isPlugged('pf0hpf') ? 'still present' : 'absent', Number(tagOf('pf0hpf'))]).toEqual([
      effect.bridgePort,
      effect.tag,
    ]);
    neutron.ovs.vsctl('--if-exists', 'del-port', 'br-int', 'pf0hpf');
  });

  test('003-45: an unknown vnic type is refused in the words that the room says', async () => {
    const answer = await neutron.call('POST', '/v2.0/ports', {
      port: { network_id: network, 'binding:vnic_type': 'smartnic' },
    });
    const verdict = judgeBinding('smartnic', undefined, undefined);
    expect(answer.status).toBe(verdict.http);
    expect(digText(answer.body, 'NeutronError', 'message')).toContain('smartnic is not in valid_values');
    expect(verdict.message).toContain('smartnic is not in valid_values');
  });

  test('a host without an agent: binding_failed with HTTP 200', async () => {
    const created = await neutron.create('/v2.0/ports', {
      port: { network_id: network, 'binding:vnic_type': 'smart-nic', 'binding:host_id': 'nobody' },
    });
    const verdict = judgeBinding('smart-nic', undefined, undefined);
    expect(digText(created, 'port', 'binding:vif_type')).toBe(verdict.vifType);
    await neutron.call('DELETE', `/v2.0/ports/${digText(created, 'port', 'id') ?? ''}`);
  });

  const recording = process.env['NICWRIGHT_RECORD'] === '1';

  /** The same from the APIs themselves: the clients take two seconds a call. */
  const collectFromApis = async (): Promise<Readonly<Record<string, string>>> => {
    const text = (value: unknown): string => JSON.stringify(value);
    return {
      'node.json': text((await ironic.call('GET', `/v1/nodes/${NODE}`, '1.95')).body),
      'ports.json': text((await ironic.call('GET', '/v1/ports/detail', '1.95')).body),
      'agents.json': text((await neutron.call('GET', '/v2.0/agents')).body),
      'neutron-ports.json': text((await neutron.call('GET', '/v2.0/ports')).body),
      [`${HOST}/show.txt`]: neutron.ovs.vsctl('show'),
      [`${HOST}/interfaces.json`]: neutron.ovs.vsctl('--format=json', 'list', 'Interface'),
    };
  };

  /** What a person would collect, as the clients print it. */
  const collectFromClients = (): Readonly<Record<string, string>> => {
    const openstack = (...args: readonly string[]): string =>
      ironic.client('openstack', '--os-endpoint', neutron.endpoint, ...args, '-f', 'json');
    const agents = JSON.parse(openstack('network', 'agent', 'list')) as readonly { readonly ID: string }[];
    const ports = JSON.parse(openstack('port', 'list')) as readonly { readonly ID: string }[];
    return {
      'baremetal-node-show.json': ironic.client('openstack', 'baremetal', 'node', 'show', NODE, '-f', 'json'),
      'baremetal-port-list.json': ironic.client(
        'openstack',
        'baremetal',
        'port',
        'list',
        '--node',
        NODE,
        '--long',
        '-f',
        'json',
      ),
      'network-agent-list.json': openstack('network', 'agent', 'list'),
      ...(agents[0] === undefined
        ? {}
        : { 'network-agent-show.json': openstack('network', 'agent', 'show', agents[0].ID) }),
      'port-list.json': openstack('port', 'list'),
      ...(ports[0] === undefined ? {} : { 'port-show.json': openstack('port', 'show', ports[0].ID) }),
      [`${HOST}/ovs-vsctl-show.txt`]: neutron.ovs.vsctl('show'),
      [`${HOST}/ovs-vsctl-list-interface.txt`]: neutron.ovs.vsctl('list', 'interface'),
    };
  };

  const explain = (files: Readonly<Record<string, string>>): Explanation => {
    const texts = Object.entries(files).map(([source, text]) => ({ kind: 'host' as const, text, origin: { source } }));
    const explained = explainNode(
      NODE,
      readBareMetal(texts, () => []),
      { practice: OUR_PRACTICE },
    );
    if (!explained.ok) throw new Error(explained.fault.message);
    return explained.value;
  };

  const record = (state: string): void => {
    const files = collectFromClients();
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(EXAMPLES, state, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  };

  test('well: real Ironic attaches a VIF, sends our body, and the node is proved wired', async () => {
    await ironic.call('PUT', `/v1/nodes/${NODE}/states/provision`, '1.95', { target: 'manage' });
    await neutron.until('manageable', async () => {
      const { body } = await ironic.call('GET', `/v1/nodes/${NODE}`, '1.95');
      return digText(body, 'provision_state') === 'manageable' ? true : undefined;
    });
    await ironic.call('PUT', `/v1/nodes/${NODE}/states/power`, '1.95', { target: 'power on' });
    await neutron.until('power on', async () => {
      const { body } = await ironic.call('GET', `/v1/nodes/${NODE}`, '1.95');
      return digText(body, 'power_state') === 'power on' && dig(body, 'reservation') === null ? true : undefined;
    });
    ironic.sql("UPDATE nodes SET provision_state='active'");
    const tenant = await neutron.create('/v2.0/ports', { port: { network_id: network, name: 'tenant' } });
    vif = digText(tenant, 'port', 'id') ?? '';
    await neutron.until('the VIF attached', async () => {
      const attached = await ironic.call('POST', `/v1/nodes/${NODE}/vifs`, '1.95', { id: vif });
      if (attached.status === 204) return true;
      await ironic.call('DELETE', `/v1/nodes/${NODE}/vifs/${vif}`, '1.95');
      return undefined;
    });
    const bound = await active(vif);
    const ours = tenantPlugBody(
      { ...port, address: '52:54:00:dd:00:02', link: { hostname: HOST, port_id: 'pf1hpf' } },
      { nodeUuid },
    );
    for (const [key, value] of Object.entries(ours)) expect([key, dig(bound, key)]).toEqual([key, value]);
    if (recording) record('well');
    // Both forms of the same facts, read alike.
    expect(explain(await collectFromApis()).ports).toEqual(explain(collectFromClients()).ports);
    const { findings, ports } = explain(await collectFromApis());
    expect(findings.filter(({ level }) => level === 'problem')).toEqual([]);
    expect(ports.map(({ standing }) => standing.wired)).toEqual(['proved']);
  }, 120_000);

  test('agent dead: it is said, and what stands is not called gone', async () => {
    await neutron.stopAgent();
    await neutron.until('the agent seen as dead', async () => {
      const { body } = await neutron.call('GET', `/v2.0/agents?host=${HOST}`);
      return dig(body, 'agents', 0, 'alive') === false ? true : undefined;
    });
    if (recording) record('agent-dead');
    expect(explain(await collectFromApis()).findings.map(({ id }) => id)).toContain('agent-not-alive');
    await neutron.startAgent();
  }, 180_000);

  test('port left behind: real Ironic detaches, Neutron unbinds, and the bridge keeps the port', async () => {
    await neutron.until('the VIF detached', async () => {
      const { status } = await ironic.call('DELETE', `/v1/nodes/${NODE}/vifs/${vif}`, '1.95');
      return status < 500 ? true : undefined;
    });
    ironic.sql("UPDATE nodes SET provision_state='available', power_state='power off'");
    await neutron.call('DELETE', `/v2.0/ports/${vif}`);
    await neutron.until('the dead VLAN', () =>
      Promise.resolve(tagOf('pf1hpf') === String(DEAD_VLAN) ? true : undefined),
    );
    if (recording) record('port-left-behind');
    expect(explain(await collectFromApis()).findings.map(({ id }) => id)).toContain('left-plugged');
    expect(readFileSync(neutron.agentLog, 'utf8')).toContain("Cannot load 'id' in the base class");
  }, 120_000);
});
