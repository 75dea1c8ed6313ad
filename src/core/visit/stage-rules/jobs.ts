/** Pods that may end by themselves are given time; after it they are evicted like others. */
import { moveTo, stay } from '../visit-step.ts';
import { minutes, some, type StageRule } from './stage-rule.ts';

export const jobs: StageRule<'pods'> = ({ nowMs, spec, journal, pods }) => {
  // A value that is only written for next boot disturbs nobody.
  if (journal.rung === 'none') return moveTo('tasks', 'no restart is due, so no pod has to go');
  if (pods.jobs.length === 0) return moveTo('drain', 'no job has to be waited for');
  const left = spec.jobs.timeoutSeconds * 1000 - (nowMs - journal.sinceMs);
  if (left <= 0)
    return moveTo('drain', `${some(pods.jobs)} did not end within ${minutes(spec.jobs.timeoutSeconds * 1000)}`);
  return stay('jobs', `waits up to ${minutes(left)} for ${some(pods.jobs)}`, { recheckMs: Math.min(10_000, left) });
};
