/**
 * One reconcile of a pool, of either kind: valid or not, who holds what afterwards, which events are sent. The twin's
 * controller and the commands call this; the algorithms stand in allocate-ippool.ts and allocate-cidrpool.ts.
 */
import { isMap } from '../model/dig.ts';
import { selectsNode } from '../model/node-selector.ts';
import type { SelectableNode } from '../model/node-selector.ts';
import { allocateCIDRPool } from './allocate-cidrpool.ts';
import { allocateIPPool } from './allocate-ippool.ts';
import type { Block } from './allocate-ippool.ts';
import type { DropReason, PoolEvent } from './allocation.ts';
import type { NodePrefix } from './cidrpool-entry.ts';
import { readCIDRPool } from './cidrpool-spec.ts';
import type { CIDRPoolSpec } from './cidrpool-spec.ts';
import { showProblems } from './field-problem.ts';
import type { FieldProblem } from './field-problem.ts';
import { readIPPool } from './ippool-spec.ts';
import type { IPPoolSpec } from './ippool-spec.ts';
import { NEWEST_IPAM } from './ipam-versions.ts';
import type { IpamRelease } from './ipam-versions.ts';
import { nodeSelectorProblems } from './node-selector-problems.ts';
import { readBlock, readNodePrefix, shareOfBlock, shareOfPrefix } from './pool-object.ts';
import type { PoolObject, Share } from './pool-object.ts';

export type PoolSpec = IPPoolSpec | CIDRPoolSpec;

export interface DroppedShare {
  readonly share: Share;
  readonly reason: DropReason;
}

export type PoolOutcome =
  | {
      readonly valid: true;
      readonly spec: PoolSpec;
      /** The new status.allocations, entry by entry as the API has them. */
      readonly allocations: readonly (Block | NodePrefix)[];
      readonly shares: readonly Share[];
      readonly dropped: readonly DroppedShare[];
      readonly unallocated: readonly string[];
      readonly events: readonly PoolEvent[];
    }
  | {
      /** The controller empties status.allocations and waits for the next edit. */
      readonly valid: false;
      readonly problems: readonly FieldProblem[];
      readonly events: readonly PoolEvent[];
    };

const invalid = (problems: readonly FieldProblem[]): PoolOutcome => ({
  valid: false,
  problems,
  events: [{ type: 'Warning', reason: 'InvalidSpec', message: showProblems(problems) }],
});

/** The names of the nodes that a pool's selector takes. */
export const selectedNames = (nodeSelector: unknown, nodes: readonly SelectableNode[]): readonly string[] =>
  nodes.filter((node) => selectsNode(nodeSelector, node)).map(({ name }) => name);

const reconcileIPPool = (pool: PoolObject, nodes: readonly SelectableNode[], release: IpamRelease): PoolOutcome => {
  const read = readIPPool(pool.name, pool.spec, release);
  if (!read.ok) return invalid(read.problems);
  const names = selectedNames(read.spec.nodeSelector, nodes);
  const { blocks, dropped, unallocated } = allocateIPPool(read.spec, names, pool.allocations.map(readBlock), release);
  return {
    valid: true,
    spec: read.spec,
    allocations: blocks,
    shares: blocks.map(shareOfBlock),
    dropped: dropped.map(({ entry, reason }) => ({ share: shareOfBlock(entry), reason })),
    unallocated,
    // The texts of both events are nv-ipam's, to the letter: people search logs for them.
    events: unallocated.map((name) => ({
      type: 'Warning',
      reason: 'NoFreeRanges',
      message: `failed to allocate IPs on Node: ${name}`,
    })),
  };
};

const reconcileCIDRPool = (pool: PoolObject, nodes: readonly SelectableNode[], release: IpamRelease): PoolOutcome => {
  const read = readCIDRPool(pool.name, pool.spec, release);
  if (!read.ok) return invalid(read.problems);
  const names = selectedNames(read.spec.nodeSelector, nodes);
  const existing = pool.allocations.map(readNodePrefix);
  const { prefixes, dropped, unallocated } = allocateCIDRPool(read.spec, names, existing, release);
  return {
    valid: true,
    spec: read.spec,
    allocations: prefixes,
    shares: prefixes.map(shareOfPrefix),
    dropped: dropped.map(({ entry, reason }) => ({ share: shareOfPrefix(entry), reason })),
    unallocated,
    events: unallocated.map((name) => ({
      type: 'Warning',
      reason: 'NoFreePrefixes',
      message: `failed to allocated prefix for Node: ${name}, no free prefixes`,
    })),
  };
};

export const reconcilePool = (
  pool: PoolObject,
  nodes: readonly SelectableNode[],
  release: IpamRelease = NEWEST_IPAM,
): PoolOutcome =>
  pool.kind === 'IPPool' ? reconcileIPPool(pool, nodes, release) : reconcileCIDRPool(pool, nodes, release);

/** The pool for nodes known by name only: a selector that is valid is taken to select them all. */
export const forNamesOnly = (pool: PoolObject): PoolObject =>
  isMap(pool.spec) && nodeSelectorProblems(pool.spec['nodeSelector']).length === 0
    ? { ...pool, spec: { ...pool.spec, nodeSelector: undefined } }
    : pool;
