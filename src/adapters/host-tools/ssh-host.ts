/**
 * HostTools and HostChanges of one host by the system's ssh client: its keys, agents, jump hosts and known hosts are the
 * user's, and a changed host key is found by the program that everybody trusts for it. Never a password, never a question.
 */
import { hostCommand } from '../../core/model/host-question.ts';
import type { Signal } from '../../core/ports/clock.ts';
import type { SshLogin } from '../../core/ports/host-access.ts';
import { changeCommand, type HostChanges } from '../../core/ports/host-changes.ts';
import type { HostTools } from '../../core/ports/host-tools.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { runProgram, type ProgramOutput } from '../program/run-program.ts';
import { quoteForShell } from './quote-for-shell.ts';
import { isDropped, sshFailure } from './ssh-failure.ts';

export interface SshLimits {
  readonly connectSeconds: number;
  readonly commandMs: number;
  readonly maxBytes: number;
}

export const SSH_LIMITS: SshLimits = { connectSeconds: 10, commandMs: 60_000, maxBytes: 1_000_000 };

export type SshHost = Omit<SshLogin, 'addresses'> & { readonly address: string };

/** No option, no user, no port in front of it can be hidden in an address, nor an option in a user. */
const ADDRESS = /^[A-Za-z0-9][A-Za-z0-9_.:-]*$/;
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.@\\-]*$/;
/** ssh would expand the first two, and cannot read the third. */
const NOT_IN_PATHS = /[$"\n]/;

const FIXED: readonly string[] = [
  'BatchMode=yes',
  'StrictHostKeyChecking=yes',
  'UpdateHostKeys=no',
  'PreferredAuthentications=publickey',
  'PasswordAuthentication=no',
  'KbdInteractiveAuthentication=no',
  'ControlMaster=no',
  'ControlPath=none',
  'ForwardAgent=no',
  'ForwardX11=no',
  'ClearAllForwardings=yes',
  'PermitLocalCommand=no',
  'RemoteCommand=none',
  'RequestTTY=no',
  'ConnectionAttempts=1',
  'ServerAliveInterval=5',
  'ServerAliveCountMax=3',
  'LogLevel=ERROR',
];

const pathWord = (path: string): string => `"${path.replaceAll('%', '%%')}"`;

export const sshWhere = ({ user, address, port }: SshHost): string =>
  `${user === undefined ? '' : `${user}@`}${address}${port === undefined ? '' : ` port ${port}`}`;

export const sshArguments = (host: SshHost, line: string, connectSeconds: number): Result<readonly string[]> => {
  const { address, user, port, identityFile, knownHostsFile } = host;
  if (!ADDRESS.test(address))
    return fail('host-ssh-address', `${JSON.stringify(address)} is no name or IP address of a host; correct it.`);
  if (user !== undefined && !USER.test(user))
    return fail('usage', `--ssh-user ${JSON.stringify(user)} is no name of a user.`);
  for (const path of [identityFile, knownHostsFile])
    if (path !== undefined && NOT_IN_PATHS.test(path))
      return fail('usage', `${JSON.stringify(path)}: ssh cannot take a path with $, a quote or a line break.`);
  const options = [
    ...FIXED,
    `ConnectTimeout=${connectSeconds}`,
    ...(identityFile === undefined ? [] : [`IdentityFile=${pathWord(identityFile)}`, 'IdentitiesOnly=yes']),
    // Given by name, this file alone decides.
    ...(knownHostsFile === undefined
      ? []
      : [`UserKnownHostsFile=${pathWord(knownHostsFile)}`, 'GlobalKnownHostsFile=/dev/null']),
  ];
  return ok([
    '-T',
    ...options.flatMap((option) => ['-o', option]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    '--',
    address,
    line,
  ]);
};

const NO_PROGRAM = 127;

export interface SshRan {
  readonly command: readonly string[];
  readonly output: ProgramOutput;
}

/** `output` is the host's own; whatever ssh itself could not do is a fault. */
const runBySsh = async (
  host: SshHost,
  plain: readonly string[],
  limits: SshLimits,
  signal?: Signal,
): Promise<Result<SshRan>> => {
  const command = host.sudo ? ['sudo', '-n', '--', ...plain] : plain;
  const line = quoteForShell(command);
  if (!line.ok) return line;
  const args = sshArguments(host, line.value, limits.connectSeconds);
  if (!args.ok) return args;
  const ran = await runProgram({
    program: 'ssh',
    args: args.value,
    inherits: ['SSH_AUTH_SOCK'],
    keepBytes: limits.maxBytes,
    limitMs: limits.commandMs,
    ...(signal === undefined ? {} : { signal }),
  });
  const where = sshWhere(host);
  if (!ran.ok) {
    if (ran.fault.code === 'program-missing')
      return fail(
        'host-no-ssh',
        'There is no ssh client on this machine; install OpenSSH, or leave out --ssh.',
        'wait',
      );
    if (ran.fault.code === 'program-timeout')
      return fail(
        'host-ssh-timeout',
        `"${plain.join(' ')}" on ${where} did not end within ${limits.commandMs / 1000} s and was given up; look at the host.`,
        'retry',
      );
    return ran;
  }
  const { exitCode, stderr } = ran.value;
  if (host.sudo && exitCode === 1 && /^sudo: /m.test(stderr))
    return fail(
      'host-sudo',
      `sudo on ${where} does not run "${plain[0] ?? ''}" without a password; allow it there (NOPASSWD), or log in as root.`,
      'wait',
    );
  return ok({ command, output: ran.value });
};

export const sshTools = (host: SshHost, limits = SSH_LIMITS): HostTools => ({
  via: `ssh ${sshWhere(host)}`,
  ask: async (question, options) => {
    const ran = await runBySsh(host, hostCommand(question, ''), limits, options?.signal);
    if (!ran.ok) return ran;
    const { command, output } = ran.value;
    const { exitCode, stdout, stderr, truncated } = output;
    if (exitCode === 255) return sshFailure(sshWhere(host), stderr);
    if (exitCode === NO_PROGRAM)
      return fail('host-no-tool', `${sshWhere(host)} has no "${command[0] ?? ''}"; install it there.`, 'wait');
    return ok({ question, command, output: stdout + stderr, exitCode, truncated });
  },
});

export const sshChanges = (host: SshHost, limits = SSH_LIMITS): HostChanges => ({
  via: `ssh ${sshWhere(host)}`,
  change: async (change, options) => {
    const ran = await runBySsh(host, changeCommand(change), limits, options?.signal);
    if (!ran.ok) return ran;
    const { command, output } = ran.value;
    const { exitCode, stdout, stderr } = output;
    // A host that goes down takes the connection with it: accepted, and only reading it afterwards shows whether it did.
    if (exitCode === 255 && (change.do === 'restart' || change.do === 'shut-down') && isDropped(stderr))
      return ok({ command, output: 'the connection went down with the host', exitCode: 0 });
    if (exitCode === 255) return sshFailure(sshWhere(host), stderr);
    if (exitCode === NO_PROGRAM)
      return fail('host-no-tool', `${sshWhere(host)} has no "${command[0] ?? ''}"; install it there.`, 'wait');
    return ok({ command, output: stdout + stderr, exitCode });
  },
});
