/** Whether a person has asked a held visit to try again, and it has not yet. */
import type { RolloutSpec } from '../model/crd/rollout.ts';
import { millisOf } from '../model/timestamp.ts';
import type { VisitJournal } from './visit-journal.ts';

export const isAskedAgain = (
  { held, retried }: Pick<VisitJournal, 'held' | 'retried'>,
  { retryHeldBefore }: Pick<RolloutSpec, 'retryHeldBefore'>,
): boolean => {
  const before = millisOf(retryHeldBefore ?? '');
  if (held === undefined || before === undefined || held.atMs >= before) return false;
  // One word of a person is one try: it is as old as a second, and a hold may come sooner.
  return retryHeldBefore !== retried;
};
