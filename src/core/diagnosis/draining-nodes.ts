/**
 * Nodes on which an operator drains pods now, by the marks that operators leave on them, and what a text about a drain
 * speaks of. What holds a drain is asked of core/drain by the rules.
 */
import { budgetBook, type BudgetBook } from '../drain/budgets.ts';
import { controllerOf, isDaemonSet, isFinished, isMirror } from '../drain/pod-facts.ts';
import { OFED_KEYS } from '../driver/driver-keys.ts';
import { digText } from '../model/dig.ts';
import type { SnapshotObject } from '../snapshot/snapshot.ts';
import { CURRENT_STATE_KEY, DESIRED_STATE_KEY, NODE_STATE_KEY } from '../sriov/drain/drain-state.ts';
import { requestWithPrefix } from '../sriov/drain/partial-drain.ts';
import { NVIDIA_RESOURCE_PREFIX } from '../sriov/extended-resources.ts';
import type { Facts } from './facts.ts';
import { fieldEvidence } from './evidence.ts';
import type { Evidence } from './finding.ts';
import type { TellingLine } from './telling-lines.ts';

export interface DrainingNode {
  readonly node: string;
  readonly by: 'the SR-IOV operator' | 'the driver upgrade';
  /** Every pod goes, not only those that ask for the operator's resources. */
  readonly isWhole: boolean;
  /** Where the mark stands. */
  readonly evidence: Evidence;
}

const isDraining = (state: string | undefined): boolean => state?.startsWith('Draining') === true;

const sriovMark = (node: SnapshotObject | undefined, state: SnapshotObject | undefined): Evidence | undefined => {
  const places = [
    [state, CURRENT_STATE_KEY],
    [node, CURRENT_STATE_KEY],
    // Releases in which the daemon drained its own node wrote what it did where a later one writes what it wants.
    [node, NODE_STATE_KEY],
  ] as const;
  for (const [holder, key] of places)
    if (holder !== undefined && isDraining(digText(holder.object, 'metadata', 'annotations', key)))
      return fieldEvidence(holder, ['metadata', 'annotations', key]);
  return undefined;
};

const markOf = (facts: Facts, name: string): DrainingNode | undefined => {
  const node = facts.object('Node', name);
  const state = facts.object('SriovNetworkNodeState', name);
  const sriov = sriovMark(node, state);
  const wanted =
    digText(state?.object, 'metadata', 'annotations', DESIRED_STATE_KEY) ??
    digText(node?.object, 'metadata', 'annotations', NODE_STATE_KEY);
  if (sriov !== undefined)
    return {
      node: name,
      by: 'the SR-IOV operator',
      isWhole: wanted !== 'Drain_Required',
      evidence: sriov,
    };
  return node !== undefined && digText(node.object, 'metadata', 'labels', OFED_KEYS.state) === 'drain-required'
    ? {
        node: name,
        by: 'the driver upgrade',
        isWhole: true,
        evidence: fieldEvidence(node, ['metadata', 'labels', OFED_KEYS.state]),
      }
    : undefined;
};

export const drainingNodes = (facts: Facts): readonly DrainingNode[] =>
  facts.nodes.flatMap((name) => markOf(facts, name) ?? []);

/** Pods of the node that its drain has to remove: DaemonSets and static pods stay. */
export const podsToGo = (facts: Facts, { node, isWhole }: DrainingNode): readonly SnapshotObject[] => {
  const prefix = facts.operators.resourcePrefix ?? NVIDIA_RESOURCE_PREFIX;
  return facts
    .podsOn(node)
    .filter(({ object }) => !isFinished(object) && !isMirror(object) && !isDaemonSet(controllerOf(object)))
    .filter(({ object }) => isWhole || requestWithPrefix(object, prefix) !== undefined);
};

export const budgetsIn = (facts: Facts): BudgetBook =>
  budgetBook(facts.objects('PodDisruptionBudget').map(({ object }) => object));

/** The node that a line about a drain speaks of: that of its log, else the one that it names. */
export const nodeOfLine = (facts: Facts, { text, line }: TellingLine): string | undefined =>
  facts.nodeOfText(text) ?? line.split(/[^\w.-]+/).find((word) => facts.node(word) !== undefined);

/** An old log of a drain that is over: the node's state says so. */
export const isOver = (facts: Facts, node: string | undefined): boolean =>
  node !== undefined && facts.node(node)?.nodeState?.syncStatus === 'Succeeded';
