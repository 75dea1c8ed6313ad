import { expect, test } from 'vitest';
import { VirtualClock } from '../twin/virtual-clock.ts';
import { withDeadline } from './deadline.ts';

test('work in time gives its value, and leaves no sleeper behind', async () => {
  const clock = new VirtualClock();
  const result = withDeadline(clock, 100, async () => {
    await clock.sleep(50);
    return 'value';
  });
  await clock.run(50);
  expect(await result).toEqual({ inTime: true, value: 'value' });
  expect(clock.nextWake()).toBeUndefined();
});

test('work that takes longer is told to stop and left behind', async () => {
  const clock = new VirtualClock();
  let told = false;
  const result = withDeadline(clock, 100, async (signal) => {
    signal.addEventListener('abort', () => {
      told = true;
    });
    await clock.sleep(500);
    throw new Error('nobody hears this');
  });
  await clock.run(100);
  expect(await result).toEqual({ inTime: false });
  expect(told).toBe(true);
  await clock.run(500);
});

test('what work throws passes through, and so does an outer abort', async () => {
  const clock = new VirtualClock();
  await expect(withDeadline(clock, 100, () => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug');
  const outer = new AbortController();
  const result = withDeadline(clock, 100, (signal) => clock.sleep(500, signal), outer.signal);
  outer.abort(new Error('the end'));
  await expect(result).rejects.toThrow('the end');
});
