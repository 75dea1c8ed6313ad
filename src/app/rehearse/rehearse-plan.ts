/** Runs a plan on a twin of the cluster, with the same controller as for real, and tells what happened when. */
import { planFacts, compareFacts } from '../../core/plan/fingerprint.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { buildInventory } from '../../core/inventory/build-inventory.ts';
import { countOf } from '../../core/model/int-or-percent.ts';
import type { RolloutSpec } from '../../core/model/crd/rollout.ts';
import { ok, type Fault, type Result } from '../../core/result.ts';
import { kindKey, type Snapshot } from '../../core/snapshot/snapshot.ts';
import { nodesInScope } from '../../core/visit/rollout-status.ts';
import type { Twin } from '../../twin/twin.ts';
import { applyPlan, notReached, type StepDone } from '../apply/apply-plan.ts';
import { showRollouts } from '../apply/rollouts.ts';
import { letTimePass } from '../twin-cluster/let-time-pass.ts';
import { twinApi, twinPorts } from '../twin-cluster/twin-ports.ts';
import { PERSON_MINUTES, personAtPower } from './person-at-power.ts';
import { twinOfCluster } from './twin-of-cluster.ts';
import { watchVisits, type NodeTimeline, type VisitRecord } from './watch-visits.ts';

export type { NodeTimeline };

export interface Blocker {
  readonly node: string;
  readonly because: string;
  readonly wayOut?: string;
}

export interface Rehearsal extends VisitRecord {
  readonly plan: string;
  readonly goal: string;
  readonly seed: number;
  /** `unfinished`: it came to no end of its own, and was cut off. */
  readonly outcome: 'complete' | 'held' | 'unfinished';
  /** Why it did not end well, with the way out. */
  readonly because: string;
  /** From submission to the end. */
  readonly minutes: number;
  readonly mostOut: number;
  /** As the plan states it, a count or a share; and the nodes that it allows. */
  readonly budget: string;
  readonly budgetNodes: number;
  readonly steps: readonly StepDone[];
  /** Who stood still at the end. */
  readonly blockers: readonly Blocker[];
  readonly assumptions: readonly string[];
  readonly leftOut: readonly string[];
}

export interface RehearseOptions {
  readonly plan: Plan;
  readonly snapshot: Snapshot;
  readonly seed: number;
}

/** Until operators and kubelets of the twin have found their footing. */
const SETTLE_MS = 30 * 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Patience {
  readonly mostMs: number;
  /** So long a visit may stay as it is, with nothing wrong, and more. */
  readonly idleMs: number;
}

/** With windows a rollout may stand still for a week, and go on for months. */
const patienceOf = (spec: RolloutSpec | undefined): Patience => {
  if (spec === undefined) return { mostMs: DAY_MS, idleMs: DAY_MS };
  const { drain, jobs, power, windows } = spec;
  const idleMs = 2 * HOUR_MS + (drain.timeoutSeconds + jobs.timeoutSeconds + power.bootSeconds) * 1000;
  return windows.length > 0 ? { mostMs: 90 * DAY_MS, idleMs: idleMs + 8 * DAY_MS } : { mostMs: 14 * DAY_MS, idleMs };
};

const rolloutOf = ({ steps }: Plan) => steps.flatMap(({ act }) => (act.do === 'rollout' ? [act] : []))[0];

const staleness = ({ plan, snapshot }: RehearseOptions): readonly string[] => {
  const rollout = rolloutOf(plan);
  if (rollout === undefined) return [];
  const now = planFacts(snapshot, buildInventory(snapshot), nodesInScope(rollout.spec));
  const { changed } = compareFacts(plan.facts, now);
  return changed.map((fact) => `${fact} has changed since the plan was made: apply would refuse it`);
};

const settle = async (twin: Twin, snapshot: Snapshot): Promise<void> => {
  const hasOperators = snapshot.objects.some(({ object }) =>
    kindKey(object.kind, object.apiVersion).endsWith('.sriovnetwork.openshift.io'),
  );
  await twin.runUntil(twin.clock.now() + (hasOperators ? SETTLE_MS : SETTLE_MS / 10));
};

/** Who stands still at the end and why: nodes whose visit is held, and nodes that may not begin theirs. */
const blockersOf = async (twin: Twin, rollout: string | undefined): Promise<readonly Blocker[]> => {
  if (rollout === undefined) return [];
  const shown = await showRollouts(twinApi(twin), rollout);
  const [one] = shown.ok ? shown.value : [];
  if (one === undefined || one.status.waiting + one.visits.length === 0) return [];
  return [
    ...one.visits.flatMap(({ node, journal: { stage, because, held } }) => [
      held === undefined
        ? { node, because: `${stage}: ${because}` }
        : { node, because: held.because, ...(held.wayOut !== '' && { wayOut: held.wayOut }) },
    ]),
    ...one.status.blocked.map(({ node, message }) => ({ node, because: message })),
  ];
};

interface Ending {
  readonly outcome: Rehearsal['outcome'];
  readonly because: string;
  readonly steps: readonly StepDone[];
}

/** What an apply that never came to its end says: the step, and what it waited for. */
const unfinished = (
  { steps }: Plan,
  done: readonly StepDone[],
  { fault, said, minutes }: { readonly fault: Fault; readonly said: string; readonly minutes: number },
): Ending => {
  const [at, ...rest] = steps.slice(done.length);
  const hours = `${Math.round(minutes / 60)} h`;
  const because = `it did not end within ${hours} (${fault.code === 'held-stuck' ? 'nothing changed any more' : 'no longer time was given'}): stuck at step ${done.length + 1} of ${steps.length}, "${at?.title ?? ''}"${said === '' ? '' : `: ${said}`}`;
  return {
    outcome: 'unfinished',
    because,
    steps: [
      ...done,
      ...(at === undefined ? [] : [{ id: at.id, title: at.title, outcome: 'failed' as const, because }]),
      ...rest.map(notReached),
    ],
  };
};

export const rehearsePlan = async (options: RehearseOptions): Promise<Result<Rehearsal>> => {
  const { plan, snapshot, seed } = options;
  const rollout = rolloutOf(plan);
  const loaded = twinOfCluster(snapshot, seed, plan);
  if (!loaded.ok) return loaded;
  const { twin, assumptions, leftOut } = loaded.value;
  await settle(twin, snapshot);
  const scope = rollout === undefined ? [] : nodesInScope(rollout.spec);
  const isByHand = rollout?.spec.power.adapter === 'manual';
  if (isByHand) personAtPower(twin, rollout.spec.power.holdSeconds);
  const watch = watchVisits(twin, scope);
  const began = twin.clock.now();
  const stop = new AbortController();
  const done: StepDone[] = [];
  let said = '';
  let stepAt = began;
  const { mostMs, idleMs } = patienceOf(rollout?.spec);
  const applied = await letTimePass(
    twin,
    mostMs,
    applyPlan({
      plan,
      ports: twinPorts(twin),
      identity: 'rehearsal',
      signal: stop.signal,
      tell: (line) => (said = line.startsWith('step ') ? '' : line),
      onDone: (step) => {
        done.push(step);
        stepAt = twin.clock.now();
      },
    }),
    () => twin.clock.now() - Math.max(stepAt, watch.lastChange()) > idleMs,
  );
  const blockers = await blockersOf(twin, rollout?.name);
  stop.abort();
  const record = watch.end();
  const minutes = Math.round((twin.clock.now() - began) / 60_000);
  const ending: Ending = applied.ok
    ? {
        outcome: applied.value.fault === undefined ? 'complete' : 'held',
        because: applied.value.fault?.message ?? 'every step was carried out and proved',
        steps: applied.value.steps,
      }
    : unfinished(plan, done, { fault: applied.fault, said, minutes });
  return ok({
    plan: plan.metadata.name,
    goal: plan.goal,
    seed,
    ...ending,
    minutes,
    mostOut: Math.max(0, ...record.out.map(({ nodes }) => nodes)),
    budget: String(rollout?.spec.budget.maxUnavailable ?? 1),
    budgetNodes: Math.max(1, countOf(rollout?.spec.budget.maxUnavailable ?? 1, scope.length, 'down') ?? 1),
    blockers,
    ...record,
    assumptions: [
      ...assumptions,
      ...(isByHand ? [`whoever switches power does so ${PERSON_MINUTES} min after being asked`] : []),
      ...staleness(options),
    ],
    leftOut,
  });
};
