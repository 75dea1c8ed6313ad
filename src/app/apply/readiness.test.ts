/** Ready is more than alive: the API answers, and who leads has read the Rollouts. */
import { expect, test } from 'vitest';
import { createReadiness } from './readiness.ts';

test('ready follows the Lease, the Rollouts and time', () => {
  let now = 0;
  const { sawLease, hasRollouts, state } = createReadiness({ now: () => now });
  expect(state()).toMatchObject({ ready: false, because: expect.stringContaining('for 0 s') });
  sawLease({ holds: 'another', holder: 'pod-a' });
  expect(state()).toEqual({ ready: true, because: 'stands by: pod-a leads' });
  now = 15_000;
  sawLease({ holds: 'us' });
  expect(state()).toMatchObject({ ready: false, because: expect.stringContaining('CRD') });
  hasRollouts(true);
  expect(state()).toEqual({ ready: true, because: 'leads' });
  now = 36_000;
  expect(state()).toMatchObject({ ready: false, because: expect.stringContaining('for 21 s') });
  sawLease({ holds: 'another', holder: 'pod-b' });
  hasRollouts(false);
  expect(state().ready).toBe(true);
});
