/** Runs a plan on a twin of the cluster, with the same controller as for real, and tells what happened when. */
import { planFacts, compareFacts } from '../../core/plan/fingerprint.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { buildInventory } from '../../core/inventory/build-inventory.ts';
import { ok, type Result } from '../../core/result.ts';
import { kindKey, type Snapshot } from '../../core/snapshot/snapshot.ts';
import { nodesInScope } from '../../core/visit/rollout-status.ts';
import type { Twin } from '../../twin/twin.ts';
import { applyPlan, type StepDone } from '../apply/apply-plan.ts';
import { letTimePass } from '../twin-cluster/let-time-pass.ts';
import { twinPorts } from '../twin-cluster/twin-ports.ts';
import { PERSON_MINUTES, personAtPower } from './person-at-power.ts';
import { twinOfCluster } from './twin-of-cluster.ts';
import { watchVisits, type NodeTimeline, type VisitRecord } from './watch-visits.ts';

export type { NodeTimeline };

export interface Rehearsal extends VisitRecord {
  readonly plan: string;
  readonly goal: string;
  readonly seed: number;
  readonly outcome: 'complete' | 'held';
  /** Why it did not end well, with the way out. */
  readonly because: string;
  /** From submission to the end. */
  readonly minutes: number;
  readonly mostOut: number;
  readonly budget: string;
  readonly steps: readonly StepDone[];
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
const MOST_MS = 14 * 24 * 3_600_000;

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

export const rehearsePlan = async (options: RehearseOptions): Promise<Result<Rehearsal>> => {
  const { plan, snapshot, seed } = options;
  const rollout = rolloutOf(plan);
  const loaded = twinOfCluster(snapshot, seed, rollout?.spec.groups);
  if (!loaded.ok) return loaded;
  const { twin, assumptions, leftOut } = loaded.value;
  await settle(twin, snapshot);
  const scope = rollout === undefined ? [] : nodesInScope(rollout.spec);
  const isByHand = rollout?.spec.power.adapter === 'manual';
  if (isByHand) personAtPower(twin, rollout.spec.power.holdSeconds);
  const seen = watchVisits(twin, scope);
  const began = twin.clock.now();
  const stop = new AbortController();
  const applied = await letTimePass(
    twin,
    MOST_MS,
    applyPlan({ plan, ports: twinPorts(twin), identity: 'rehearsal', signal: stop.signal, tell: () => {} }),
  );
  stop.abort();
  const record = seen();
  const fault = applied.ok ? applied.value.fault : applied.fault;
  return ok({
    plan: plan.metadata.name,
    goal: plan.goal,
    seed,
    outcome: fault === undefined ? 'complete' : 'held',
    because: fault?.message ?? 'every step was carried out and proved',
    minutes: Math.round((twin.clock.now() - began) / 60_000),
    mostOut: Math.max(0, ...record.out.map(({ nodes }) => nodes)),
    budget: String(rollout?.spec.budget.maxUnavailable ?? 1),
    steps: applied.ok ? applied.value.steps : [],
    ...record,
    assumptions: [
      ...assumptions,
      ...(isByHand ? [`whoever switches power does so ${PERSON_MINUTES} min after being asked`] : []),
      ...staleness(options),
    ],
    leftOut,
  });
};
