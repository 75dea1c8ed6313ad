/**
 * Which visits may begin: order, canary, waves, and the budget over all nodes in scope. Decided for the whole rollout at once;
 * what keeps a single node back is its gate (stage-rules/gate.ts).
 */
import { countOf } from '../model/int-or-percent.ts';
import type { RolloutSpec } from '../model/crd/rollout.ts';
import { etcdAtRisk, type EtcdMember } from './etcd-members.ts';
import { untold, type Told } from './told.ts';
import { windowState } from './windows.ts';

export interface FleetNode {
  readonly name: string;
  /** Not Ready or cordoned, by whomever. */
  readonly isOut: boolean;
  readonly isControlPlane: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** Of this rollout's visit to it. `elsewhere`: another rollout has it in hand. */
  readonly visit: 'waiting' | 'visiting' | 'held' | 'returned' | 'abandoned' | 'elsewhere';
}

export interface Fleet {
  readonly spec: RolloutSpec;
  /** Those in scope that exist, in the order in which the rollout names them. */
  readonly nodes: readonly FleetNode[];
  /** Control-plane nodes of the whole cluster, in scope or not. */
  readonly controlPlane: readonly FleetNode[];
  /** Read where a control-plane node is in scope. */
  readonly etcd?: Told<readonly EtcdMember[]>;
}

/** Nodes that may be out at once: a share is rounded down, and is at least one. */
export const budgetOf = ({ spec, nodes }: Fleet): number =>
  Math.max(1, countOf(spec.budget.maxUnavailable, nodes.length, 'down') ?? 1);

const inHand = ({ visit }: FleetNode): boolean => visit === 'visiting' || visit === 'held';
const isDone = ({ visit }: FleetNode): boolean => visit === 'returned' || visit === 'abandoned';

export const outNodes = ({ nodes }: Fleet): readonly FleetNode[] => nodes.filter((node) => node.isOut || inHand(node));

const waveOf = ({ labels }: FleetNode, by: string | undefined): string => (by === undefined ? '' : (labels[by] ?? ''));

/** The label values in the order in which they come; one wave where no label is named. */
export const wavesOf = ({ spec, nodes }: Fleet): readonly string[] => [
  ...new Set(nodes.map((node) => waveOf(node, spec.waves.by))),
];

export interface Turn {
  /** Nodes whose turn it is, in order; each still has to fit the budget and pass its gate. */
  readonly next: readonly FleetNode[];
  /** `canary`, or the label value of the wave; empty where there is one wave. */
  readonly wave: string;
  readonly because: string;
  /** One of them begins, and no other beside it. */
  readonly alone?: true;
}

const nobody = (wave: string, because: string): Turn => ({ next: [], wave, because });

const minutes = (ms: number): string => `${Math.ceil(ms / 60_000)} min`;

/**
 * A node that is out already and waits for its visit may fill the budget for ever: what took it out ends with that visit alone.
 * Where nobody whose turn it is fits beside it, it goes first.
 */
const outFirst = (fleet: Fleet, turn: Turn): Turn => {
  const { next, wave } = turn;
  if (next.length === 0 || next.some(({ isOut }) => isOut) || fleet.nodes.some(inHand)) return turn;
  const out = fleet.nodes.filter(({ isOut, visit }) => isOut && visit === 'waiting');
  return out.length === 0 || outNodes(fleet).length < budgetOf(fleet)
    ? turn
    : { next: out, wave, because: 'what is out already goes first: nobody else fits beside it', alone: true };
};

/** Whose turn it is now, and why nobody's. */
export const turnOf = (fleet: Fleet, nowMs: number): Turn => outFirst(fleet, turnByOrder(fleet, nowMs));

const turnByOrder = (fleet: Fleet, nowMs: number): Turn => {
  const { spec, nodes } = fleet;
  const held = nodes.filter(({ visit }) => visit === 'held');
  const waiting = nodes.filter(({ visit }) => visit === 'waiting');
  if (spec.aborted) return nobody('', 'the rollout is aborted');
  const elsewhere = nodes.filter(({ visit }) => visit === 'elsewhere').map(({ name }) => name);
  if (waiting.length === 0 && elsewhere.length === 0) return nobody('', 'every node has had its turn');
  if (held.length >= spec.budget.maxHeld)
    return nobody(
      '',
      `it has stopped: ${held.map(({ name }) => name).join(', ')} ${held.length === 1 ? 'is' : 'are'} held`,
    );
  if (spec.paused) return nobody('', 'it is paused');
  if (waiting.length === 0) return nobody('', `another rollout has ${elsewhere.join(', ')} in hand`);
  const window = windowState(spec.windows, nowMs);
  if (!window.open) return nobody('', `the next window opens in ${minutes(window.waitMs)}`);
  const canary = nodes.slice(0, spec.waves.canary);
  const open = canary.filter((node) => !isDone(node));
  if (open.length > 0)
    return { next: open.filter(({ visit }) => visit === 'waiting'), wave: 'canary', because: 'canary nodes go first' };
  const wave = wavesOf(fleet).find((value) =>
    nodes.some((node) => !isDone(node) && node.visit !== 'elsewhere' && waveOf(node, spec.waves.by) === value),
  );
  const next = waiting.filter((node) => waveOf(node, spec.waves.by) === wave);
  return next.length > 0
    ? { next, wave: wave ?? '', because: 'next in order' }
    : nobody(wave ?? '', `the wave ${wave ?? ''} is not over`);
};

/** Why this node's visit may not begin now; undefined when it may. */
export const overBudget = (fleet: Fleet, node: FleetNode): string | undefined => {
  const budget = budgetOf(fleet);
  const visiting = fleet.nodes.filter(inHand).length;
  if (visiting >= budget) return `${visiting} of ${budget} visits that the budget allows are under way`;
  const out = outNodes(fleet).filter(({ name }) => name !== node.name);
  // A node that is out already costs nothing more.
  if (!node.isOut && out.length >= budget)
    return `${out
      .map(({ name }) => name)
      .slice(0, 3)
      .join(
        ', ',
      )}${out.length > 3 ? ' and others' : ''} ${out.length === 1 ? 'is' : 'are'} out, and the budget is ${budget}`;
  return node.isControlPlane ? quorumAtRisk(fleet, node) : undefined;
};

/** One at a time, while all others are up, and only where it is proved that etcd keeps its quorum. */
const quorumAtRisk = ({ controlPlane, etcd }: Fleet, node: FleetNode): string | undefined => {
  const others = controlPlane.filter(({ name }) => name !== node.name);
  const up = others.filter((one) => !one.isOut && !inHand(one)).length;
  if (up < others.length || up <= controlPlane.length / 2)
    return `only ${up} of ${controlPlane.length} control-plane nodes would be up, and etcd needs more than half`;
  return etcdAtRisk(etcd ?? untold('its pods were not read'), node.name);
};

/** The fleet as it is once this node's visit has begun. */
export const withVisit = (fleet: Fleet, begun: FleetNode): Fleet => ({
  ...fleet,
  nodes: fleet.nodes.map((node) => (node.name === begun.name ? { ...node, visit: 'visiting' } : node)),
  controlPlane: fleet.controlPlane.map((node) => (node.name === begun.name ? { ...node, visit: 'visiting' } : node)),
});
