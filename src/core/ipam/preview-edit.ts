/**
 * What an edit of a pool would do before it is made: who keeps, who moves, who loses, and which running pods hold
 * addresses that would then belong to another node (reference page section 1.4, the table of edits).
 */
import { dig } from '../model/dig.ts';
import { contains } from '../model/ip.ts';
import type { Address } from '../model/ip.ts';
import type { SelectableNode } from '../model/node-selector.ts';
import { DROP_REASONS } from './allocation.ts';
import { byStart, rangeAt } from './exclusion-cover.ts';
import { showProblem } from './field-problem.ts';
import type { FieldProblem } from './field-problem.ts';
import type { HeldAddress } from './held-addresses.ts';
import { NEWEST_IPAM } from './ipam-versions.ts';
import type { IpamRelease } from './ipam-versions.ts';
import { sharesInStatus, showPool } from './pool-object.ts';
import type { PoolObject, Share } from './pool-object.ts';
import { reconcilePool } from './reconcile-pool.ts';
import type { PoolOutcome } from './reconcile-pool.ts';

export type NodeFate = 'keeps' | 'moves' | 'loses' | 'gains' | 'waits';

export interface NodeChange {
  readonly nodeName: string;
  readonly fate: NodeFate;
  readonly before: Share | undefined;
  readonly after: Share | undefined;
  readonly because: string;
}

/** A running pod whose address the edit takes from under it. */
export interface PodAtRisk {
  readonly held: HeldAddress;
  /** The node that would own the address; undefined when nobody would, and the pod's own node no longer does. */
  readonly newOwner: string | undefined;
}

export interface EditPreview {
  /** `clears`: nobody would hold anything afterwards, so the edit is refused. */
  readonly verdict: 'clears' | 'changes' | 'nothing-changes';
  /** The whole answer as one sentence. */
  readonly because: string;
  readonly problems: readonly FieldProblem[];
  readonly changes: readonly NodeChange[];
  readonly pods: readonly PodAtRisk[];
  /** Effects beyond allocations. */
  readonly notes: readonly string[];
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

const isSameShare = (one: Share, other: Share): boolean => one.text === other.text && one.gateway === other.gateway;

const changeOf = (
  nodeName: string,
  before: Share | undefined,
  after: Share | undefined,
  reason: string | undefined,
): NodeChange => {
  const change = { nodeName, before, after };
  if (before === undefined)
    return after === undefined
      ? { ...change, fate: 'waits', because: 'the pool has no free share for it' }
      : { ...change, fate: 'gains', because: 'it holds nothing yet' };
  if (after === undefined)
    return { ...change, fate: 'loses', because: reason ?? 'the pool has no free share left for it' };
  if (isSameShare(before, after)) return { ...change, fate: 'keeps', because: 'its share fits the new pool' };
  return { ...change, fate: 'moves', because: reason ?? 'another entry of the same node takes its place' };
};

const changesOf = (
  before: readonly Share[],
  outcome: PoolOutcome & { readonly valid: true },
): readonly NodeChange[] => {
  const held = new Map(before.map((share) => [share.nodeName, share]));
  const given = new Map(outcome.shares.map((share) => [share.nodeName, share]));
  const reasons = new Map(outcome.dropped.map(({ share, reason }) => [share.nodeName, DROP_REASONS[reason]]));
  const names = new Set([...held.keys(), ...given.keys(), ...outcome.unallocated]);
  return [...names].toSorted().map((name) => changeOf(name, held.get(name), given.get(name), reasons.get(name)));
};

/** Answers which node's share holds an address. */
const ownerAmong = (shares: readonly Share[]): ((address: Address) => string | undefined) => {
  const ranges = shares
    .flatMap(({ nodeName, range }) => (range === undefined ? [] : [{ ...range, nodeName }]))
    .toSorted(byStart);
  return (address) => {
    const range = rangeAt(ranges, address);
    return range !== undefined && contains(range, address) ? range.nodeName : undefined;
  };
};

/** Pods whose address changes hands: it goes to another node, or their own node no longer has it. */
const podsAtRisk = (changes: readonly NodeChange[], pods: readonly HeldAddress[]): readonly PodAtRisk[] => {
  const ownerBefore = ownerAmong(changes.flatMap(({ before }) => before ?? []));
  const ownerAfter = ownerAmong(changes.flatMap(({ after }) => after ?? []));
  return pods.flatMap((held): PodAtRisk[] => {
    const newOwner = ownerAfter(held.address);
    return newOwner === held.nodeName || newOwner === ownerBefore(held.address) ? [] : [{ held, newOwner }];
  });
};

/** Fields that reach pods only when these are made anew. */
const POD_FIELDS = ['gateway', 'gatewayIndex', 'defaultGateway', 'routes'];

const notesOf = (before: PoolObject, after: PoolObject): readonly string[] => {
  const changed = POD_FIELDS.filter(
    (field) => JSON.stringify(dig(before.spec, field)) !== JSON.stringify(dig(after.spec, field)),
  );
  return changed.length === 0
    ? []
    : [
        `spec.${changed.join(' and spec.')} reach new pods only: running pods keep their old gateway and routes until they are made anew`,
      ];
};

const AGAIN = 'once it is repaired, nodes get new shares in the order of their names, likely not the ones they had';

const clears = (pool: PoolObject, held: number, why: string, problems: readonly FieldProblem[]): EditPreview => ({
  verdict: 'clears',
  because: `this edit would clear ${held === 1 ? 'the one allocation' : `all ${held} allocations`} of ${showPool(pool)}: ${why}`,
  problems,
  changes: [],
  pods: [],
  notes: [],
});

const summary = (pool: PoolObject, changes: readonly NodeChange[], pods: readonly PodAtRisk[]): string => {
  const of = (fate: NodeFate): number => changes.filter((change) => change.fate === fate).length;
  const parts = (['keeps', 'moves', 'loses', 'gains', 'waits'] as const)
    .filter((fate) => fate === 'keeps' || of(fate) > 0)
    .map((fate) => `${of(fate)} ${VERBS[fate]}`);
  const given = pods.filter(({ newOwner }) => newOwner !== undefined).length;
  const danger = given === 0 ? '' : `; ${count(given, 'running pod')} would share an address with another node's pods`;
  return `${showPool(pool)}: of ${count(changes.length, 'node')} ${parts.join(', ')}${danger}`;
};

const VERBS: Readonly<Record<NodeFate, string>> = {
  keeps: 'keep',
  moves: 'move',
  loses: 'lose their share',
  gains: 'get a first one',
  waits: 'get none',
};

export interface EditQuestion {
  /** The pool as it is, with its status. */
  readonly before: PoolObject;
  /** The pool as it would be; its status is not looked at. */
  readonly after: PoolObject;
  readonly nodes: readonly SelectableNode[];
  readonly pods: readonly HeldAddress[];
  readonly release?: IpamRelease;
}

export const previewEdit = ({ before, after, nodes, pods, release = NEWEST_IPAM }: EditQuestion): EditPreview => {
  const held = sharesInStatus(before);
  const outcome = reconcilePool({ ...after, allocations: before.allocations }, nodes, release);
  if (!outcome.valid) {
    const why = `${outcome.problems.map(showProblem).join(', ')}; ${AGAIN}`;
    if (held.length > 0) return clears(before, held.length, why, outcome.problems);
    return { ...clears(before, 0, why, outcome.problems), because: `${showPool(after)} is not valid: ${why}` };
  }
  if (held.length > 0 && outcome.shares.length === 0)
    return clears(before, held.length, 'no node would hold a share of the new pool', []);
  const changes = changesOf(held, outcome);
  const risks = podsAtRisk(changes, pods);
  const isQuiet = changes.every(({ fate }) => fate === 'keeps');
  return {
    verdict: isQuiet ? 'nothing-changes' : 'changes',
    because: summary(after, changes, risks),
    problems: [],
    changes,
    pods: risks,
    notes: notesOf(before, after),
  };
};
