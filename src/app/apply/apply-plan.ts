/**
 * Walks the steps of a plan: what is done already is left, the rest is carried out in order and proved. Run again after a
 * crash, it goes on where it stood. Where nobody holds the lease, the rollout controller runs in this process meanwhile.
 */
import { runRolloutController } from '../../controllers/rollout/rollout-controller.ts';
import type { RolloutPorts } from '../../controllers/rollout/rollout-ports.ts';
import { SYSTEM_NAMESPACE } from '../../core/model/system-namespace.ts';
import type { Plan, PlanStep } from '../../core/plan/plan.ts';
import { ok, type Fault, type Result } from '../../core/result.ts';
import { runAsLeader, type LeaseLook } from '../../runtime/leader.ts';
import { carryOutAct, proofHolds, provesBeforehand } from '../steps/carry-out-step.ts';
import { awaitProof, type StepWork } from '../steps/step-work.ts';

export const CONTROLLER_LEASE = { namespace: SYSTEM_NAMESPACE, name: 'nicwright-controller' } as const;

export type { RolloutPorts };

export interface ApplyOptions {
  readonly plan: Plan;
  readonly ports: RolloutPorts;
  /** Of this process, for the lease. */
  readonly identity: string;
  readonly signal: AbortSignal;
  readonly tell: (line: string) => void;
  /** Called after each step that is done: an apply that is cut off tells no outcome. */
  readonly onDone?: (step: StepDone) => void;
}

export interface StepDone {
  readonly id: string;
  readonly title: string;
  readonly outcome: 'done' | 'was done' | 'failed' | 'not reached' | 'no way back';
  readonly because: string;
}

export interface ApplyOutcome {
  readonly steps: readonly StepDone[];
  /** The step that failed, if one did. */
  readonly fault?: Fault;
}

const PROOF_MS = 5 * 60_000;

/** Says who carries out what was submitted, whenever that changes; a holder that fell silent is replaced when its Lease is over. */
const whoLeads = (tell: (line: string) => void): ((look: LeaseLook) => void) => {
  let before: string | undefined;
  return (look) => {
    const holder = look.holds === 'us' ? '' : look.holder;
    if (holder === before) return;
    if (holder !== '') tell(`${holder} holds the Lease and carries it out; this process watches`);
    else if (before !== undefined) tell(`${before} holds the Lease no more; this process carries it out from here`);
    before = holder;
  };
};

/** Leads while `work` runs, if nobody else does; else that one carries out what is submitted. */
export const whileLeading = async <T>(
  { ports, identity, signal, tell }: Pick<ApplyOptions, 'ports' | 'identity' | 'signal' | 'tell'>,
  work: () => Promise<T>,
): Promise<T> => {
  const stop = new AbortController();
  const passOn = (): void => stop.abort(signal.reason);
  signal.addEventListener('abort', passOn, { once: true });
  const { api, clock, random, log } = ports;
  const leading = runAsLeader(
    { api, lease: CONTROLLER_LEASE, identity, clock, random, log, onLook: whoLeads(tell) },
    (term) =>
      runRolloutController(ports, term.signal, { mayAct: term.holds }).catch((error: unknown) => {
        if (!term.signal.aborted) throw error;
      }),
    stop.signal,
  );
  try {
    return await Promise.race([
      work(),
      // Leading ends before the work only by a bug, which has to be heard of.
      leading.then(() => new Promise<never>(() => {})),
    ]);
  } finally {
    signal.removeEventListener('abort', passOn);
    stop.abort();
    await leading;
  }
};

const carryOutStep = async (options: ApplyOptions, work: StepWork, step: PlanStep): Promise<Result<StepDone>> => {
  const { id, title, act, proof } = step;
  const before = await proofHolds(work, proof);
  if (!before.ok && before.fault.next === 'stop') return before;
  if (before.ok && before.value && provesBeforehand(proof))
    return ok({ id, title, outcome: 'was done', because: 'its proof holds already' });
  const carried =
    act.do === 'rollout' ? await whileLeading(options, () => carryOutAct(work, act)) : await carryOutAct(work, act);
  if (!carried.ok) return carried;
  const proved = await awaitProof(work, () => proofHolds(work, proof), { withinMs: PROOF_MS, what: title });
  return proved.ok ? ok({ id, title, outcome: 'done', because: 'carried out and proved' }) : proved;
};

export const notReached = ({ id, title }: PlanStep): StepDone => ({
  id,
  title,
  outcome: 'not reached',
  because: 'an earlier step failed',
});

/** Where every visit is over, what only prepared for them and was taken back since is not made anew. */
const preparations = async (work: StepWork, { steps }: Plan): Promise<Result<ReadonlySet<string>>> => {
  const at = steps.findIndex(({ act }) => act.do === 'rollout');
  const rollout = steps[at];
  if (rollout === undefined) return ok(new Set());
  const isOver = await proofHolds(work, rollout.proof);
  if (!isOver.ok) return isOver.fault.next === 'stop' ? isOver : ok(new Set());
  return ok(new Set(isOver.value ? steps.slice(0, at).flatMap(({ id, back }) => ('none' in back ? [] : [id])) : []));
};

export const applyPlan = async (options: ApplyOptions): Promise<ApplyOutcome> => {
  const { plan, ports, signal, tell } = options;
  const work: StepWork = { ports, signal, tell };
  const steps: StepDone[] = [];
  const needless = await preparations(work, plan);
  if (!needless.ok) return { steps: plan.steps.map(notReached), fault: needless.fault };
  for (const [at, step] of plan.steps.entries()) {
    if (needless.value.has(step.id)) {
      const { id, title } = step;
      steps.push({ id, title, outcome: 'was done', because: 'the visits that needed it are over' });
      continue;
    }
    tell(`step ${at + 1} of ${plan.steps.length}: ${step.title}`);
    const done = await carryOutStep(options, work, step);
    if (!done.ok) {
      const { id, title } = step;
      return {
        steps: [
          ...steps,
          { id, title, outcome: 'failed', because: done.fault.message },
          ...plan.steps.slice(at + 1).map(notReached),
        ],
        fault: done.fault,
      };
    }
    steps.push(done.value);
    options.onDone?.(done.value);
  }
  return { steps };
};
