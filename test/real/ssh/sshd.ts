/**
 * One sshd on 127.0.0.1, run as whoever runs the tests: keys of its own, and a PATH of tools that are scripts. What is asked of
 * the tools stands in files, so that a test can tell what arrived.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import type { SshHost } from '../../../src/adapters/host-tools/ssh-host.ts';
import { startChild, type Child } from '../child.ts';
import { freePorts } from '../free-ports.ts';

const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
const find = (program: string): string | undefined =>
  folders.map((folder) => path.join(folder, program)).find((file) => existsSync(file));

/** Why there is nothing to test against; absent: all is there. */
export const sshLacks = (): string | undefined => {
  const missing = ['sshd', 'ssh', 'ssh-keygen'].filter((program) => find(program) === undefined);
  if (missing.length === 0) return undefined;
  const reason = `no ${missing.join(', ')}; npm run setup:real -- ssh installs OpenSSH`;
  if (process.env['NICWRIGHT_REQUIRE_REAL'] === '1') throw new Error(`NICWRIGHT_REQUIRE_REAL=1: ${reason}`);
  return reason;
};

export const PCI = '0000:18:00.0';

/** Like mstconfig for one card with one setting; each call's arguments are kept, one call a file. */
const MSTCONFIG = `#!/bin/sh
here="$(dirname "$0")/.."
printf '%s\\0' "$@" > "$here/mstconfig.args"
case "$2" in
  ${PCI}) ;;
  flood) head -c 3000000 /dev/zero | tr '\\0' x; exit 3;;
  hang) sleep 300 & echo $! > "$here/hang.pid"; wait;;
  *) echo "-E- Failed to open the device" >&2; exit 3;;
esac
case "$4" in
  q) echo "Configurations:  Default  Current  Next Boot"; echo "  NUM_OF_VFS  0  0  $(cat "$here/next")";;
  set) case "$5" in NUM_OF_VFS=*[!0-9]*) echo "-E- bad value" >&2; exit 1;; NUM_OF_VFS=*) echo "\${5#*=}" > "$here/next";; esac;;
esac
`;

/** Takes the connection away, as a host does that goes down: the shell's parent is the session's process. */
const SYSTEMCTL = `#!/bin/sh
printf '%s\\n' "$*" >> "$(dirname "$0")/../systemctl.calls"
kill -9 "$PPID"
sleep 2
`;

const SUDO = `#!/bin/sh
[ -e "$(dirname "$0")/../sudo-refuses" ] && { echo "sudo: a password is required" >&2; exit 1; }
[ "$1 $2" = "-n --" ] || exit 9
shift 2
exec "$@"
`;

export interface Sshd {
  readonly folder: string;
  readonly port: number;
  readonly host: SshHost;
  readonly child: Child;
  readonly file: (name: string) => string;
  readonly read: (name: string) => string;
  /** Another key pair, which nobody knows. */
  readonly newKey: (name: string) => string;
  readonly stop: () => Promise<void>;
}

const answersAt = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
    socket.setTimeout(2_000, () => {
      socket.destroy();
      resolve(false);
    });
  });

export const startSshd = async (): Promise<Sshd> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nicwright-sshd-'));
  const file = (name: string): string => path.join(folder, name);
  const newKey = (name: string): string => {
    const made = spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file(name)]);
    if (made.status !== 0) throw new Error(`ssh-keygen: ${made.stderr.toString()}`);
    return file(name);
  };
  mkdirSync(file('bin'));
  for (const [name, text] of Object.entries({ mstconfig: MSTCONFIG, systemctl: SYSTEMCTL, sudo: SUDO }))
    writeFileSync(file(`bin/${name}`), text, { mode: 0o755 });
  writeFileSync(file('next'), '0\n');
  newKey('host-key');
  newKey('id');
  const [port = 0] = await freePorts(1);
  const hostKey = readFileSync(file('host-key.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
  writeFileSync(file('known_hosts'), `[127.0.0.1]:${port} ${hostKey}\n`);
  writeFileSync(
    file('config'),
    [
      `ListenAddress 127.0.0.1:${port}`,
      `HostKey ${file('host-key')}`,
      `AuthorizedKeysFile ${file('id.pub')}`,
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      `SetEnv PATH=${file('bin')}:/usr/bin:/bin`,
      '',
    ].join('\n'),
  );
  // Where it runs as root it wants an empty folder for the part without rights.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const child = startChild('sshd', find('sshd') ?? 'sshd', ['-D', '-e', '-f', file('config')], {
    logFile: file('log'),
  });
  await child.ready(() => answersAt(port), 20_000);
  return {
    folder,
    port,
    host: {
      address: '127.0.0.1',
      port,
      user: userInfo().username,
      identityFile: file('id'),
      knownHostsFile: file('known_hosts'),
      sudo: false,
    },
    child,
    file,
    read: (name) => readFileSync(file(name), 'utf8'),
    newKey,
    stop: async () => {
      await child.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
