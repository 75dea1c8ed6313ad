import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualClock } from './virtual-clock.ts';

test('sleepers wake in the order of their times, and of lying down', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 30 }), async (times) => {
      const clock = new VirtualClock();
      const woken: { at: number; index: number }[] = [];
      const sleeping = times.map(async (ms, index) => {
        await clock.sleep(ms);
        woken.push({ at: clock.now(), index });
      });
      await clock.runUntil(100);
      await Promise.all(sleeping);
      const expected = times.map((at, index) => ({ at, index })).toSorted((a, b) => a.at - b.at || a.index - b.index);
      expect(woken).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

test('time stands still until it is told to pass, and passes no further', async () => {
  const clock = new VirtualClock(1_000);
  let woken = false;
  const sleeping = clock.sleep(500).then(() => {
    woken = true;
  });
  await clock.run(499);
  expect([clock.now(), woken]).toEqual([1_499, false]);
  await clock.run(1);
  await sleeping;
  expect([clock.now(), woken]).toEqual([1_500, true]);
});

test('who is woken may sleep again within the same run', async () => {
  const clock = new VirtualClock();
  const ticks: number[] = [];
  const ticking = (async () => {
    for (let tick = 0; tick < 3; tick += 1) {
      await clock.sleep(10);
      ticks.push(clock.now());
    }
  })();
  await clock.run(100);
  await ticking;
  expect(ticks).toEqual([10, 20, 30]);
});

test('an aborted sleep rejects with the reason and is forgotten', async () => {
  const clock = new VirtualClock();
  const abort = new AbortController();
  const sleeping = clock.sleep(10, abort.signal);
  const reason = new Error('enough');
  abort.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
  await expect(clock.sleep(10, abort.signal)).rejects.toBe(reason);
  expect(clock.nextWake()).toBeUndefined();
});

test('what is called after a while comes in the order of sleepers, and can be taken back', async () => {
  const clock = new VirtualClock();
  const seen: string[] = [];
  clock.after(10, () => seen.push(`a ${clock.now()}`));
  const sleeping = clock.sleep(10).then(() => seen.push('b'));
  const takeBack = clock.after(5, () => seen.push('never'));
  takeBack();
  await clock.run(10);
  await sleeping;
  expect(seen).toEqual(['a 10', 'b']);
});

test('what a call throws ends the run', async () => {
  const clock = new VirtualClock();
  clock.after(1, () => {
    throw new Error('a bug');
  });
  await expect(clock.run(1)).rejects.toThrow('a bug');
});

test('time is told in whole milliseconds, whatever was asked for', async () => {
  const clock = new VirtualClock(1_000);
  const woken: number[] = [];
  clock.after(1.2, () => void woken.push(clock.now()));
  void clock.sleep(2.5).then(() => woken.push(clock.now()));
  await clock.runUntil(1_001.7);
  expect(clock.now()).toBe(1_001);
  await clock.runUntil(1_003.1);
  expect(woken).toEqual([1_002, 1_003]);
  expect(clock.now()).toBe(1_003);
});
