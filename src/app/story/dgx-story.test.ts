/** The story ends well, for more than one seed of chance (000-73, 000-74, 000-76 to 000-79). */
import { expect, test } from 'vitest';
import { endsWell, tellStory } from './dgx-story.ts';

test.for([1, 2, 3])(
  'seed %i: found, planned, rehearsed, carried out, proved, clean',
  { timeout: 60_000 },
  async (seed) => {
    const told = await tellStory(seed);
    if (!told.ok) throw new Error(told.fault.message);
    const { found, plan, rehearsal, restarts, proved, after } = told.value;
    expect(found.problems.map(({ rule }) => rule)).toEqual(['cold-restart-pending']);
    expect(plan.blockers).toEqual([]);
    expect(rehearsal.outcome).toBe('complete');
    expect(restarts.map((line) => line.split(' ')[0])).toEqual(plan.visits.map(({ node }) => node));
    expect(proved.map(({ verdict }) => verdict)).toEqual(['pass', 'pass']);
    expect([...after.problems, ...after.symptoms]).toEqual([]);
    expect(endsWell(told.value)).toBe(true);
  },
);
