/** Time while the API is served: as fast as was asked for, and the same to whoever asks over the network. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openKubeApi } from '../../adapters/kubernetes/open-kube-api.ts';
import { parseSpeed, type Speed } from '../../core/model/speed.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { seededRandom } from '../../twin/seeded-random.ts';
import { VirtualClock } from '../../twin/virtual-clock.ts';
import { createWorld } from '../../twin/world/world.ts';
import { serveTwin } from './serve-twin.ts';

const START = Date.UTC(2026, 10, 20);
const HOUR = 3_600_000;

interface Served {
  /** The twin's own. */
  readonly clock: VirtualClock;
  /** As another process has it. */
  readonly remote: Clock;
}

const serve = async (speed: Speed): Promise<Served> => {
  const clock = new VirtualClock(START);
  const world = createWorld({ clock, random: seededRandom(1, 'pace') });
  const served = await serveTwin({ world, clock, speed, port: 0, now: Date.now(), onBug: () => {} });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nicwright-pace-'));
  onTestFinished(async () => {
    await served.stop();
    rmSync(folder, { recursive: true });
  });
  const kubeconfig = path.join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, served.kubeconfig);
  const opened = await openKubeApi({ kubeconfig, env: {} });
  if (!opened.ok) throw new Error(opened.fault.message);
  return { clock, remote: await opened.value.clock() };
};

test('at 600x a second is ten minutes, here and in another process', async () => {
  const { clock, remote } = await serve(600);
  const [before, there] = [clock.now(), remote.now()];
  await wait(500);
  expect(clock.now() - before).toBeGreaterThan(200_000);
  expect(clock.now() - before).toBeLessThan(900_000);
  expect(remote.now() - there).toBeGreaterThan(200_000);
  // Both are read at nearly the same moment; the twin's own moves in steps.
  expect(Math.abs(remote.now() - clock.now())).toBeLessThan(120_000);
});

test("another process sleeps by the twin's time", async () => {
  const { clock, remote } = await serve(3_600);
  const [before, real] = [remote.now(), performance.now()];
  await remote.sleep(HOUR);
  expect(remote.now() - before).toBeGreaterThanOrEqual(HOUR);
  expect(clock.now() - START).toBeGreaterThanOrEqual(HOUR);
  expect(performance.now() - real).toBeLessThan(10_000);
});

test('a sleep ends by its signal', async () => {
  const { remote } = await serve(1);
  const stop = new AbortController();
  const asleep = remote.sleep(HOUR, stop.signal);
  setTimeout(() => stop.abort(new Error('enough')), 50);
  await expect(asleep).rejects.toThrow('enough');
});

test('at full speed it runs on while somebody waits, and stands when nothing happens', async () => {
  const { clock, remote } = await serve('max');
  const real = performance.now();
  await remote.sleep(24 * HOUR);
  expect(performance.now() - real).toBeLessThan(20_000);
  expect(clock.now() - START).toBeGreaterThanOrEqual(24 * HOUR);
  await wait(300);
  const quiet = clock.now();
  await wait(300);
  expect(clock.now()).toBe(quiet);
});

test('an actor with a bug ends the service, and is told', async () => {
  const clock = new VirtualClock(START);
  const world = createWorld({ clock, random: seededRandom(1, 'pace') });
  const served = await serveTwin({ world, clock, speed: 60, port: 0, now: Date.now(), onBug: () => {} });
  clock.after(1_000, () => {
    throw new Error('a bug of an actor');
  });
  await expect(served.ended).rejects.toThrow('a bug of an actor');
  await served.stop();
});

// prettier-ignore
test.each([
  ['real', 1], ['max', 'max'], ['60x', 60], ['0.5x', 0.5], ['86400x', 86_400],
  ['', undefined], ['0x', undefined], ['60', undefined], ['-1x', undefined], ['1e9x', undefined], ['86401x', undefined],
  ['fast', undefined],
] as const)('--speed %s', (text, speed) => expect(parseSpeed(text)).toBe(speed));
