/**
 * The process dies right after each of its outside effects in turn, and another one goes on: the end is the same, and no rule
 * is broken on the way.
 */
import { expect, test } from 'vitest';
import { runSeed, type RunOptions } from './run-of-seed.ts';

import { seededRandom } from '../../src/twin/seeded-random.ts';
import type { Rung } from '../../src/core/firmware/rung.ts';
import { rolloutOfSeed, type SimulatedRollout } from './cluster-of-seed.ts';

/** The cluster of a seed, cut to its first nodes: each effect costs a run. */
const smallOf = (seed: number, count: number, first?: Rung): SimulatedRollout => {
  const whole = rolloutOfSeed(seededRandom(seed, 'simulation'), seededRandom(seed, 'dpus'));
  const nodes = whole.nodes.slice(0, count);
  const [group] = whole.spec['groups'] as readonly object[];
  return {
    ...whole,
    nodes,
    scenario: { ...whole.scenario, fleet: whole.scenario.fleet.slice(0, count) },
    spec: { ...whole.spec, groups: [{ ...group, nodes, ...(first !== undefined && { rung: first }) }] },
  };
};

/** Both write the settings first. */
const WORLDS: readonly {
  readonly what: string;
  readonly seed: number;
  readonly nodes: number;
  readonly first?: Rung;
}[] = [
  { what: 'climbing from a warm restart to a cold one', seed: 12, nodes: 2, first: 'warm' },
  { what: 'cold by BMCs', seed: 6, nodes: 2 },
  { what: 'cold by BMCs, after an Arm side', seed: 11, nodes: 1 },
  { what: 'firmware resets, and a warm restart after each', seed: 6, nodes: 2, first: 'firmware-reset' },
  { what: 'AC cycles', seed: 4, nodes: 2, first: 'ac' },
];

test.for(WORLDS)(
  '$what: the end is the same wherever the process dies',
  { timeout: 600_000 },
  async ({ seed, nodes, first }) => {
    const options: RunOptions = { seed, meet: 'nothing', rollout: smallOf(seed, nodes, first) };
    const whole = await runSeed(options);
    expect(whole.isComplete).toBe(true);
    expect(whole.effects).toBeGreaterThan(30);
    const different: string[] = [];
    let deaths = 0;
    for (let point = 1; point <= whole.effects; point += 1) {
      const run = await runSeed({ ...options, diesAfter: point });
      if (run.died) deaths += 1;
      if (run.endState !== whole.endState || run.violations.length > 0)
        different.push(`after effect ${point}: ${run.violations[0] ?? run.endState}`);
    }
    expect(different).toEqual([]);
    expect(deaths).toBe(whole.effects);
  },
);
