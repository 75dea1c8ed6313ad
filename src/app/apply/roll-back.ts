/**
 * Walks the finished steps of a plan backwards by their way back. It takes away exactly what the plan made; a step that has
 * none is named. Run again after a crash, it goes on: what is back already is left.
 */
import type { PlanStep } from '../../core/plan/plan.ts';
import { ok, type Result } from '../../core/result.ts';
import { carryOutAct, proofHolds } from '../steps/carry-out-step.ts';
import { awaitProof, type StepWork } from '../steps/step-work.ts';
import { isRolloutSubmitted } from '../steps/submit-rollout.ts';
import { whileLeading, type ApplyOptions, type ApplyOutcome, type StepDone } from './apply-plan.ts';
import { changeRollout, showRollouts } from './rollouts.ts';

const PROOF_MS = 5 * 60_000;

const IDLE_MS = 6 * 3_600_000;

/** Visits that may turn back do, the others go on to their end: only then may be taken away what they rest on. */
const endRollout = async (options: ApplyOptions, work: StepWork, name: string): Promise<Result<void>> => {
  const { api, clock } = options.ports;
  const submitted = await isRolloutSubmitted(api, name);
  if (!submitted.ok) return submitted;
  if (!submitted.value) return ok(undefined);
  const shown = await showRollouts(api, name);
  if (!shown.ok) return shown;
  const isIdle = async (): Promise<Result<boolean>> => {
    const now = await showRollouts(api, name);
    if (!now.ok) return now;
    return ok(now.value.every(({ visits }) => visits.every(({ journal }) => journal.stage === 'held')));
  };
  const idle = await isIdle();
  const isOver = shown.value.every(({ status }) => status.ended !== undefined);
  if (!idle.ok || (idle.value && isOver)) return idle.ok ? ok(undefined) : idle;
  const aborted = await changeRollout(api, name, 'abort', clock.now());
  if (!aborted.ok) return aborted;
  return whileLeading(options, () =>
    awaitProof(work, isIdle, { withinMs: IDLE_MS, what: `the end of the visits of Rollout/${name}` }),
  );
};

const backStep = async (
  options: ApplyOptions,
  work: StepWork,
  { id, title, act, back, proof }: PlanStep,
): Promise<Result<StepDone>> => {
  if (act.do === 'rollout') {
    const ended = await endRollout(options, work, act.name);
    if (!ended.ok) return ended;
  }
  const wasDone = await proofHolds(work, proof);
  if (!wasDone.ok && wasDone.fault.next === 'stop' && wasDone.fault.code !== 'kube-not-found') return wasDone;
  if ('none' in back) return ok({ id, title, outcome: 'no way back', because: back.none });
  const isBack = await proofHolds(work, back.proof);
  if (isBack.ok && isBack.value) return ok({ id, title, outcome: 'was done', because: 'it is as it was before' });
  const carried = await carryOutAct(work, back.act);
  if (!carried.ok) return carried;
  const proved = await awaitProof(work, () => proofHolds(work, back.proof), {
    withinMs: PROOF_MS,
    what: `taking back "${title}"`,
  });
  return proved.ok ? ok({ id, title, outcome: 'done', because: 'taken back and proved' }) : proved;
};

export const rollBack = async (options: ApplyOptions): Promise<ApplyOutcome> => {
  const { plan, ports, signal, tell } = options;
  const work: StepWork = { ports, signal, tell };
  const steps: StepDone[] = [];
  for (const step of plan.steps.toReversed()) {
    tell(`taking back: ${step.title}`);
    const done = await backStep(options, work, step);
    if (!done.ok)
      return {
        steps: [...steps, { id: step.id, title: step.title, outcome: 'failed', because: done.fault.message }],
        fault: done.fault,
      };
    steps.push(done.value);
  }
  return { steps };
};
