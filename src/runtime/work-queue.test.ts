import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualClock } from '../twin/virtual-clock.ts';
import { createWorkQueue } from './work-queue.ts';

test('a key waits once, and comes again when it was added while in work', async () => {
  const queue = createWorkQueue(new VirtualClock());
  queue.add('a');
  queue.add('a');
  queue.add('b');
  expect(queue.length()).toBe(2);
  expect(await queue.take()).toBe('a');
  queue.add('a');
  expect(queue.length()).toBe(1);
  expect(await queue.take()).toBe('b');
  queue.done('a');
  expect(await queue.take()).toBe('a');
});

test('whoever waits gets the next key, and undefined at the end', async () => {
  const queue = createWorkQueue(new VirtualClock());
  const [one, two] = [queue.take(), queue.take()];
  queue.add('a');
  queue.close();
  expect(await Promise.all([one, two])).toEqual(['a', undefined]);
  queue.add('b');
  expect(await queue.take()).toBeUndefined();
});

test('a delayed key comes at its time; the shorter wait wins, and an add at once makes it void', async () => {
  const clock = new VirtualClock();
  const queue = createWorkQueue(clock);
  queue.addAfter('a', 100);
  queue.addAfter('a', 50);
  queue.addAfter('a', 200);
  await clock.run(49);
  expect(queue.length()).toBe(0);
  await clock.run(1);
  expect(queue.length()).toBe(1);
  queue.done((await queue.take()) ?? '');
  await clock.run(500);
  expect(queue.length()).toBe(0);
  queue.addAfter('b', 100);
  queue.add('b');
  queue.done((await queue.take()) ?? '');
  await clock.run(500);
  expect(queue.length()).toBe(0);
});

test('no key is with two workers, and none is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ at: fc.nat(30), key: fc.constantFrom('a', 'b', 'c'), takes: fc.nat(9) }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 3 }),
      async (adds, workers) => {
        const clock = new VirtualClock();
        const queue = createWorkQueue(clock);
        const inWork = new Set<string>();
        const lastStart = new Map<string, number>();
        const lastAdd = new Map<string, number>();
        const working = Array.from({ length: workers }, async () => {
          for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
            expect(inWork.has(key)).toBe(false);
            inWork.add(key);
            lastStart.set(key, clock.now());
            await clock.sleep(adds.find((add) => add.key === key)?.takes ?? 0);
            inWork.delete(key);
            queue.done(key);
          }
        });
        const adding = adds.map(async ({ at, key }) => {
          await clock.sleep(at);
          lastAdd.set(key, clock.now());
          queue.add(key);
        });
        await clock.run(1_000);
        await Promise.all(adding);
        queue.close();
        await clock.run(1);
        await Promise.all(working);
        for (const [key, at] of lastAdd) expect(lastStart.get(key)).toBeGreaterThanOrEqual(at);
      },
    ),
    { numRuns: 50 },
  );
});
