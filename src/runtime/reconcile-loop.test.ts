import { expect, test } from 'vitest';
import { noMetrics } from '../core/ports/metrics.ts';
import type { Metrics } from '../core/ports/metrics.ts';
import type { NextMove } from '../core/result.ts';
import { VirtualClock } from '../twin/virtual-clock.ts';
import { type Outcome, type Reconciler, runReconcileLoop } from './reconcile-loop.ts';
import { createWorkQueue } from './work-queue.ts';

const begin = (reconcile: Reconciler, metrics: Metrics = noMetrics) => {
  const clock = new VirtualClock();
  const queue = createWorkQueue(clock);
  const logged: string[] = [];
  const say = (message: string): void => void logged.push(message);
  const log = { debug: say, info: say, warn: say, error: say };
  const abort = new AbortController();
  const random = { next: () => 0 };
  const running = runReconcileLoop({ name: 'test', queue, reconcile, clock, random, log, metrics }, abort.signal);
  const stop = async (): Promise<void> => {
    abort.abort();
    await clock.run(0);
    await running;
  };
  return { clock, queue, logged, stop };
};

const fault = (next: NextMove): Outcome => ({ fault: { code: 'test', message: 'it does not go', next } });

/** When the key was reconciled, for an outcome given each time. */
const timesOf = async (outcomes: (count: number) => Outcome, ms: number): Promise<readonly number[]> => {
  const times: number[] = [];
  const bench = begin(() => {
    times.push(bench.clock.now());
    return Promise.resolve(outcomes(times.length));
  });
  bench.queue.add('a');
  await bench.clock.run(ms);
  await bench.stop();
  return times;
};

test.for([
  { name: 'done is not looked at again', outcome: () => ({ done: true }) as const, times: [0] },
  { name: 'after is kept', outcome: () => ({ after: 400 }), times: [0, 400, 800] },
  { name: 'retry backs off', outcome: () => fault('retry'), times: [0, 500] },
  { name: 'stop stops', outcome: () => fault('stop'), times: [0] },
  { name: 'wait waits for a change', outcome: () => fault('wait'), times: [0] },
])('$name', async ({ outcome, times }) => {
  expect(await timesOf(outcome, 1_000)).toEqual(times);
});

test('retries double up to five minutes, and begin anew after a success', async () => {
  const times = await timesOf((count) => (count === 12 ? { after: 1 } : fault('retry')), 3_600_000);
  const waits = times.slice(1).map((at, index) => at - (times[index] ?? 0));
  expect(waits.slice(0, 11)).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000,
  ]);
  expect(waits.slice(11, 14)).toEqual([1, 500, 1_000]);
});

test('wait looks again now and then, in case the change was missed', async () => {
  expect(await timesOf(() => fault('wait'), 1_300_000)).toEqual([0, 600_000, 1_200_000]);
});

test('a bug is logged, counted and backed off; other keys go on', async () => {
  const counted: string[] = [];
  const seen: string[] = [];
  const bench = begin(
    (key) => {
      seen.push(key);
      if (key === 'bad') throw new Error('a bug');
      return Promise.resolve({ done: true });
    },
    { ...noMetrics, count: (name) => void counted.push(name) },
  );
  bench.queue.add('bad');
  bench.queue.add('good');
  await bench.clock.run(400);
  expect(seen).toEqual(['bad', 'good']);
  await bench.clock.run(200);
  expect(seen).toEqual(['bad', 'good', 'bad']);
  expect(counted).toContain('nicwright_reconcile_panics_total');
  expect(bench.logged[0]).toBe('test: a bug while reconciling bad');
  await bench.stop();
});

test('the end waits for what is in work', async () => {
  let finished = false;
  const bench = begin(async () => {
    await bench.clock.sleep(100);
    finished = true;
    return { done: true };
  });
  bench.queue.add('a');
  await bench.clock.run(10);
  const stopping = bench.stop();
  await bench.clock.run(200);
  await stopping;
  expect(finished).toBe(true);
});
