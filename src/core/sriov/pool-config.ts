/**
 * SriovNetworkPoolConfig: which nodes may be drained together, and how many (api/v1/helper.go, MaxUnavailable;
 * controllers/helper.go, findNodePoolConfig; reference: sriov.md 1.5).
 */
import { dig, digText } from '../model/dig.ts';
import { countOf } from '../model/int-or-percent.ts';
import { readLabelSelector, selects } from '../model/label-selector.ts';
import type { Labels, LabelSelector } from '../model/label-selector.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';

export interface SriovNetworkPoolConfig {
  readonly name: string;
  /** Absent selects all nodes; undefined where the object holds a selector that cannot be read. */
  readonly nodeSelector: LabelSelector | undefined;
  /** As written: a number, `N%`, or undefined for no limit. */
  readonly maxUnavailable: unknown;
  readonly rdmaMode: string;
  /** Name of a MachineConfigPool. A pool object that has one takes no part in draining. */
  readonly ovsHardwareOffload: string;
}

export const readPoolConfig = (object: unknown): SriovNetworkPoolConfig => {
  const nodeSelector = dig(object, 'spec', 'nodeSelector');
  return {
    name: digText(object, 'metadata', 'name') ?? '',
    nodeSelector: nodeSelector === undefined || nodeSelector === null ? [] : readLabelSelector(nodeSelector),
    maxUnavailable: dig(object, 'spec', 'maxUnavailable') ?? undefined,
    rdmaMode: digText(object, 'spec', 'rdmaMode') ?? '',
    ovsHardwareOffload: digText(object, 'spec', 'ovsHardwareOffloadConfig', 'name') ?? '',
  };
};

/** No limit: all nodes of the pool may be drained at once. */
export const UNLIMITED = -1;

/** How many of `nodes` nodes may be drained at once; UNLIMITED where nothing is set. A share is rounded down. */
export const maxUnavailable = (value: unknown, nodes: number): Result<number> => {
  if (value === undefined || value === null) return ok(UNLIMITED);
  const refused = (why: string): Result<number> =>
    fail(
      'input-max-unavailable',
      `maxUnavailable ${JSON.stringify(value)} ${why}; write a count from 0 or a share from 1% to 100%`,
    );
  if (typeof value === 'string') {
    const share = countOf(value, 100, 'down');
    if (share === undefined) return refused('is no number and no share');
    if (share < 1 || share > 100) return refused('is no share between 1% and 100%');
  }
  const count = countOf(value, nodes, 'down');
  if (count === undefined) return refused('is no whole number');
  return count < 0 ? refused('is negative') : ok(count);
};

/** The pool of nodes that are in no pool. */
export const IMPLICIT_POOL: SriovNetworkPoolConfig = {
  name: '',
  nodeSelector: [],
  maxUnavailable: 1,
  rdmaMode: '',
  ovsHardwareOffload: '',
};

export interface PoolNode {
  readonly name: string;
  readonly labels: Labels;
}

export interface NodePool {
  readonly pool: SriovNetworkPoolConfig;
  /** Names of the nodes that share its limit. */
  readonly nodes: readonly string[];
}

/** Upstream's own words, spelling included: they are what stands in the operator's log. */
export const TWO_POOLS = 'node is part of more then one pool';

/** The pool of one node among all nodes and pool objects. */
export const poolOf = (
  node: PoolNode,
  nodes: readonly PoolNode[],
  pools: readonly SriovNetworkPoolConfig[],
): Result<NodePool> => {
  const draining = pools.filter(({ ovsHardwareOffload }) => ovsHardwareOffload === '');
  const unreadable = draining.find(({ nodeSelector }) => nodeSelector === undefined);
  if (unreadable !== undefined)
    return fail(
      'refused-pool-selector',
      `SriovNetworkPoolConfig ${unreadable.name} has a nodeSelector that cannot be read, so no node finds its pool; correct it`,
    );
  const has = (pool: SriovNetworkPoolConfig, { labels }: PoolNode): boolean => selects(pool.nodeSelector ?? [], labels);
  const own = draining.filter((pool) => has(pool, node));
  const [pool, ...others] = own;
  if (others.length > 0) return fail('refused-two-pools', TWO_POOLS, 'wait');
  const members =
    pool === undefined
      ? nodes.filter((candidate) => !draining.some((other) => has(other, candidate)))
      : nodes.filter((candidate) => has(pool, candidate));
  return ok({ pool: pool ?? IMPLICIT_POOL, nodes: members.map(({ name }) => name) });
};
