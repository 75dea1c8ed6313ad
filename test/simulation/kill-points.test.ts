/**
 * The process dies right after each of its outside effects in turn, and another one goes on: the end is the same, and no rule
 * is broken on the way.
 */
import { expect, test } from 'vitest';
import { runSeed, type RunOptions } from './run-of-seed.ts';

/** Small clusters: one that is restarted cold by its BMCs after its settings were written, one that climbs from warm to cold. */
const SEEDS = [4, 9];

const options = (seed: number): RunOptions => ({ seed, meet: 'nothing' });

test.for(SEEDS)('seed %i ends alike wherever the process dies', { timeout: 600_000 }, async (seed) => {
  const whole = await runSeed(options(seed));
  expect(whole.isComplete).toBe(true);
  expect(whole.effects).toBeGreaterThan(30);
  const different: string[] = [];
  let deaths = 0;
  for (let point = 1; point <= whole.effects; point += 1) {
    const run = await runSeed({ ...options(seed), diesAfter: point });
    if (run.died) deaths += 1;
    if (run.endState !== whole.endState || run.violations.length > 0)
      different.push(`after effect ${point}: ${run.violations[0] ?? run.endState}`);
  }
  expect(different).toEqual([]);
  expect(deaths).toBe(whole.effects);
});
