/**
 * A real Ironic (API and conductor in one process, SQLite, no authentication, fake hardware) for one suite. Ready in
 * about 6 s. A node is put into a state by writing to the database: what is asked is how Ironic answers in that state.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { cacheFolder } from '../../../scripts/real-parts/cache-folder.ts';
import { venvFolder } from '../../../scripts/real-parts/python-venv.ts';
import { freePorts } from '../free-ports.ts';
import { configFile } from './config-file.ts';
import { startGroup } from './process-group.ts';

export interface IronicAnswer {
  readonly status: number;
  readonly body: unknown;
  /** The sentence inside Ironic's doubly encoded error body. */
  readonly message?: string;
}

export interface Ironic {
  readonly endpoint: string;
  /** `version` is what stands in the version header: `1.82`. */
  readonly call: (method: string, path: string, version: string, body?: unknown) => Promise<IronicAnswer>;
  /** Runs SQL on Ironic's database. */
  readonly sql: (statement: string, ...values: readonly (string | number | null)[]) => void;
  /** `openstack` or `baremetal` with these arguments; answers its stdout. */
  readonly client: (program: 'openstack' | 'baremetal', ...args: readonly string[]) => string;
  readonly stop: () => Promise<void>;
}

export interface IronicOptions {
  /** Endpoint of a Neutron; without it nodes have network interface noop. */
  readonly neutron?: string;
}

const NOTHING_ENABLED = {
  enabled_hardware_types: 'fake-hardware',
  enabled_boot_interfaces: 'fake',
  enabled_deploy_interfaces: 'fake,direct',
  enabled_management_interfaces: 'fake',
  enabled_power_interfaces: 'fake',
  enabled_bios_interfaces: 'fake',
  enabled_inspect_interfaces: 'no-inspect,fake',
  enabled_console_interfaces: 'no-console',
  enabled_raid_interfaces: 'no-raid',
  enabled_rescue_interfaces: 'no-rescue',
  enabled_storage_interfaces: 'noop',
  enabled_vendor_interfaces: 'no-vendor',
  enabled_firmware_interfaces: 'no-firmware',
};

const errorSentence = (body: unknown): string | undefined => {
  const text = (body as { error_message?: unknown } | null)?.error_message;
  if (typeof text !== 'string') return undefined;
  try {
    const inner = JSON.parse(text) as { faultstring?: string; description?: string };
    return inner.faultstring ?? inner.description;
  } catch {
    return text;
  }
};

export const startIronic = async (folder: string, options: IronicOptions = {}): Promise<Ironic> => {
  const venv = venvFolder(cacheFolder(), 'openstack');
  const program = (name: string): string => path.join(venv, 'bin', name);
  const file = (name: string): string => path.join(folder, name);
  for (const each of ['state', 'lock', 'tftp', 'home']) mkdirSync(file(each), { recursive: true });
  const [port] = (await freePorts(1)) as [number];
  const networks = ['cleaning', 'provisioning', 'inspection', 'rescuing', 'servicing'];
  writeFileSync(
    file('ironic.conf'),
    configFile({
      DEFAULT: {
        auth_strategy: 'noauth',
        rpc_transport: 'none',
        host: '127.0.0.1',
        state_path: file('state'),
        ...NOTHING_ENABLED,
        enabled_network_interfaces: options.neutron === undefined ? 'noop,flat' : 'noop,neutron',
        default_network_interface: 'noop',
      },
      api: { host_ip: '127.0.0.1', port },
      database: { connection: `sqlite:///${file('ironic.db')}?timeout=60` },
      agent: { neutron_agent_status_retry_interval: 1, neutron_agent_max_attempts: 40 },
      conductor: { deploy_url_check: 'false', automated_clean: 'false' },
      dhcp: { dhcp_provider: 'none' },
      oslo_messaging_notifications: { driver: 'noop' },
      oslo_concurrency: { lock_path: file('lock') },
      sensor_data: { send_sensor_data: 'false' },
      pxe: { tftp_root: file('tftp') },
      ...(options.neutron === undefined
        ? {}
        : {
            neutron: {
              auth_type: 'none',
              endpoint_override: options.neutron,
              ...Object.fromEntries(networks.map((name) => [`${name}_network`, 'prov'])),
            },
          }),
    }),
  );
  const configs = ['--config-file', file('ironic.conf')];
  const env = { HOME: file('home'), PYTHONWARNINGS: 'ignore' };
  execFileSync(program('ironic-dbsync'), [...configs, 'create_schema'], {
    env: { ...process.env, ...env },
    timeout: 120_000,
    stdio: 'ignore',
  });
  const database = new DatabaseSync(file('ironic.db'));
  database.exec('PRAGMA journal_mode=WAL; PRAGMA busy_timeout=20000');
  const endpoint = `http://127.0.0.1:${port}`;
  const call: Ironic['call'] = async (method, where, version, body) => {
    const answer = await fetch(`${endpoint}${where}`, {
      method,
      // A kept connection may be closed by the server just when it is used again.
      headers: {
        'Content-Type': 'application/json',
        Connection: 'close',
        'X-OpenStack-Ironic-API-Version': version,
      },
      signal: AbortSignal.timeout(60_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const read = text === '' ? undefined : (JSON.parse(text) as unknown);
    const message = answer.ok ? undefined : errorSentence(read);
    return { status: answer.status, body: read, ...(message === undefined ? {} : { message }) };
  };
  const server = startGroup(program('ironic'), configs, file('ironic.log'), env);
  const hasDriver = async (): Promise<boolean> => {
    const answer = await call('GET', '/v1/drivers', '1.82').catch(() => undefined);
    return JSON.stringify(answer?.body ?? '').includes('fake-hardware');
  };
  await server.ready(hasDriver, 90_000);
  return {
    endpoint,
    call,
    sql: (statement, ...values) => {
      database.prepare(statement).run(...values);
    },
    client: (name, ...args) =>
      execFileSync(program(name), args, {
        encoding: 'utf8',
        timeout: 120_000,
        env: {
          ...process.env,
          ...env,
          OS_AUTH_TYPE: 'none',
          OS_ENDPOINT: endpoint,
        },
      }),
    stop: async () => {
      database.close();
      await server.kill();
    },
  };
};
