/**
 * A real Open vSwitch for one suite: ovsdb-server and ovs-vswitchd in their own folder, with the dummy data path, so that
 * neither the kernel's module nor a network name space is needed. Any interface name becomes a port with an ofport.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { startGroup, type ServerGroup } from './process-group.ts';

export interface OvsSwitch {
  /** `tcp:127.0.0.1:PORT`. */
  readonly db: string;
  /** What makes programs that ask for no address find this switch. */
  readonly env: Readonly<Record<string, string>>;
  readonly vsctl: (...args: readonly string[]) => string;
  readonly stop: () => Promise<void>;
}

const SCHEMA = '/usr/share/openvswitch/vswitch.ovsschema';

export const startSwitch = async (folder: string, port: number): Promise<OvsSwitch> => {
  mkdirSync(folder, { recursive: true });
  const file = (name: string): string => path.join(folder, name);
  const env = { OVS_RUNDIR: folder, OVS_DBDIR: folder, OVS_LOGDIR: folder };
  execFileSync('ovsdb-tool', ['create', file('conf.db'), SCHEMA], { timeout: 30_000 });
  const socket = `unix:${file('db.sock')}`;
  const db = `tcp:127.0.0.1:${port}`;
  const vsctl = (...args: readonly string[]): string =>
    execFileSync('ovs-vsctl', [`--db=${db}`, '--timeout=20', ...args], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
      timeout: 30_000,
    });
  const works = (...args: readonly string[]): boolean => {
    try {
      vsctl(...args);
      return true;
    } catch {
      return false;
    }
  };
  const children: ServerGroup[] = [];
  const start = (name: string, args: readonly string[]): ServerGroup => {
    const child = startGroup(name, args, file(`${name}.log`), env);
    children.push(child);
    return child;
  };
  const remotes = [`--remote=p${socket}`, `--remote=p${db.replace('127.0.0.1:', '')}:127.0.0.1`];
  const server = start('ovsdb-server', [file('conf.db'), ...remotes, `--unixctl=${file('ovsdb-server.ctl')}`]);
  await server.ready(() => Promise.resolve(existsSync(file('db.sock')) && works('--no-wait', 'init')));
  // As `system`, since os-vif sets that type on the bridge whenever it plugs a port.
  const flags = ['--enable-dummy=system', `--unixctl=${file('ovs-vswitchd.ctl')}`];
  await start('ovs-vswitchd', [socket, ...flags]).ready(() =>
    Promise.resolve(works('get', 'Open_vSwitch', '.', 'cur_cfg')),
  );
  return {
    db,
    env,
    vsctl,
    stop: async () => {
      for (const child of children.toReversed()) await child.kill();
    },
  };
};
