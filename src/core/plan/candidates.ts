/** Nodes on which something waits, each with what a plan has to know of it: its restart, its pods, and who else has it in hand. */
import { budgetBook, type BudgetBook } from '../drain/budgets.ts';
import type { NodePlan, PlannedCard } from '../firmware/plan-node.ts';
import type { Rung } from '../firmware/rung.ts';
import { digText } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { RolloutGroup, RolloutSpec } from '../model/crd/rollout.ts';
import { objectsOf, type Snapshot } from '../snapshot/snapshot.ts';
import { nodeDrain, type NodeDrain } from '../visit/node-drain.ts';
import { othersAtWork } from '../visit/others/drainers.ts';
import { checksToPause } from '../visit/others/machines.ts';
import type { OtherAtWork } from '../visit/others/other.ts';
import { fleetNode } from '../visit/visit-node.ts';
import { paused } from './health-check-steps.ts';
import type { ObjectsByKind } from './surroundings-of.ts';

export interface Candidate {
  readonly plan: NodePlan;
  readonly rung: Rung;
  readonly object: KubeObject | undefined;
  readonly drain: NodeDrain | undefined;
  readonly others: readonly OtherAtWork[];
}

interface ReadFrom {
  readonly snapshot: Snapshot;
  readonly kinds: ObjectsByKind;
  readonly podsOn: ReadonlyMap<string | undefined, readonly KubeObject[]>;
  /** `namespace/name` of all DaemonSets. */
  readonly sets: ReadonlySet<string>;
}

export const plain = (snapshot: Snapshot, kind: string): readonly KubeObject[] =>
  objectsOf(snapshot, kind).map(({ object }) => object);

export const waits = ({ plan }: PlannedCard): boolean => plan.write.length > 0 || plan.activation !== undefined;

const CHECKS = 'MachineHealthCheck.machine.openshift.io';

/** Who acts on each node, with the checks paused that the plan's first steps pause. */
const othersOf = (
  nodes: readonly KubeObject[],
  { snapshot, kinds, podsOn }: ReadFrom,
): { readonly others: ReadonlyMap<string, readonly OtherAtWork[]>; readonly toPause: readonly KubeObject[] } => {
  const states = new Map(plain(snapshot, 'SriovNetworkNodeState').map((state) => [state.metadata.name, state]));
  const surroundings = nodes.map((node) => {
    const { name } = node.metadata;
    return { node, nodeState: states.get(name), kinds, pods: podsOn.get(name) ?? [] };
  });
  const toPause = new Set(surroundings.flatMap(checksToPause));
  const checks = kinds.get(CHECKS)?.map((check) => (toPause.has(check) ? paused(check) : check));
  const then = checks === undefined ? kinds : new Map([...kinds, [CHECKS, checks]]);
  return {
    others: new Map(surroundings.map((one) => [one.node.metadata.name, othersAtWork({ ...one, kinds: then })])),
    toPause: [...toPause],
  };
};

const drainOf = (
  name: string,
  { sets, podsOn }: ReadFrom,
  budgets: BudgetBook,
  { spec, nowMs }: { readonly spec: RolloutSpec; readonly nowMs: number },
): NodeDrain | undefined => {
  const drain = nodeDrain(
    {
      pods: podsOn.get(name) ?? [],
      budgets,
      daemonSetExists: (namespace, set) => sets.size === 0 || sets.has(`${namespace}/${set}`),
      nowMs,
    },
    spec,
  );
  return drain.ok ? drain.value : undefined;
};

/** Nodes that are out already come first: to visit them costs nobody anything. */
const inOrder = (candidates: readonly Candidate[]): readonly Candidate[] =>
  candidates.toSorted((a, b) => {
    const [out, other] = [a, b].map(({ object }) => (object === undefined || !fleetNode(object, '').isOut ? 1 : 0));
    return (out ?? 0) - (other ?? 0) || (a.plan.node.name < b.plan.node.name ? -1 : 1);
  });

export interface CandidateInput {
  readonly snapshot: Snapshot;
  readonly plans: readonly NodePlan[];
  readonly spec: RolloutSpec;
  /** Instead of the rung that each node needs by evidence. */
  readonly rung: Rung | undefined;
  readonly nowMs: number;
  readonly kinds: ObjectsByKind;
}

export interface Candidates {
  readonly candidates: readonly Candidate[];
  /** Checks that have to be paused before the first visit. */
  readonly toPause: readonly KubeObject[];
}

export const candidatesOf = ({ snapshot, plans, spec, rung, nowMs, kinds }: CandidateInput): Candidates => {
  const budgets = budgetBook(plain(snapshot, 'PodDisruptionBudget'));
  const nodes = new Map(plain(snapshot, 'Node').map((node) => [node.metadata.name, node]));
  const from: ReadFrom = {
    snapshot,
    kinds,
    podsOn: Map.groupBy(plain(snapshot, 'Pod'), (pod) => digText(pod, 'spec', 'nodeName')),
    sets: new Set(
      plain(snapshot, 'DaemonSet').map(({ metadata }) => `${metadata.namespace ?? 'default'}/${metadata.name}`),
    ),
  };
  const { others, toPause } = othersOf(
    plans.flatMap(({ node }) => nodes.get(node.name) ?? []),
    from,
  );
  const candidates = plans.map((plan) => {
    const { name } = plan.node;
    return {
      plan,
      rung: rung ?? plan.rung,
      object: nodes.get(name),
      others: others.get(name) ?? [],
      drain: drainOf(name, from, budgets, { spec, nowMs }),
    };
  });
  return { candidates: inOrder(candidates), toPause };
};

/** All that is wanted of a card and can be judged: what is active already is proved with the rest. */
const cardOfRollout = ({ pci, plan }: PlannedCard): RolloutGroup['cards'] => {
  const known = plan.states.filter(({ state }) => state !== 'unknown');
  if (known.length === 0) return [];
  return [{ pci, values: Object.fromEntries(known.map(({ wanted: { name, value } }) => [name, value])) }];
};

const groupKey = ({ rung, upTo, cards, dpus }: Omit<RolloutGroup, 'nodes'>): string =>
  JSON.stringify([rung, upTo, cards, dpus]);

/**
 * Nodes that want the same go together. Each group may go as high as its own nodes need: that another platform needs its power
 * cut is no leave to cut the power of these. `upTo`: as a person said for all.
 */
export const groupsOf = (candidates: readonly Candidate[], upTo?: Rung): readonly RolloutGroup[] => {
  const parts = candidates.map(({ plan, rung }) => ({
    node: plan.node.name,
    rung,
    upTo: upTo ?? rung,
    cards: plan.cards.flatMap(cardOfRollout),
    // A BlueField whose mode was not read may be one.
    dpus: plan.node.adapters
      .filter(({ kind }) => kind === 'bluefield-dpu' || kind === 'bluefield')
      .map(({ card }) => card),
  }));
  return [...Map.groupBy(parts, groupKey).values()].flatMap((group) => {
    const [first] = group;
    return first === undefined
      ? []
      : [
          {
            nodes: group.map(({ node }) => node),
            rung: first.rung,
            upTo: first.upTo,
            cards: first.cards,
            dpus: first.dpus,
          },
        ];
  });
};
