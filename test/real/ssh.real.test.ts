/** HostTools and HostChanges by the real ssh client against a real sshd: what arrives, and what each kind of failure says. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { sshAccess } from '../../src/adapters/host-tools/ssh-access.ts';
import { SSH_LIMITS, sshChanges, sshTools, type SshHost } from '../../src/adapters/host-tools/ssh-host.ts';
import { NODES } from '../../src/core/model/kube-resource.ts';
import type { Result } from '../../src/core/result.ts';
import { compareWays } from '../../src/core/visit/gates/two-ways.ts';
import { cardReading } from '../../src/controllers/rollout/host-readings.ts';
import { hostToolsContract } from '../../src/testing/contracts/host-tools.contract.ts';
import { scenarioNamed } from '../../src/twin/scenarios/scenarios.ts';
import { createTwin } from '../../src/twin/twin.ts';
import { PCI, sshLacks, startSshd, type Sshd } from './ssh/sshd.ts';

const lacks = sshLacks();
const BOOT_ID = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
const QUICK = { ...SSH_LIMITS, connectSeconds: 2, commandMs: 4_000 };

const faultOf = (result: Result<unknown>) => {
  if (result.ok) throw new Error('an answer came where none was to be');
  return result.fault;
};

/** Command lines of processes that mention `word`. */
const running = (word: string): readonly string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        return [];
      }
    })
    .filter((line) => line.startsWith('ssh ') && line.includes(word));

describe.skipIf(lacks !== undefined)(`ssh${lacks === undefined ? '' : ` (${lacks})`}`, () => {
  let sshd: Sshd;
  let host: SshHost;
  beforeAll(async () => {
    sshd = await startSshd();
    ({ host } = sshd);
  });
  afterAll(() => sshd?.stop());
  afterEach(() => vi.unstubAllEnvs());

  hostToolsContract('ssh to a real sshd', () =>
    Promise.resolve({
      tools: sshTools(host),
      changes: sshChanges(host),
      pci: PCI,
      bootId: BOOT_ID,
      atNextBoot: () => sshd.read('next').trim(),
      settle: (asked) => asked,
    }),
  );

  const settings = (over: Partial<SshHost> = {}, pci = PCI, limits = SSH_LIMITS) =>
    sshTools({ ...host, ...over }, limits).ask({ ask: 'firmware-settings', pci });

  test('hostile arguments arrive as they are', async () => {
    const values = ["A='; reboot; '", '$(reboot)', '`id`', 'a b\nc', '*', '~', '-rf', ''];
    await sshChanges(host).change({ do: 'set-firmware', pci: "x'$(id)", values });
    expect(sshd.read('mstconfig.args').split('\0').slice(0, -1)).toEqual(['-d', "x'$(id)", '-y', 'set', ...values]);
  });

  test('a connection that goes down with the restart is accepted, and one that goes down with a write is not', async () => {
    const restarted = await sshChanges(host).change({ do: 'restart' });
    expect(restarted).toMatchObject({ ok: true, value: { exitCode: 0, command: ['systemctl', 'reboot'] } });
    expect(await sshChanges(host).change({ do: 'shut-down' })).toMatchObject({ ok: true });
    expect(sshd.read('systemctl.calls')).toBe('reboot\npoweroff\n');
  });

  test('sudo is asked for nothing but to run it', async () => {
    expect(await settings({ sudo: true })).toMatchObject({
      ok: true,
      value: { exitCode: 0, command: ['sudo', '-n', '--', 'mstconfig', '-d', PCI, '-e', 'q'] },
    });
    writeFileSync(sshd.file('sudo-refuses'), '');
    expect(faultOf(await settings({ sudo: true }))).toMatchObject({
      code: 'host-sudo',
      message: expect.stringContaining('NOPASSWD'),
    });
    rmSync(sshd.file('sudo-refuses'));
  });

  test('a host key that has changed is said with what was seen, and nothing is sent', async () => {
    const other = readFileSync(`${sshd.newKey('other-host-key')}.pub`, 'utf8')
      .split(' ')
      .slice(0, 2)
      .join(' ');
    writeFileSync(sshd.file('known_changed'), `[127.0.0.1]:${sshd.port} ${other}\n`);
    writeFileSync(sshd.file('mstconfig.args'), 'untouched');
    const fault = faultOf(await settings({ knownHostsFile: sshd.file('known_changed') }));
    expect(fault).toMatchObject({ code: 'host-key-changed', next: 'wait' });
    expect(fault.message).toMatch(/has changed: ED25519 SHA256:\S+ was seen, and what \S+known_changed has in line 1/);
    expect(fault.message).toContain('ssh-keygen -R');
    const write = await sshChanges({ ...host, knownHostsFile: sshd.file('known_changed') }).change({ do: 'restart' });
    expect(faultOf(write).code).toBe('host-key-changed');
    expect(sshd.read('mstconfig.args')).toBe('untouched');
  });

  test('an unknown host key, a wrong key, and a missing one', async () => {
    writeFileSync(sshd.file('known_nothing'), '');
    expect(faultOf(await settings({ knownHostsFile: sshd.file('known_nothing') }))).toMatchObject({
      code: 'host-key-unknown',
      message: expect.stringContaining('--ssh-known-hosts'),
    });
    expect(sshd.read('known_nothing')).toBe('');
    expect(faultOf(await settings({ identityFile: sshd.newKey('intruder') }))).toMatchObject({
      code: 'host-ssh-denied',
      message: expect.stringContaining('--ssh-identity'),
    });
    expect(faultOf(await settings({ identityFile: sshd.file('nowhere') })).code).toBe('host-ssh-denied');
  });

  test(
    'a port that accepts and says nothing, one that refuses, and a name that is none',
    { timeout: 60_000 },
    async () => {
      const silent: Server = createServer(() => {}).listen(0, '127.0.0.1');
      await new Promise((resolve) => silent.once('listening', resolve));
      const address = silent.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      expect(faultOf(await settings({ port }, PCI, QUICK))).toMatchObject({ code: 'host-ssh-timeout', next: 'retry' });
      silent.close();
      expect(faultOf(await settings({ port: 1 }, PCI, QUICK)).code).toBe('host-ssh-refused');
      expect(faultOf(await settings({ address: 'nowhere.invalid' }, PCI, { ...QUICK, commandMs: 30_000 })).code).toBe(
        'host-ssh-name',
      );
    },
  );

  test('no option can be hidden in an address or a user', async () => {
    expect(faultOf(await settings({ address: '-oProxyCommand=reboot' })).code).toBe('host-ssh-address');
    expect(faultOf(await settings({ user: '-oProxyCommand=reboot' })).code).toBe('usage');
  });

  test('output longer than the limit is cut and said, and its exit code is kept', async () => {
    const answer = await settings({}, 'flood');
    expect(answer).toMatchObject({ ok: true, value: { truncated: true, exitCode: 3 } });
    expect(answer.ok && answer.value.output.length).toBe(SSH_LIMITS.maxBytes);
  });

  test('a command that never ends is given up, and no process is left here', async () => {
    expect(faultOf(await settings({}, 'hang', QUICK))).toMatchObject({ code: 'host-ssh-timeout', next: 'retry' });
    expect(running(`-p ${sshd.port}`)).toEqual([]);
    process.kill(Number(sshd.read('hang.pid')));
  });

  test('without an ssh client it says so', async () => {
    vi.stubEnv('PATH', '/nonexistent');
    expect(faultOf(await settings())).toMatchObject({
      code: 'host-no-ssh',
      message: expect.stringContaining('OpenSSH'),
    });
  });

  test('a host counts as the node only under the boot id that its kubelet reports', async () => {
    const scenario = scenarioNamed('dgx-numvfs-16');
    if (scenario === undefined) throw new Error('the scenario is gone');
    const api = createTwin(scenario, 1).world.api();
    const { address, ...login } = host;
    const access = sshAccess(api, { ...login, addresses: { dgx030: address } });
    expect(faultOf(await access.hostChanges('dgx030'))).toMatchObject({
      code: 'host-other',
      message: expect.stringContaining(BOOT_ID),
    });
    const node = await api.get(NODES, { name: 'dgx030' });
    if (!node.ok) throw new Error(node.fault.message);
    const { nodeInfo } = node.value['status'] as { readonly nodeInfo: object };
    await api.patch(
      NODES,
      { name: 'dgx030' },
      { type: 'merge', body: { status: { nodeInfo: { ...nodeInfo, bootID: BOOT_ID } } } },
      { subresource: 'status' },
    );
    expect(await access.way('dgx030', { daemonLeaves: true })).toMatchObject({
      ok: true,
      value: `ssh ${host.user}@127.0.0.1 port ${sshd.port}`,
    });
    // No daemon runs yet.
    expect(await access.secondTools('dgx030')).toEqual({ ok: true, value: undefined });
  });

  test('where a config daemon runs, its pod is the second way, and the visit reads both', async () => {
    const scenario = scenarioNamed('dgx-numvfs-16');
    if (scenario === undefined) throw new Error('the scenario is gone');
    const twin = createTwin(scenario, 1);
    await twin.runUntil(twin.start + 30 * 60_000);
    const second = await sshAccess(twin.world.api(), { ...host, addresses: {} }).secondTools('dgx030');
    if (!second.ok || second.value === undefined) throw new Error('no second way');
    expect(second.value.via).toMatch(/^exec in Pod\/\S+\/sriov-network-config-daemon-/);
    const [one, other] = [sshTools(host), second.value];
    const answers = await Promise.all([one, other].map((way) => way.ask({ ask: 'firmware-settings', pci: PCI })));
    const [mine, theirs] = answers.map((answer, at) => {
      if (!answer.ok) throw new Error(answer.fault.message);
      return { via: [one, other][at]?.via ?? '', cards: [cardReading(PCI, answer.value)] };
    });
    if (mine === undefined || theirs === undefined) throw new Error('two answers are wanted');
    // The host behind sshd is this machine with a tool of the test: it is another one than the twin's.
    expect(compareWays([{ pci: PCI, values: { NUM_OF_VFS: '8' } }], mine, theirs)).toMatchObject({
      verdict: 'differ',
      because: expect.stringMatching(/ by ssh \S+@127\.0\.0\.1 port \d+ and \d+ by exec in Pod/),
    });
  });
});
