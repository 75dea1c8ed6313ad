/**
 * Walks the finished steps of a plan backwards by their way back. It takes away exactly what the plan made; a step that has
 * none is named. Run again after a crash, it goes on: what is back already is left.
 */
import type { PlanStep } from '../../core/plan/plan.ts';
import { ok, type Result } from '../../core/result.ts';
import { carryOutAct, proofHolds } from '../steps/carry-out-step.ts';
import { awaitProof, type StepWork } from '../steps/step-work.ts';
import type { ApplyOptions, ApplyOutcome, StepDone } from './apply-plan.ts';

const PROOF_MS = 5 * 60_000;

const backStep = async (work: StepWork, { id, title, back, proof }: PlanStep): Promise<Result<StepDone>> => {
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

export const rollBack = async ({ plan, ports, signal, tell }: ApplyOptions): Promise<ApplyOutcome> => {
  const work: StepWork = { ports, signal, tell };
  const steps: StepDone[] = [];
  for (const step of plan.steps.toReversed()) {
    tell(`taking back: ${step.title}`);
    const done = await backStep(work, step);
    if (!done.ok)
      return {
        steps: [...steps, { id: step.id, title: step.title, outcome: 'failed', because: done.fault.message }],
        fault: done.fault,
      };
    steps.push(done.value);
  }
  return { steps };
};
