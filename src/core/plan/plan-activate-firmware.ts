/**
 * The plan that brings firmware settings into effect: which nodes wait for which restart and why (core/firmware), in which
 * order and waves, what is evicted and what blocks it (core/visit's own gates), how long it takes, and the steps.
 */
import { planNode, type NodePlan } from '../firmware/plan-node.ts';
import { highest, type Rung } from '../firmware/rung.ts';
import { buildInventory, type Inventory } from '../inventory/build-inventory.ts';
import { canonical } from '../model/canonical.ts';
import { rolloutSpec, type RolloutGroup, type RolloutSpec } from '../model/crd/rollout.ts';
import { fail, ok, type Result } from '../result.ts';
import type { Gap, Snapshot } from '../snapshot/snapshot.ts';
import { budgetOf, type Fleet, type FleetNode } from '../visit/fleet.ts';
import { fleetNode } from '../visit/visit-node.ts';
import { candidatesOf, groupsOf, plain, waits, type Candidate } from './candidates.ts';
import { daemonSteps } from './daemon-steps.ts';
import { pauseSteps } from './health-check-steps.ts';
import { objectsByKind, unreadKinds } from './surroundings-of.ts';
import { fingerprintOf, planFacts, sumOf } from './fingerprint.ts';
import { blockersOf } from './plan-blockers.ts';
import { PLAN_VERSION, type Plan, type PlanStep } from './plan.ts';
import { affectedOf, effectsOf, visitOf, wavesOfPlan } from './planned-visits.ts';
import { rolloutMinutes } from './visit-minutes.ts';

export interface ActivateFirmwareWish {
  /** These nodes only; empty: every node on which something waits. */
  readonly nodes: readonly string[];
  /** Instead of the rung that each node needs by evidence. */
  readonly rung?: Rung;
  /** Everything of a rollout that is no matter of the nodes themselves. */
  readonly rollout: Partial<Omit<RolloutSpec, 'groups' | 'reason' | 'plan'>>;
  readonly allow: Partial<RolloutSpec['allow']>;
  readonly nowMs: number;
}

const REASON = 'activate staged firmware settings';

const DEFINITIONS: PlanStep = {
  id: 'install-definitions',
  title: 'Install the kind Rollout and the namespace nicwright-system, if they are not there',
  because: 'the state of a rollout is kept in the cluster; this step needs an administrator',
  act: { do: 'install-definitions' },
  proof: { is: 'definitions-served' },
  back: { none: 'a definition stays: taking it away would delete every Rollout' },
};

const rolloutStep = (name: string, spec: RolloutSpec, nodes: number): PlanStep => ({
  id: 'rollout',
  title: `Visit ${nodes === 1 ? 'the node' : `${nodes} nodes`}: drain, restart, prove, give back`,
  because: spec.reason,
  act: { do: 'rollout', name, spec },
  proof: { is: 'rollout-complete', name },
  back: { none: 'a setting that is active is taken back only by a new plan with the old value, and a new visit' },
});

const fleetOf = (spec: RolloutSpec, candidates: readonly Candidate[]): Fleet => ({
  spec,
  nodes: candidates.flatMap(({ object }): FleetNode[] => (object === undefined ? [] : [fleetNode(object, '')])),
  controlPlane: [],
});

/** Cards are configured there, and of some nothing says how they stand. */
const isUntold = ({ isKnown, cards }: NodePlan): boolean => !isKnown && cards.length > 0;

const gapsOf = (inventory: Inventory, plans: readonly NodePlan[], asked: readonly string[]): readonly Gap[] => {
  return [
    ...plans
      .filter((one) => isUntold(one) && !one.cards.some(waits))
      .map(({ node, because }) => ({ what: `whether ${node.name} has to be visited`, because })),
    ...plans.filter(({ node }) => asked.includes(node.name)).flatMap(({ gaps }) => gaps),
    ...inventory.gaps,
  ];
};

/** Fails when nothing waits anywhere, or the wish cannot be read. */
export const planActivateFirmware = (snapshot: Snapshot, wish: ActivateFirmwareWish): Result<Plan> => {
  const inventory = buildInventory(snapshot, { nodes: wish.nodes });
  const absent = wish.nodes.filter((name) => !inventory.nodes.some((node) => node.name === name));
  if (absent.length > 0)
    return fail(
      'usage-node',
      `The input has no node ${absent.join(', ')}; it has ${inventory.nodes.map(({ name }) => name).join(', ') || 'none'}.`,
    );
  const plans = inventory.nodes
    .filter(({ name }) => wish.nodes.length === 0 || wish.nodes.includes(name))
    .map(planNode);
  const waiting = plans.filter(({ cards }) => cards.some(waits));
  const rungs = waiting.map((one) => wish.rung ?? one.rung);
  const parsed = rolloutSpec.safeParse({
    ...wish.rollout,
    reason: REASON,
    groups: [{ nodes: ['-'], rung: 'none' }],
    allow: { rung: highest(rungs), ...wish.allow },
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return fail('usage', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not readable'}.`);
  }
  const kinds = objectsByKind(snapshot);
  const { candidates, toPause } = candidatesOf({
    snapshot,
    plans: waiting,
    spec: parsed.data,
    rung: wish.rung,
    nowMs: wish.nowMs,
    kinds,
  });
  const facts = planFacts(
    snapshot,
    inventory,
    candidates.map(({ plan }) => plan.node.name),
  );
  const fingerprint = fingerprintOf(facts);
  const groups = groupsOf(candidates, wish.allow.rung);
  const spec: RolloutSpec = { ...parsed.data, plan: fingerprint, groups: [...groups] };
  const visits = candidates.map(visitOf);
  const fleet = fleetOf(spec, candidates);
  // Its own for each plan: the same change may be due again (a node that was installed anew), or by other means.
  const name = `activate-firmware-${sumOf(canonical([spec, wish.nowMs])).slice(-6)}`;
  const daemon = daemonSteps(
    plain(snapshot, 'SriovOperatorConfig').find(({ metadata }) => metadata.name === 'default'),
    plain(snapshot, 'Node'),
  );
  const pauses = pauseSteps(toPause);
  const groupFor = (node: string): RolloutGroup | undefined => groups.find((group) => group.nodes.includes(node));
  return ok({
    apiVersion: PLAN_VERSION,
    kind: 'Plan',
    metadata: { name, from: [...snapshot.sources] },
    goal: REASON,
    fingerprint,
    facts,
    visits,
    judged: plans.filter(({ isKnown }) => isKnown).length,
    untold: plans.filter(isUntold).map(({ node }) => node.name),
    waves: wavesOfPlan(spec, fleet),
    minutes: rolloutMinutes(
      visits.map(({ minutes }) => minutes),
      spec,
      budgetOf(fleet),
    ),
    effects:
      visits.length === 0 ? [] : [...effectsOf(spec, visits, daemon.before.length > 0), ...affectedOf(candidates)],
    blockers: candidates.flatMap((candidate) => blockersOf(candidate, spec, groupFor(candidate.plan.node.name))),
    gaps: [
      ...gapsOf(
        inventory,
        plans,
        visits.map(({ node }) => node),
      ),
      ...(visits.length === 0 ? [] : unreadKinds(kinds)),
    ].map(({ what, because, settle }) => ({ what, because, ...(settle !== undefined && { settle }) })),
    steps:
      visits.length === 0
        ? []
        : [
            DEFINITIONS,
            ...pauses.before,
            ...daemon.before,
            rolloutStep(name, spec, visits.length),
            ...daemon.after,
            ...pauses.after,
          ],
  });
};
