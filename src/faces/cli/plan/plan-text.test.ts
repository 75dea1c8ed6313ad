/** What is said when there is no visit: nothing waits only where that was seen. */
import { expect, test } from 'vitest';
import { readPlan, type Plan } from '../../../core/plan/plan.ts';
import { plainPaint } from '../paint.ts';
import { planText } from './plan-text.ts';

const planWith = (more: Partial<Plan>): Plan => {
  const read = readPlan(
    {
      apiVersion: 'nicwright.dev/v1alpha1',
      kind: 'Plan',
      metadata: { name: 'p', from: [] },
      goal: 'g',
      fingerprint: 'f',
      facts: {},
      visits: [],
      waves: [],
      minutes: 0,
      effects: [],
      blockers: [],
      gaps: [],
      steps: [],
      ...more,
    },
    'test',
  );
  if (!read.ok) throw new Error(read.fault.message);
  return read.value;
};

test.each([
  [{ judged: 2 }, /^Nothing waits/],
  [{ judged: 0 }, /^No plan: .*no firmware settings of any node were read/],
  [{ judged: 1, untold: ['dgx031'] }, /^No plan: .*cannot be told of dgx031/],
])('%j', (more, says) => {
  expect(planText(planWith(more), plainPaint)).toMatch(says);
});
