/** What makes an adapter's firmware boot, and what does not; and what a host may be asked in which state. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { upstreamFirmware } from '../../core/firmware/upstream-mstconfig.ts';
import type { PowerState } from '../../core/ports/bmc.ts';
import { seededRandom } from '../seeded-random.ts';
import { VirtualClock } from '../virtual-clock.ts';
import type { AdapterSpec } from './adapter.ts';
import { CONNECTX7_RAIL } from './adapter-model.ts';
import { runOnHost } from './host-commands.ts';
import { DGX_B200, Host, SMALL_SERVER, type Platform } from './host.ts';

const PCI = '0000:18:00.0';
const HOUR_MS = 3_600_000;

const RAIL: AdapterSpec = {
  card: '0000:18:00',
  model: CONNECTX7_RAIL,
  functions: [{ pci: PCI, rdma: 'mlx5_4', interface: 'ibp24s0', linkType: 'IB' }],
};

const hostOn = (platform: Platform, clock: VirtualClock, adapter: AdapterSpec = RAIL): Host =>
  new Host(
    { name: 'dgx030', platform, adapters: [adapter], gpus: 8, kernel: '6.8.0', lockdown: 'none' },
    { clock, random: seededRandom(1, 'host'), note: () => {} },
  );

const set = (host: Host, ...words: readonly string[]): number =>
  runOnHost(host, ['mstconfig', '-d', PCI, '-y', 'set', ...words]).exitCode;

/** Asked by a call, since between two readings it changes. */
const powerOf = (host: Host): PowerState => host.power;

const vfs = (host: Host): string => {
  const adapter = host.adapterOf(PCI);
  return `${adapter?.current('NUM_OF_VFS')}/${adapter?.next('NUM_OF_VFS')}`;
};

const offFor = async (host: Host, clock: VirtualClock, ms: number): Promise<void> => {
  host.cutPower();
  while (host.power !== 'off') await clock.run(1_000);
  await clock.run(ms);
  host.powerOn();
  await clock.run(HOUR_MS);
};

test('a card may be set up already, with a setting that waits', async () => {
  const clock = new VirtualClock();
  const vf = { driver: 'mlx5_core', guid: '', mtu: 1500 };
  const spec: AdapterSpec = {
    ...RAIL,
    functions: RAIL.functions.map((fn) => ({ ...fn, vfs: [vf, vf] })),
    staged: { NUM_OF_VFS: '8' },
  };
  const host = hostOn(DGX_B200, clock, spec);
  expect(vfs(host)).toBe('16/8');
  expect(host.adapterOf(PCI)?.vfs(PCI)).toHaveLength(2);
  await offFor(host, clock, 60_000);
  expect(vfs(host)).toBe('8/8');
  expect(host.adapterOf(PCI)?.vfs(PCI)).toHaveLength(0);
});

describe('a setting at next boot', () => {
  test.for([
    ['a warm restart of a DGX', DGX_B200, 'restart', '16/8'],
    ['re-imaging a DGX (000-63)', DGX_B200, 'reimage', '16/8'],
    ['a DGX off for 10 s', DGX_B200, 10_000, '16/8'],
    ['a DGX off for 60 s', DGX_B200, 60_000, '8/8'],
    ['a warm restart of a small server', SMALL_SERVER, 'restart', '8/8'],
  ] as const)('%s', async ([, platform, how, after]) => {
    const clock = new VirtualClock();
    const host = hostOn(platform, clock);
    expect(set(host, 'NUM_OF_VFS=8')).toBe(0);
    expect(vfs(host)).toBe('16/8');
    if (typeof how === 'number') await offFor(host, clock, how);
    else {
      host[how]();
      await clock.run(HOUR_MS);
    }
    expect(host.boots).toHaveLength(2);
    expect(vfs(host)).toBe(after);
  });

  test('is never lost and never made current by anything but power, whatever is done in between', async () => {
    const act = fc.constantFrom(
      'restart',
      'reimage',
      'shutDown',
      'cutPower',
      'powerOn',
      'wait',
    ) satisfies fc.Arbitrary<string>;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(act, fc.integer({ min: 0, max: 900_000 })), { maxLength: 20 }),
        async (acts) => {
          const clock = new VirtualClock();
          const host = hostOn(DGX_B200, clock);
          set(host, 'NUM_OF_VFS=8');
          let offSince: number | undefined;
          let isActive = false;
          for (const [what, ms] of acts) {
            const wasOff = powerOf(host) === 'off';
            const offMs = clock.now() - (offSince ?? clock.now());
            if (what !== 'wait') host[what]();
            if (wasOff && powerOf(host) === 'on' && offMs >= DGX_B200.holdMs) isActive = true;
            for (const end = clock.now() + ms; clock.now() < end;) {
              await clock.runUntil(Math.min(end, clock.nextWake() ?? end));
              if (powerOf(host) === 'off') offSince ??= clock.now();
              else offSince = undefined;
            }
            expect(vfs(host)).toBe(isActive ? '8/8' : '16/8');
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

test('a host that is not up takes no restart, and one that never boots stays down', async () => {
  const clock = new VirtualClock();
  const host = hostOn(DGX_B200, clock);
  expect(host.restart()).toBe(true);
  expect(host.restart()).toBe(false);
  await clock.run(DGX_B200.shutdown.mostMs);
  expect(host.isUp).toBe(false);
  expect(host.restart()).toBe(false);
  await clock.run(HOUR_MS);
  expect(host.isUp).toBe(true);
  host.troubles.add('never-boots');
  host.restart();
  await clock.run(24 * HOUR_MS);
  expect(host.isUp).toBe(false);
});

test('the operator reads what the firmware tool prints', () => {
  const host = hostOn(DGX_B200, new VirtualClock());
  set(host, 'NUM_OF_VFS=8', 'SRIOV_EN=False');
  const { stdout } = runOnHost(host, ['mstconfig', '-e', '-d', PCI, 'q']);
  expect(upstreamFirmware(stdout)).toMatchObject({
    ok: true,
    value: { current: { totalVfs: 16, sriovEnabled: true }, next: { totalVfs: 8, sriovEnabled: false } },
  });
  expect(stdout).toMatch(/^\* {7}NUM_OF_VFS +16 +16 +8 *$/m);
});

test.for([
  ['a setting that the firmware does not have', `-d ${PCI} -y set NO_SUCH=1`, /-E- The Device doesn't support NO_SUCH/],
  ['a card that is not there', '-d 0000:99:00.0 q', /-E- Failed to open the device/],
] as const)('the firmware tool refuses %s, with exit status 3', ([, words, says]) => {
  const host = hostOn(DGX_B200, new VirtualClock());
  const { stdout, exitCode } = runOnHost(host, ['mstconfig', ...words.split(' ')]);
  expect(stdout).toMatch(says);
  expect(exitCode).toBe(3);
});
