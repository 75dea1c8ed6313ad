/**
 * One step of a visit: the journal and what could be told in; the new journal, the acts that may be made, and the reason out.
 * The caller records the journal before it makes the acts. Rules of the stages are in stage-rules/, one file each; what holds
 * for all of them is here: facts that cannot be told, limits of time, turning back, going on after a hold.
 */
import { isAskedAgain } from './asked-again.ts';
import { mayTurnBack, STAGE_KINDS, type Stage } from './stages.ts';
import { cordon } from './stage-rules/cordon.ts';
import { drain } from './stage-rules/drain.ts';
import { gate } from './stage-rules/gate.ts';
import { jobs } from './stage-rules/jobs.ts';
import { prove } from './stage-rules/prove.ts';
import { quiet } from './stage-rules/quiet.ts';
import { release } from './stage-rules/release.ts';
import { restart, restartNeeds } from './stage-rules/restart.ts';
import { minutes } from './stage-rules/stage-rule.ts';
import { tasks } from './stage-rules/tasks.ts';
import { uncordon } from './stage-rules/uncordon.ts';
import { verify } from './stage-rules/verify.ts';
import type { FactName, GatheredFacts, VisitBase, VisitFacts } from './visit-facts.ts';
import { withRefusal, type VisitJournal } from './visit-journal.ts';
import { hold, moveTo, stay, type JournalChange, type Ruling, type VisitStep } from './visit-step.ts';

type AnyRule = (facts: VisitBase & GatheredFacts) => Ruling;

/** Every stage that has something to decide. */
const RULES: Readonly<Record<Exclude<Stage, 'returned' | 'held'>, AnyRule>> = {
  gate,
  quiet,
  cordon,
  jobs,
  drain,
  tasks,
  restart,
  verify,
  release,
  prove,
  uncordon,
};

/** What has to be gathered for the next step. */
export const needsOf = (journal: VisitJournal): readonly FactName[] =>
  journal.stage === 'restart' ? restartNeeds(journal) : STAGE_KINDS[journal.stage].needs;

/**
 * Where a visit goes on after a hold. Nothing is proved any more, so it begins with the cordon, unless the host is down: then
 * nothing runs on it, and nothing of it can be read before it is restarted.
 */
const resumesAt = (from: Stage, isDown: boolean): Stage => {
  if (from === 'drain' || from === 'tasks') return 'cordon';
  return from === 'restart' && !isDown ? 'cordon' : from;
};

const resume = ({ node, journal, spec }: VisitBase): Ruling | undefined => {
  const { held } = journal;
  if (held === undefined || !isAskedAgain(journal, spec)) return undefined;
  return moveTo(resumesAt(held.from, !node.ready), 'a person asked for another try', {
    change: {
      power: undefined,
      arms: undefined,
      silentSinceMs: undefined,
      asked: undefined,
      retried: spec.retryHeldBefore,
      ...(held.from === 'verify' && { tried: undefined }),
    },
  });
};

/** Out of a hold, too. Once its host was restarted a visit goes on, since then its end has to be proved. */
const turnBack = ({ journal, spec }: VisitBase): Ruling | undefined => {
  const isUntouched = mayTurnBack(journal.held?.from ?? journal.stage) && (journal.tried ?? []).length === 0;
  return spec.aborted && isUntouched && journal.abandoned !== true
    ? moveTo('release', 'the rollout is aborted, and nothing was restarted yet', { change: { abandoned: true } })
    : undefined;
};

const untoldFact = ({ journal, told }: VisitFacts): Ruling | undefined => {
  for (const name of needsOf(journal)) {
    const fact = told[name];
    if (fact?.known !== true)
      return stay(journal.stage, fact?.because ?? `what is known of ${name} was not gathered`, { recheckMs: 10_000 });
  }
  return undefined;
};

const byRule = (facts: VisitFacts): Ruling => {
  const { stage } = facts.journal;
  if (stage === 'held') return resume(facts) ?? { to: 'held', because: facts.journal.held?.because ?? 'held' };
  if (stage === 'returned') return { to: 'returned', because: 'it is back' };
  const known = Object.fromEntries(
    Object.entries(facts.told).flatMap(([name, fact]) => (fact.known ? [[name, fact.value]] : [])),
  );
  // A rule reads what its stage needs, and all of that is known here.
  return RULES[stage]({ ...facts, ...known } as unknown as VisitBase & GatheredFacts);
};

/** A stage that stays too long is held with what it waited for. */
const inTime = ({ nowMs, journal, node }: VisitBase, ruling: Ruling): Ruling => {
  const { limitMs } = STAGE_KINDS[journal.stage];
  if (ruling.to !== journal.stage || limitMs === undefined || nowMs - journal.sinceMs < limitMs) return ruling;
  return hold(
    `${node.name} has been in stage ${journal.stage} for ${minutes(nowMs - journal.sinceMs)}: ${ruling.because}`,
    ruling.wayOut ?? 'see to what it waits for; then nicwright resume',
  );
};

const changed = (journal: VisitJournal, change: JournalChange): VisitJournal =>
  Object.fromEntries(
    Object.entries({ ...journal, ...change }).filter(([, value]) => value !== undefined),
  ) as VisitJournal;

const journalAfter = ({ journal, nowMs }: VisitBase, ruling: Ruling): VisitJournal => {
  const { to, because, wayOut, change = {} } = ruling;
  const { held, wayOut: _wayOut, refused, ...kept } = changed(journal, change);
  const moved = to !== journal.stage;
  const next = {
    ...kept,
    stage: to,
    because,
    sinceMs: moved ? nowMs : journal.sinceMs,
    ...(!moved && refused !== undefined && { refused }),
  };
  if (to !== 'held') return wayOut === undefined ? next : { ...next, wayOut };
  return {
    ...next,
    held: moved
      ? { from: journal.stage, atMs: nowMs, because, wayOut: wayOut ?? '' }
      : (held ?? { from: journal.stage, atMs: nowMs, because, wayOut: '' }),
  };
};

/** Whoever waits for an act, or is held for want of it, says what it was answered. */
const withItsAnswer = ({ journal }: VisitBase, ruling: Ruling): Ruling =>
  ruling.to === journal.stage || ruling.to === 'held'
    ? { ...ruling, because: withRefusal(ruling.because, journal.refused) }
    : ruling;

/** Never throws. */
export const nextVisitStep = (facts: VisitFacts): VisitStep => {
  const ruling = withItsAnswer(facts, inTime(facts, turnBack(facts) ?? untoldFact(facts) ?? byRule(facts)));
  return {
    journal: journalAfter(facts, ruling),
    acts: ruling.acts ?? [],
    because: ruling.because,
    ...(ruling.recheckMs !== undefined && { recheckMs: ruling.recheckMs }),
  };
};
