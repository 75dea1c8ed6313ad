/**
 * A plan for a finding whose remedy is one safe change. Which rules have one stands in fixers.ts, why the others have none in
 * why-not.ts; nothing is planned while the cause is not proved. What can be done by hand is always said with it.
 */
import type { Facts } from '../../diagnosis/facts.ts';
import type { Problem } from '../../diagnosis/report.ts';
import { fail, ok, type Result } from '../../result.ts';
import { fingerprintOf, planFacts, sumOf } from '../fingerprint.ts';
import { PLAN_VERSION, type Plan, type PlanBlocker, type PlanStep } from '../plan.ts';
import { ELSEWHERE, FIXERS } from './fixers.ts';
import type { Fix } from './fixer.ts';
import { WHY_NOT } from './why-not.ts';

const MINUTES_EACH = 2;

/** The same for the same findings, so that a plan made twice is one plan. */
const nameOf = (problems: readonly Problem[]): string =>
  `fix-${problems[0]?.rule ?? ''}-${sumOf(JSON.stringify(problems.map(({ fingerprint, scopes }) => [fingerprint, scopes]))).slice(0, 6)}`;

const CONFIDENCE_ORDER = ['possible', 'likely', 'proven'] as const;

/** What would prove the cause. */
const proofLacks = ({ confidence, lacks, candidates }: Problem): string => {
  const missing = lacks.map(({ what, settle }) => `${what} (${settle})`);
  const others = candidates.filter(({ against }) => against === undefined).map(({ cause }) => cause);
  return (
    `The cause is ${confidence}, not proved, and nothing is changed on a guess.` +
    (missing.length > 0 ? ` What is lacking: ${missing.slice(0, 3).join('; ')}.` : '') +
    (others.length > 0 ? ` It may also be: ${others.slice(0, 3).join('; ')}.` : '') +
    (missing.length + others.length === 0 ? ' nicwright diagnose -v shows what speaks for it and what against.' : '')
  );
};

const fixOf = (problem: Problem, facts: Facts, planName: string): Result<Fix> => {
  const { rule, confidence } = problem;
  const own = ELSEWHERE[rule];
  if (own !== undefined) return fail('refused-fix', `It is mended by restarts, node by node: ${own} plans them.`);
  const fixer = FIXERS[rule];
  if (fixer === undefined)
    return fail('refused-fix', WHY_NOT[rule] ?? 'The rule is not one of ours, so what would be safe is not known.');
  if (CONFIDENCE_ORDER.indexOf(confidence) < CONFIDENCE_ORDER.indexOf(fixer.from))
    return fail('refused-fix', proofLacks(problem));
  return fixer.plan({ problem, facts, planName });
};

const minutesOf = (steps: readonly PlanStep[]): number =>
  MINUTES_EACH * steps.reduce((sum, { act }) => sum + (act.do === 'restart-pods' ? act.nodes.length : 1), 0);

/**
 * One plan for the problems of one rule. A fault says why there is none; what could not be planned of several is a blocker of
 * the plan for the others.
 */
export const planFix = (problems: readonly Problem[], facts: Facts): Result<Plan> => {
  const name = nameOf(problems);
  const fixes: Fix[] = [];
  const blockers: PlanBlocker[] = [];
  let why: Result<never> = fail('refused-fix', 'There is nothing to mend.');
  for (const problem of problems) {
    const fix = fixOf(problem, facts, name);
    if (fix.ok) fixes.push(fix.value);
    else {
      why = fix;
      blockers.push({ on: problem.summary, because: fix.fault.message, wayOut: problem.remedy[0]?.text ?? '' });
    }
  }
  const steps = [...new Map(fixes.flatMap((fix) => fix.steps.map((step) => [step.id, step] as const))).values()];
  if (steps.length === 0) return why;
  const restsOn = new Set(fixes.flatMap((fix) => fix.restsOn ?? []));
  const all = planFacts(facts.snapshot, facts.inventory, []);
  const rests = Object.fromEntries(Object.entries(all).filter(([kind]) => restsOn.has(kind)));
  return ok({
    apiVersion: PLAN_VERSION,
    kind: 'Plan',
    metadata: { name, from: [...facts.snapshot.sources] },
    goal: `mend: ${problems[0]?.title ?? ''}`,
    fingerprint: fingerprintOf(rests),
    facts: rests,
    visits: [],
    judged: 0,
    untold: [],
    waves: [],
    minutes: minutesOf(steps),
    effects: [...new Set(fixes.flatMap((fix) => fix.effects ?? []))],
    blockers,
    gaps: [],
    steps,
  });
};
