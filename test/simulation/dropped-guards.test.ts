/** The suite can fail: with each guard dropped, some seed breaks the rule that the guard keeps. */
import { expect, test } from 'vitest';
import { DROPPED_GUARDS } from './dropped-guards.ts';
import { runSeed } from './run-of-seed.ts';

const MOST_SEEDS = 40;

test.for(DROPPED_GUARDS)('without "$guard" the rule "$breaks" is broken', { timeout: 120_000 }, async (dropped) => {
  const { breaks, guard: _guard, ...options } = dropped;
  let tried = 0;
  for (let seed = 0; seed < MOST_SEEDS; seed += 1) {
    const { violations } = await runSeed({ ...options, seed });
    tried += 1;
    if (violations.some((line) => line.startsWith(`${breaks}:`))) return;
  }
  expect.unreachable(`${tried} seeds broke nothing`);
});
