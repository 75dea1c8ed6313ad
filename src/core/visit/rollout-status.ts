/** What a rollout's status says: bounded counts and names, and conditions in the words that kstatus reads. */
import type { RolloutCondition, RolloutFlight, RolloutSpec, RolloutStatus } from '../model/crd/rollout.ts';
import { timestamp } from '../model/timestamp.ts';
import { outNodes, type Fleet, type Turn } from './fleet.ts';

export interface RolloutView {
  readonly fleet: Fleet;
  readonly turn: Turn;
  readonly generation: number;
  readonly submittedBy: string | undefined;
  readonly nowMs: number;
  /** Of the nodes that are visited or held. */
  readonly flights: readonly (RolloutFlight & { readonly isHeld: boolean })[];
  /** Whose turn it is and what keeps them back. */
  readonly blocked: readonly RolloutFlight[];
  /** Nodes that the rollout names and the cluster does not have. */
  readonly missing: readonly string[];
}

const MOST_FLIGHTS = 100;
const MOST_BLOCKED = 20;

type Verdict = Pick<RolloutCondition, 'status' | 'reason' | 'message'>;

const say = (status: RolloutCondition['status'], reason: string, message: string): Verdict => ({
  status,
  reason,
  message,
});

export const isOver = ({ nodes, spec }: Fleet): boolean => {
  const open = nodes.filter(({ visit }) => visit !== 'returned' && visit !== 'abandoned');
  return open.length === 0 || (spec.aborted && open.every(({ visit }) => visit === 'waiting' || visit === 'elsewhere'));
};

const stalledBy = ({ fleet, flights, missing }: RolloutView): Verdict => {
  const held = flights.filter(({ isHeld }) => isHeld);
  const [first] = held;
  if (first !== undefined && held.length >= fleet.spec.budget.maxHeld)
    return say('True', 'Held', `${first.node}: ${first.message}`);
  if (missing.length > 0) return say('True', 'NodeMissing', `there is no node ${missing.slice(0, 5).join(', ')}`);
  return say('False', 'NotStalled', '');
};

const readyOf = ({ fleet }: RolloutView, stalled: Verdict): Verdict => {
  const { nodes, spec } = fleet;
  const returned = nodes.filter(({ visit }) => visit === 'returned').length;
  if (!isOver(fleet))
    return say(
      'False',
      stalled.status === 'True' ? stalled.reason : spec.paused ? 'Paused' : 'InProgress',
      `${returned} of ${nodes.length} nodes are back`,
    );
  if (stalled.status === 'True') return say('False', stalled.reason, stalled.message);
  return spec.aborted && returned < nodes.length
    ? say('False', 'Aborted', `aborted with ${returned} of ${nodes.length} nodes done`)
    : say('True', 'Complete', nodes.length === 1 ? 'the node is back' : `all ${nodes.length} nodes are back`);
};

const reconcilingOf = ({ fleet, turn, flights }: RolloutView, stalled: Verdict): Verdict => {
  if (isOver(fleet) || stalled.status === 'True') return say('False', 'Idle', turn.because);
  const [first] = flights;
  return say('True', 'Progressing', first === undefined ? turn.because : `${first.node} ${first.message}`);
};

const conditionsOf = (view: RolloutView, before: readonly RolloutCondition[]): readonly RolloutCondition[] => {
  const stalled = stalledBy(view);
  const wanted: Readonly<Record<string, Verdict>> = {
    Ready: readyOf(view, stalled),
    Reconciling: reconcilingOf(view, stalled),
    Stalled: stalled,
  };
  return Object.entries(wanted).map(([type, verdict]) => {
    const old = before.find((condition) => condition.type === type);
    return {
      type,
      ...verdict,
      observedGeneration: view.generation,
      lastTransitionTime:
        old !== undefined && old.status === verdict.status ? old.lastTransitionTime : timestamp(view.nowMs),
    };
  });
};

const flightOf = ({ node, stage, since, message }: RolloutFlight): RolloutFlight => ({ node, stage, since, message });

export const rolloutStatusOf = (view: RolloutView, before: Partial<RolloutStatus>): RolloutStatus => {
  const { fleet, turn, flights, blocked, generation, nowMs, submittedBy } = view;
  const count = (visit: Fleet['nodes'][number]['visit']): number =>
    fleet.nodes.filter((node) => node.visit === visit).length;
  const out = outNodes(fleet).length;
  const began = before.began ?? timestamp(nowMs);
  const ended = isOver(fleet) ? (before.ended ?? timestamp(nowMs)) : undefined;
  return {
    ...(submittedBy !== undefined && { submittedBy }),
    observedGeneration: generation,
    nodes: fleet.nodes.length,
    returned: count('returned'),
    abandoned: count('abandoned'),
    waiting: count('waiting') + count('elsewhere'),
    visiting: flights
      .filter(({ isHeld }) => !isHeld)
      .slice(0, MOST_FLIGHTS)
      .map(flightOf),
    held: flights
      .filter(({ isHeld }) => isHeld)
      .slice(0, MOST_FLIGHTS)
      .map(flightOf),
    blocked: blocked.slice(0, MOST_BLOCKED).map(flightOf),
    out,
    mostOut: Math.max(out, before.mostOut ?? 0),
    wave: turn.wave,
    began,
    ...(ended !== undefined && { ended }),
    conditions: [...conditionsOf(view, before.conditions ?? [])],
  };
};

/** Nodes of all groups, each once, in order. */
export const nodesInScope = ({ groups }: Pick<RolloutSpec, 'groups'>): readonly string[] => [
  ...new Set(groups.flatMap(({ nodes }) => nodes)),
];
