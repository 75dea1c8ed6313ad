/** Asks pods to go, wave by wave, until none is left. A node that somebody uncordons is not fought for. */
import { moveTo, hold, stay, type Ruling } from '../visit-step.ts';
import type { NodeDrain, PodGoing } from '../node-drain.ts';
import { isDrained, podRefName } from '../node-drain.ts';
import type { VisitBase } from '../visit-facts.ts';
import { minutes, some, type StageRule } from './stage-rule.ts';

export const uncordonedMeanwhile = ({ node }: VisitBase): Ruling | undefined =>
  node.schedulable
    ? hold(
        `somebody uncordoned ${node.name} in the middle of the visit`,
        `find out who and why; nicwright resume goes on with cordoning it again`,
      )
    : undefined;

const waitWords = ({ ref, isTerminating, budget }: PodGoing): string => {
  if (isTerminating) return `${podRefName(ref)} (terminating)`;
  return budget.allows ? podRefName(ref) : `${podRefName(ref)} (${budget.because})`;
};

const waiting = ({ going, refused }: NodeDrain): string =>
  some([...refused.map(({ pod, because }) => `${pod} (${because})`), ...going.map(waitWords)]);

export const drain: StageRule<'pods'> = (facts) => {
  const { nowMs, spec, journal, pods } = facts;
  const stopped = uncordonedMeanwhile(facts);
  if (stopped !== undefined) return stopped;
  if (isDrained(pods)) return moveTo('tasks', 'every pod that had to go is gone');
  const limitMs = spec.drain.timeoutSeconds * 1000;
  if (nowMs - journal.sinceMs >= limitMs)
    return hold(
      `the drain did not end within ${minutes(limitMs)}: ${waiting(pods)}`,
      pods.refused[0]?.wayOut ?? wayOutOf(pods.going),
    );
  // Any refusal means that none is asked: a half-drained node serves nobody.
  if (pods.refused.length > 0) return stay('drain', `waits for ${waiting(pods)}`);
  const wave = Math.min(...pods.going.map((pod) => pod.wave));
  const asked = pods.going.filter((pod) => pod.wave === wave && !pod.isTerminating);
  return stay(
    'drain',
    `waits for ${pods.going.length === 1 ? 'the last pod' : `${pods.going.length} pods`} to go: ${waiting(pods)}`,
    {
      acts: asked.map(({ ref }) => ({ do: 'evict', pod: ref })),
    },
  );
};

const wayOutOf = (going: readonly PodGoing[]): string => {
  const held = going.find(({ budget }) => !budget.allows);
  return held === undefined || held.budget.allows
    ? 'see why the pods do not end: kubectl describe pod; then nicwright resume'
    : `${held.budget.wayOut}; then nicwright resume`;
};
