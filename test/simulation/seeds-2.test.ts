/** Half of the seeds, so that two processors share them: no safety rule is broken, and every fault meets every stage. */
import { expect, test } from 'vitest';
import { CELLS, checkSeeds } from './check-seeds.ts';

/** NICWRIGHT_SEEDS sets how many there are in all. */
const HALF = Math.ceil(Number(process.env['NICWRIGHT_SEEDS'] ?? 1000) / 2);

test(`${HALF} rollouts under faults keep the safety rules`, { timeout: 3_600_000 }, async () => {
  const { broken, unmet, complete } = await checkSeeds(HALF, HALF);
  expect(broken).toEqual([]);
  // Fewer seeds than cells cannot meet all of them.
  if (HALF >= CELLS.length) expect(unmet).toEqual([]);
  expect(complete / HALF).toBeGreaterThan(0.85);
});
