/** The BMC of a DGX: accepted is not done, powering off lasts, and an answer may be lost. */
import { describe, expect, test } from 'vitest';
import type { Bmc } from '../../core/ports/bmc.ts';
import { seededRandom } from '../seeded-random.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { DGX_B200, Host } from './host.ts';
import { BmcFaults, twinBmc } from './twin-bmc.ts';

const HOUR_MS = 3_600_000;

const world = (): {
  readonly clock: VirtualClock;
  readonly host: Host;
  readonly bmc: Bmc;
  readonly faults: BmcFaults;
} => {
  const clock = new VirtualClock();
  const host = new Host(
    { name: 'dgx030', platform: DGX_B200, adapters: [], gpus: 8, kernel: '6.8.0', lockdown: 'none' },
    { clock, random: seededRandom(1, 'host'), note: () => {} },
  );
  const faults = new BmcFaults(seededRandom(1, 'faults'));
  return { clock, host, bmc: twinBmc(host, clock, seededRandom(1, 'bmc'), faults), faults };
};

/** Answers come after some time: it passes until then. */
const soon = async <T>(clock: VirtualClock, asked: Promise<T>): Promise<T> => {
  await clock.run(5_000);
  return asked;
};

describe('power', () => {
  test('off is accepted long before it reads off, and refused while it is under way', async () => {
    const { clock, bmc } = world();
    expect(await soon(clock, bmc.request('off'))).toMatchObject({ value: { answer: 'accepted' } });
    expect(await soon(clock, bmc.power())).toMatchObject({ value: 'powering-off' });
    expect(await soon(clock, bmc.request('on'))).toMatchObject({
      value: { answer: 'refused', because: 'the host is powering-off' },
    });
    await clock.run(DGX_B200.cutPower.mostMs);
    expect(await soon(clock, bmc.power())).toMatchObject({ value: 'off' });
    expect(await soon(clock, bmc.request('off'))).toMatchObject({ value: { answer: 'refused' } });
  });

  test('a graceful off is accepted and does nothing where no operating system hears of it', async () => {
    const { clock, host, bmc } = world();
    host.restart();
    await clock.run(DGX_B200.shutdown.mostMs);
    expect(host.isUp).toBe(false);
    expect(await soon(clock, bmc.request('graceful-off'))).toMatchObject({ value: { answer: 'accepted' } });
    await clock.run(HOUR_MS);
    expect(host.isUp).toBe(true);
  });
});

describe('faults', () => {
  test('a lost answer says that nothing came, and the request was carried out', async () => {
    const { clock, host, bmc, faults } = world();
    faults.add({ fault: 'answer-lost', times: 1 });
    expect(await soon(clock, bmc.request('off'))).toMatchObject({ ok: false, fault: { code: 'bmc-unreachable' } });
    expect(host.power).toBe('powering-off');
    expect(await soon(clock, bmc.power())).toMatchObject({ ok: true });
  });

  test('an ignored request is accepted, and the power stays on', async () => {
    const { clock, host, bmc, faults } = world();
    const end = faults.add({ fault: 'ignored' });
    expect(await soon(clock, bmc.request('off'))).toMatchObject({ value: { answer: 'accepted' } });
    expect(host.power).toBe('on');
    end();
    await soon(clock, bmc.request('off'));
    expect(host.power).toBe('powering-off');
  });

  test('an unreachable controller does nothing', async () => {
    const { clock, host, bmc, faults } = world();
    faults.add({ fault: 'unreachable' });
    expect(await soon(clock, bmc.request('off'))).toMatchObject({ ok: false });
    expect(host.power).toBe('on');
  });
});

test('what identifies the host is the same at every question', async () => {
  const { clock, bmc, host } = world();
  const first = await soon(clock, bmc.identity());
  expect(first).toEqual({
    ok: true,
    value: { manufacturer: 'NVIDIA', model: 'DGXB200', serial: host.serial, uuid: host.uuid },
  });
  expect(await soon(clock, bmc.identity())).toEqual(first);
});
