/** Which pools share addresses with each other or with a network that the cluster uses itself; nv-ipam looks at neither. */
import { overlaps, showSubnet } from '../model/ip.ts';
import type { SelectableNode } from '../model/node-selector.ts';
import { showClusterNetwork } from './cluster-networks.ts';
import type { ClusterNetwork } from './cluster-networks.ts';
import { findingOf, subnetOf, subnetPath } from './pool-finding.ts';
import type { PoolFinding, ValidPool } from './pool-finding.ts';
import { showPool } from './pool-object.ts';
import { selectedNames } from './reconcile-pool.ts';

const servedByBoth = (one: ValidPool, other: ValidPool, nodes: readonly SelectableNode[]): string => {
  const served = new Set(selectedNames(one.outcome.spec.nodeSelector, nodes));
  const both = selectedNames(other.outcome.spec.nodeSelector, nodes).filter((name) => served.has(name)).length;
  if (nodes.length === 0) return 'two pods can get the same address';
  return both > 0
    ? `both serve ${both} nodes, so two pods can get the same address`
    : 'no node is in both, but pods of either can get the same address';
};

const betweenPools = (pools: readonly ValidPool[], nodes: readonly SelectableNode[]): readonly PoolFinding[] =>
  pools.flatMap((pool, index) =>
    pools.slice(0, index).flatMap((earlier) => {
      const mine = subnetOf(pool.outcome.spec);
      const theirs = subnetOf(earlier.outcome.spec);
      if (!overlaps(mine, theirs)) return [];
      return [
        findingOf(pool, subnetPath(pool.outcome.spec), {
          id: 'ipam-pool-overlap',
          severity: 'error',
          because: `${showSubnet(mine)} overlaps ${showSubnet(theirs)} of ${showPool(earlier.pool)}: ${servedByBoth(earlier, pool, nodes)}`,
          wayOut: 'give each rail a subnet of its own; nodes of the pool that is changed move',
        }),
      ];
    }),
  );

const withCluster = (pool: ValidPool, networks: readonly ClusterNetwork[]): readonly PoolFinding[] => {
  const subnet = subnetOf(pool.outcome.spec);
  const hit = networks.filter(({ range }) => overlaps(range, subnet));
  const first = hit[0];
  if (first === undefined) return [];
  const more = hit.length > 1 ? ` and ${hit.length - 1} more` : '';
  return [
    findingOf(pool, subnetPath(pool.outcome.spec), {
      id: 'ipam-cluster-overlap',
      severity: 'error',
      because: `${showSubnet(subnet)} overlaps ${showClusterNetwork(first)}${more}: pods of the pool cannot reach what lies there`,
      wayOut: 'take a subnet that nothing else in the cluster uses; every node of the pool then moves',
    }),
  ];
};

export const checkOverlaps = (
  pools: readonly ValidPool[],
  networks: readonly ClusterNetwork[],
  nodes: readonly SelectableNode[],
): readonly PoolFinding[] => [...betweenPools(pools, nodes), ...pools.flatMap((pool) => withCluster(pool, networks))];
