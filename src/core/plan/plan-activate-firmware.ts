/**
 * The plan that brings firmware settings into effect: which nodes wait for which restart and why (core/firmware), in which
 * order and waves, what is evicted and what blocks it (core/visit's own gates), how long it takes, and the steps.
 */
import { budgetBook, type BudgetBook } from '../drain/budgets.ts';
import { planNode, type NodePlan, type PlannedCard } from '../firmware/plan-node.ts';
import { highest, RUNG_NAMES, type Rung } from '../firmware/rung.ts';
import { buildInventory, type Inventory } from '../inventory/build-inventory.ts';
import { digText } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { rolloutSpec, type RolloutGroup, type RolloutSpec } from '../model/crd/rollout.ts';
import { fail, ok, type Result } from '../result.ts';
import { objectsOf, type Gap, type Snapshot } from '../snapshot/snapshot.ts';
import { budgetOf, type Fleet, type FleetNode } from '../visit/fleet.ts';
import { nodeDrain, podRefName, type NodeDrain } from '../visit/node-drain.ts';
import { othersAtWork } from '../visit/others/drainers.ts';
import type { OtherAtWork } from '../visit/others/other.ts';
import { fleetNode, visitNode } from '../visit/visit-node.ts';
import { daemonSteps } from './daemon-steps.ts';
import { fingerprintOf, planFacts } from './fingerprint.ts';
import { PLAN_VERSION, type Plan, type PlanBlocker, type PlannedVisit, type PlanStep } from './plan.ts';
import { rolloutMinutes, visitMinutes } from './visit-minutes.ts';

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

interface Candidate {
  readonly plan: NodePlan;
  readonly rung: Rung;
  readonly object: KubeObject | undefined;
  readonly drain: NodeDrain | undefined;
  readonly others: readonly OtherAtWork[];
}

const waits = ({ plan }: PlannedCard): boolean => plan.write.length > 0 || plan.activation !== undefined;

/** All that is wanted of a card and can be judged: what is active already is proved with the rest. */
const cardOfRollout = ({ pci, plan }: PlannedCard): RolloutGroup['cards'] => {
  const known = plan.states.filter(({ state }) => state !== 'unknown');
  if (known.length === 0) return [];
  return [{ pci, values: Object.fromEntries(known.map(({ wanted: { name, value } }) => [name, value])) }];
};

const groupKey = ({ rung, cards, dpus }: Omit<RolloutGroup, 'nodes'>): string => JSON.stringify([rung, cards, dpus]);

const groupsOf = (candidates: readonly Candidate[]): readonly RolloutGroup[] => {
  const parts = candidates.map(({ plan, rung }) => ({
    node: plan.node.name,
    rung,
    cards: plan.cards.flatMap(cardOfRollout),
    dpus: plan.node.adapters.filter(({ kind }) => kind === 'bluefield-dpu').map(({ card }) => card),
  }));
  return [...Map.groupBy(parts, groupKey).values()].flatMap((group) => {
    const [first] = group;
    return first === undefined
      ? []
      : [{ nodes: group.map(({ node }) => node), rung: first.rung, cards: first.cards, dpus: first.dpus }];
  });
};

const plain = (snapshot: Snapshot, kind: string): readonly KubeObject[] =>
  objectsOf(snapshot, kind).map(({ object }) => object);

const changesOf = ({ cards }: NodePlan): readonly string[] => {
  const said = cards
    .filter(waits)
    .flatMap(({ plan }) =>
      plan.states
        .filter(({ state }) => state !== 'active' && state !== 'unknown')
        .map(
          ({ wanted: { name, value, current }, state }) =>
            `${name} ${current ?? '?'} -> ${value}${state === 'staged' ? '' : ', to be written'}`,
        ),
    );
  return [...Map.groupBy(said, (line) => line)].map(([line, same]) =>
    same.length === 1 ? line : `${line} on ${same.length} cards`,
  );
};

const stateOf = ({ object, others }: Candidate): string => {
  if (object === undefined) return 'not in the cluster';
  const { ready, schedulable, cordon } = visitNode(object);
  const whose = others.find(({ stance }) => stance === 'takes-part')?.who ?? cordon?.by ?? 'somebody';
  return [ready ? 'Ready' : 'not Ready', ...(schedulable ? [] : [`cordoned by ${whose}`])].join(', ');
};

const visitOf = (candidate: Candidate): PlannedVisit => {
  const { plan, rung, drain } = candidate;
  return {
    node: plan.node.name,
    restart: RUNG_NAMES[rung],
    because: plan.because,
    changes: [...changesOf(plan)],
    evicts: (drain?.going ?? []).map(({ ref }) => podRefName(ref)),
    loses: (drain?.refused ?? []).map(({ pod, because }) => `${pod}: ${because}`),
    state: stateOf(candidate),
    minutes: visitMinutes(rung),
  };
};

interface BlockerInput {
  readonly candidate: Candidate;
  readonly spec: RolloutSpec;
  readonly group: RolloutGroup | undefined;
}

const othersOn = (object: KubeObject, snapshot: Snapshot): readonly OtherAtWork[] =>
  othersAtWork({
    node: object,
    nodeState: plain(snapshot, 'SriovNetworkNodeState').find(({ metadata }) => metadata.name === object.metadata.name),
    nodeMaintenances: plain(snapshot, 'NodeMaintenance'),
    daemonSets: plain(snapshot, 'DaemonSet'),
  });

/** What each gate would say now; a visit waits there until it is lifted. */
const blockersOf = ({ candidate, spec, group }: BlockerInput): readonly PlanBlocker[] => {
  const { plan, object, drain, rung, others } = candidate;
  const on = plan.node.name;
  if (object === undefined)
    return [
      { on, because: 'the input has no Node of this name', wayOut: 'read the cluster, or a dump with its nodes' },
    ];
  const node = visitNode(object);
  const isOthers = others.some(({ stance }) => stance === 'takes-part');
  const isCut = (rung === 'cold' || rung === 'ac') && (group?.dpus.length ?? 0) > 0 && spec.power.adapter !== 'manual';
  return [
    ...others
      .filter(({ stance }) => stance === 'wait')
      .map(({ who, because, wayOut }) => ({ on, because: `${who} is at work on it: ${because}`, wayOut })),
    ...(node.cordon !== undefined && !isOthers && !spec.allow.cordoned
      ? [
          {
            on,
            because: `it is cordoned by ${node.cordon.by}${node.cordon.since === undefined ? '' : ` since ${node.cordon.since}`}`,
            wayOut: `kubectl uncordon ${on}, or --cordoned`,
          },
        ]
      : []),
    ...(node.isControlPlane && !spec.allow.controlPlane
      ? [{ on, because: 'it is a control-plane node', wayOut: '--control-plane visits such nodes one at a time' }]
      : []),
    ...(drain?.refused ?? []).map(({ pod, because, wayOut }) => ({
      on,
      because: `${pod} must not go: ${because}`,
      wayOut,
    })),
    ...(drain?.going ?? []).flatMap(({ ref, budget }) =>
      budget.allows || budget.blocks === 'now'
        ? []
        : [{ on, because: `${podRefName(ref)} would never be let go: ${budget.because}`, wayOut: budget.wayOut }],
    ),
    ...(isCut && !spec.allow.dpuPowerCut
      ? [
          {
            on,
            because: `power would be cut under the Arm side of ${group?.dpus.join(' and ') ?? ''} (BlueField in DPU mode), which is not proved down`,
            wayOut: 'shut the Arm side down first, or --cut-dpu-power',
          },
        ]
      : []),
    ...((rung === 'cold' || rung === 'ac') && spec.power.adapter === ''
      ? [
          {
            on,
            because: `a ${RUNG_NAMES[rung]} needs somebody who switches power`,
            wayOut: '--power redfish, --power ipmi, --power command, or --power manual',
          },
        ]
      : []),
  ];
};

const drainOf = (
  name: string,
  snapshot: Snapshot,
  budgets: BudgetBook,
  { spec, nowMs }: { readonly spec: RolloutSpec; readonly nowMs: number },
): NodeDrain | undefined => {
  const sets = new Set(
    plain(snapshot, 'DaemonSet').map(({ metadata }) => `${metadata.namespace ?? 'default'}/${metadata.name}`),
  );
  const drain = nodeDrain(
    {
      pods: plain(snapshot, 'Pod').filter((pod) => digText(pod, 'spec', 'nodeName') === name),
      budgets,
      daemonSetExists: (namespace, set) => sets.size === 0 || sets.has(`${namespace}/${set}`),
      nowMs,
    },
    spec,
  );
  return drain.ok ? drain.value : undefined;
};

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

const wavesOfPlan = (spec: RolloutSpec, { nodes }: Fleet): Plan['waves'] => {
  const canary = nodes.slice(0, spec.waves.canary);
  const by = spec.waves.by;
  const rest = Map.groupBy(nodes.slice(spec.waves.canary), ({ labels }) =>
    by === undefined ? '' : (labels[by] ?? ''),
  );
  return [
    ...(canary.length === 0 ? [] : [{ name: 'canary', nodes: canary.map(({ name }) => name) }]),
    ...[...rest].map(([value, wave]) => ({
      name: by === undefined ? 'then' : `${by}=${value}`,
      nodes: wave.map(({ name }) => name),
    })),
  ];
};

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

/** Nodes that are out already come first: to visit them costs nobody anything. */
const inOrder = (candidates: readonly Candidate[]): readonly Candidate[] =>
  candidates.toSorted((a, b) => {
    const [out, other] = [a, b].map(({ object }) => (object === undefined || !fleetNode(object, '').isOut ? 1 : 0));
    return (out ?? 0) - (other ?? 0) || (a.plan.node.name < b.plan.node.name ? -1 : 1);
  });

const effectsOf = (spec: RolloutSpec, visits: readonly PlannedVisit[], hasDaemon: boolean): readonly string[] => {
  const evicts = visits.reduce((sum, { evicts: pods }) => sum + pods.length, 0);
  return [
    `${visits.length} ${visits.length === 1 ? 'node is' : 'nodes are'} taken out of service, at most ${String(spec.budget.maxUnavailable)} at a time, and ${evicts} pods are evicted`,
    ...(spec.drain.deleteEmptyDir ? ['the content of emptyDir volumes of those pods is lost'] : []),
    ...(spec.drain.force ? ['pods without a controller are evicted and not created again'] : []),
    ...(spec.allow.dpuPowerCut ? ['BlueFields in DPU mode lose power under their running Arm side'] : []),
    ...(hasDaemon
      ? [
          'the SR-IOV config daemon is rolled twice, as its selector changes, and is away from a node during its visit; nodes that join meanwhile get none',
        ]
      : []),
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
  const budgets = budgetBook(plain(snapshot, 'PodDisruptionBudget'));
  const nodes = plain(snapshot, 'Node');
  const byName = new Map(nodes.map((node) => [node.metadata.name, node]));
  const othersOf = (node: KubeObject | undefined): readonly OtherAtWork[] =>
    node === undefined ? [] : othersOn(node, snapshot);
  const candidates = inOrder(
    waiting.map((one) => ({
      plan: one,
      rung: wish.rung ?? one.rung,
      object: byName.get(one.node.name),
      others: othersOf(byName.get(one.node.name)),
      drain: drainOf(one.node.name, snapshot, budgets, { spec: parsed.data, nowMs: wish.nowMs }),
    })),
  );
  const facts = planFacts(
    snapshot,
    inventory,
    candidates.map(({ plan }) => plan.node.name),
  );
  const fingerprint = fingerprintOf(facts);
  const groups = groupsOf(candidates);
  const spec: RolloutSpec = { ...parsed.data, plan: fingerprint, groups: [...groups] };
  const visits = candidates.map(visitOf);
  const fleet = fleetOf(spec, candidates);
  const name = `activate-firmware-${fingerprint.slice(0, 6)}`;
  const daemon = daemonSteps(
    plain(snapshot, 'SriovOperatorConfig').find(({ metadata }) => metadata.name === 'default'),
    nodes,
  );
  const groupFor = (node: string): RolloutGroup | undefined => groups.find((group) => group.nodes.includes(node));
  return ok({
    apiVersion: PLAN_VERSION,
    kind: 'Plan',
    metadata: { name, from: [...snapshot.sources] },
    goal: REASON,
    fingerprint,
    facts,
    visits,
    untold: plans.filter(isUntold).map(({ node }) => node.name),
    waves: wavesOfPlan(spec, fleet),
    minutes: rolloutMinutes(
      visits.map(({ minutes }) => minutes),
      spec,
      budgetOf(fleet),
    ),
    effects: visits.length === 0 ? [] : [...effectsOf(spec, visits, daemon.before.length > 0)],
    blockers: candidates.flatMap((candidate) =>
      blockersOf({ candidate, spec, group: groupFor(candidate.plan.node.name) }),
    ),
    gaps: gapsOf(
      inventory,
      plans,
      visits.map(({ node }) => node),
    ).map(({ what, because, settle }) => ({ what, because, ...(settle !== undefined && { settle }) })),
    steps:
      visits.length === 0
        ? []
        : [DEFINITIONS, ...daemon.before, rolloutStep(name, spec, visits.length), ...daemon.after],
  });
};
