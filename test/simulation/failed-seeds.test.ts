/** Seeds beyond those of every run that broke a rule once (docs/simulation.md tells what they taught): they do so no more. */
import { expect, test } from 'vitest';
import { runSeed } from './run-of-seed.ts';

const FAILED = [7076, 23205];

test.for(FAILED)('seed %i', { timeout: 120_000 }, async (seed) => {
  const run = await runSeed({ seed });
  expect(run.violations).toEqual([]);
});
