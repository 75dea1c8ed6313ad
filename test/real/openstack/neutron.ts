/**
 * A real Neutron (ML2/OVS, SQLite, no authentication) with its OVS agent in smart NIC mode, for one suite: the broker, the
 * switch, the API, the RPC server and the agent of a card named `host`. Ready in about 15 s.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder } from '../../../scripts/real-parts/cache-folder.ts';
import { venvFolder } from '../../../scripts/real-parts/python-venv.ts';
import { freePorts } from '../free-ports.ts';
import { configFile } from './config-file.ts';
import { type OvsSwitch, startSwitch } from './ovs-switch.ts';
import { startGroup, type ServerGroup } from './process-group.ts';
import { type Broker, startBroker } from './rabbitmq.ts';

export interface JsonAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Neutron {
  readonly endpoint: string;
  readonly host: string;
  readonly ovs: OvsSwitch;
  readonly call: (method: string, path: string, body?: unknown) => Promise<JsonAnswer>;
  /** POST that is repeated while the server fails: SQLite under several processes is locked now and then. */
  readonly create: (path: string, body: unknown) => Promise<Readonly<Record<string, unknown>>>;
  /** Waits until the answer of `look` is no longer undefined; at most `limitMs`. */
  readonly until: <T>(what: string, look: () => Promise<T | undefined>, limitMs?: number) => Promise<T>;
  readonly stopAgent: () => Promise<void>;
  readonly startAgent: () => Promise<void>;
  /** Lines of the agent's log that match. */
  readonly agentLog: string;
  readonly stop: () => Promise<void>;
}

export const AGENT_DOWN_TIME_S = 12;
const REPORT_INTERVAL_S = 4;

// A server without authentication knows no roles, and would refuse a port's mac_address and binding to everybody.
const POLICY = ['context_is_admin', 'admin_only', 'service_api']
  .map(
    (rule) => `"${rule}": "@"
`,
  )
  .join('');

const LAUNCHER = `import sys
port = int(sys.argv[1])
sys.argv = ['neutron-api']
from neutron.wsgi.api import application
import waitress
waitress.serve(application, host='127.0.0.1', port=port, threads=8)
`;

const SCHEMA = `import sys
import sqlalchemy as sa
from neutron.db.migration.models import head
head.get_metadata().create_all(sa.create_engine(sys.argv[1]))
`;

export const startNeutron = async (folder: string, host = 'bf2-node1'): Promise<Neutron> => {
  const venv = venvFolder(cacheFolder(), 'neutron');
  const program = (name: string): string => path.join(venv, 'bin', name);
  const file = (name: string): string => path.join(folder, name);
  for (const each of ['state', 'lock', 'bin']) mkdirSync(file(each), { recursive: true });
  const ports = await freePorts(6);
  const [api, ovsdb, openflow, amqp, dist, epmd] = ports as [number, number, number, number, number, number];
  // oslo.privsep starts its helpers by sudo, also for root.
  writeFileSync(file('bin/sudo'), '#!/bin/sh\nexec "$@"\n');
  chmodSync(file('bin/sudo'), 0o755);
  const env = {
    PATH: `${file('bin')}:${path.join(venv, 'bin')}:${process.env['PATH'] ?? ''}`,
    HOME: folder,
    PYTHONWARNINGS: 'ignore',
  };
  const ovs = await startSwitch(file('ovs'), ovsdb);
  const broker = await startBroker(file('rabbitmq'), [amqp, dist, epmd]);

  writeFileSync(file('launcher.py'), LAUNCHER);
  writeFileSync(file('schema.py'), SCHEMA);
  writeFileSync(file('neutron.conf'), serverConfig(folder, venv, broker, file('neutron.db')));
  writeFileSync(file('policy.yaml'), POLICY);
  writeFileSync(file('ml2.ini'), ML2);
  writeFileSync(file('agent.ini'), agentConfig(host, ovs, openflow));
  const url = `sqlite:///${file('neutron.db')}?timeout=60`;
  execFileSync(program('python'), [file('schema.py'), url], { env: { ...process.env, ...env }, timeout: 60_000 });
  // Several processes write to it; without this log they lock each other out.
  const database = new DatabaseSync(file('neutron.db'));
  database.exec('PRAGMA journal_mode=WAL');
  database.close();
  const configs = ['--config-file', file('neutron.conf'), '--config-file', file('ml2.ini')];
  execFileSync(program('neutron-db-manage'), [...configs, 'stamp', 'heads'], {
    env: { ...process.env, ...env },
    timeout: 60_000,
    stdio: 'ignore',
  });

  const endpoint = `http://127.0.0.1:${api}`;
  const call = async (method: string, where: string, body?: unknown): Promise<JsonAnswer> => {
    const answer = await fetch(`${endpoint}${where}`, {
      method,
      // A kept connection may be closed by the server just when it is used again.
      headers: { 'Content-Type': 'application/json', Connection: 'close' },
      signal: AbortSignal.timeout(60_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    // A failure inside the server is answered with a page of HTML.
    const read = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { text };
    return { status: answer.status, body: read };
  };
  const until: Neutron['until'] = async (what, look, limitMs = 90_000) => {
    const end = performance.now() + limitMs;
    while (performance.now() < end) {
      const seen = await look();
      if (seen !== undefined) return seen;
      await sleep(200);
    }
    throw new Error(`${what}: not seen within ${limitMs / 1000} s`);
  };
  const children: ServerGroup[] = [];
  const start = (name: string, args: readonly string[], extra: Readonly<Record<string, string>> = {}): ServerGroup =>
    startGroup(program(name), args, file(`${name}.log`), { ...env, ...ovs.env, ...extra });

  // The API first and alone: it and the RPC server would write the same rows at once.
  const apiChild = start('python', [file('launcher.py'), String(api)], {
    OS_NEUTRON_CONFIG_DIR: folder,
    OS_NEUTRON_CONFIG_FILES: 'neutron.conf;ml2.ini',
  });
  children.push(apiChild);
  await apiChild.ready(() =>
    call('GET', '/').then(
      () => true,
      () => false,
    ),
  );
  children.push(start('neutron-rpc-server', configs));
  let agent: ServerGroup | undefined;
  const startAgent = async (): Promise<void> => {
    agent = start('neutron-openvswitch-agent', [
      '--config-file',
      file('neutron.conf'),
      '--config-file',
      file('agent.ini'),
    ]);
    await agent.ready(async () => {
      const { body } = await call('GET', `/v2.0/agents?host=${host}`);
      return JSON.stringify(body).includes('"alive": true') || JSON.stringify(body).includes('"alive":true');
    });
  };
  const stopAgent = async (): Promise<void> => {
    await agent?.kill();
    agent = undefined;
  };
  await startAgent();
  return {
    endpoint,
    host,
    ovs,
    call,
    create: (where, body) =>
      until(`POST ${where}`, async () => {
        const answer = await call('POST', where, body);
        return answer.status === 201 ? answer.body : undefined;
      }),
    until,
    startAgent,
    stopAgent,
    agentLog: file('neutron-openvswitch-agent.log'),
    stop: async () => {
      await stopAgent();
      for (const child of children.toReversed()) await child.kill();
      await ovs.stop();
      await broker.stop();
    },
  };
};

const serverConfig = (folder: string, venv: string, broker: Broker, database: string): string =>
  configFile({
    DEFAULT: {
      core_plugin: 'ml2',
      service_plugins: '',
      auth_strategy: 'noauth',
      transport_url: broker.url,
      state_path: path.join(folder, 'state'),
      rpc_workers: 1,
      notify_nova_on_port_status_changes: 'false',
      notify_nova_on_port_data_changes: 'false',
      dhcp_agent_notification: 'false',
      agent_down_time: AGENT_DOWN_TIME_S,
      api_paste_config: path.join(venv, 'etc/neutron/api-paste.ini'),
    },
    database: { connection: `sqlite:///${database}?timeout=60` },
    oslo_policy: { policy_file: path.join(folder, 'policy.yaml') },
    oslo_concurrency: { lock_path: path.join(folder, 'lock') },
    agent: { report_interval: REPORT_INTERVAL_S, root_helper: '' },
  });

const ML2 = configFile({
  ml2: {
    type_drivers: 'local,flat,vlan,vxlan',
    tenant_network_types: 'vxlan',
    mechanism_drivers: 'openvswitch',
    extension_drivers: 'port_security',
  },
  ml2_type_vxlan: { vni_ranges: '1:100' },
  ml2_type_flat: { flat_networks: '*' },
  securitygroup: { enable_security_group: 'true' },
});

const agentConfig = (host: string, ovs: OvsSwitch, openflowPort: number): string =>
  configFile({
    DEFAULT: { host },
    ovs: {
      integration_bridge: 'br-int',
      tunnel_bridge: 'br-tun',
      local_ip: '127.0.0.1',
      datapath_type: 'system',
      ovsdb_connection: ovs.db,
      of_listen_address: '127.0.0.1',
      of_listen_port: openflowPort,
    },
    agent: { tunnel_types: 'vxlan', baremetal_smartnic: 'true', root_helper: '', report_interval: REPORT_INTERVAL_S },
    securitygroup: { firewall_driver: 'openvswitch' },
    // os-vif talks to the switch by itself, and would look for it at 6640.
    os_vif_ovs: { ovsdb_connection: ovs.db },
  });
