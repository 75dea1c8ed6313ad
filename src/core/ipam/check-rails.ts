/** Whether every rail has a pool, every pool asked for exists, and a node's share is enough for the VFs of its rails. */
import { capacityOf } from './capacity.ts';
import { findingOf, originOf } from './pool-finding.ts';
import type { PoolFinding, PoolSource, ValidPool } from './pool-finding.ts';
import { showPool } from './pool-object.ts';
import type { PoolNetwork } from './pool-networks.ts';
import type { Rail } from './rails.ts';

const poolsOf = <Source extends PoolSource>(network: PoolNetwork, pools: readonly Source[]): readonly Source[] =>
  pools.filter(({ pool }) => pool.kind === network.poolKind && network.pools.includes(pool.name));

const missingPools = (networks: readonly PoolNetwork[], pools: readonly PoolSource[]): readonly PoolFinding[] =>
  networks.flatMap((network) => {
    const found = new Set(poolsOf(network, pools).map(({ pool }) => pool.name));
    return network.pools
      .filter((name) => !found.has(name))
      .map((name): PoolFinding => ({
        id: 'ipam-pool-missing',
        severity: 'error',
        about: `${network.kind}/${network.name}`,
        origin: originOf(network.source, ['spec', network.kind === 'NetworkAttachmentDefinition' ? 'config' : 'ipam']),
        because: `it asks for ${network.poolKind} ${name}, which does not exist: its pods get NotFound and stay in ContainerCreating`,
        wayOut: `create ${network.poolKind} ${name}, or name an existing pool: ${pools.map(({ pool }) => pool.name).join(', ') || 'there is none'}`,
      }));
  });

/** Rails whose VFs get no address: no network names the resource. One with another IPAM is served elsewhere. */
const railsWithout = (rails: readonly Rail[], networks: readonly PoolNetwork[]): readonly PoolFinding[] =>
  networks.length === 0
    ? []
    : rails
        .filter((rail) => rail.networks.length === 0)
        .flatMap(({ resource, policies }) => {
          const policy = policies[0];
          if (policy === undefined) return [];
          return [
            {
              id: 'ipam-rail-without-pool',
              severity: 'warning',
              about: `rail ${resource}`,
              origin: originOf(policy, ['spec', 'resourceName']),
              because: `policy ${policy.object.metadata.name} makes VFs of it, but no network gives them addresses from a pool`,
              wayOut: 'create a network with an nv-ipam pool for this resource, as the other rails have',
            } satisfies PoolFinding,
          ];
        });

/** A pool that no network asks for, where networks are known. */
const poolsUnused = (pools: readonly PoolSource[], networks: readonly PoolNetwork[]): readonly PoolFinding[] =>
  networks.length === 0
    ? []
    : pools
        .filter(
          ({ pool }) =>
            !networks.some((network) => network.poolKind === pool.kind && network.pools.includes(pool.name)),
        )
        .map((source) =>
          findingOf(source, [], {
            id: 'ipam-pool-unused',
            severity: 'note',
            because: 'no network asks for it',
            wayOut: 'name it in the ipam block of a network, or delete it',
          }),
        );

const smallShares = (pool: ValidPool, rails: readonly Rail[]): readonly PoolFinding[] => {
  const mine = rails.filter(({ networks }) => networks.some((network) => poolsOf(network, [pool]).length > 0));
  const vfs = mine.reduce((sum, rail) => sum + (rail.vfs ?? 0), 0);
  const { perNode } = capacityOf(pool.outcome.spec);
  if (BigInt(vfs) <= perNode) return [];
  const missing = BigInt(vfs) - perNode;
  const share = missing * 2n === BigInt(vfs) ? 'half of the VFs' : `${missing} of ${vfs} VFs`;
  const names = mine.map(({ resource }) => resource).join(' and ');
  const field = pool.pool.kind === 'IPPool' ? 'perNodeBlockSize' : 'perNodeNetworkPrefix';
  return [
    findingOf(pool, ['spec', field], {
      id: 'ipam-block-lt-vfs',
      severity: 'warning',
      because: `a node has ${vfs} VFs on ${names} (${mine[0]?.vfsFrom ?? ''}) and gets ${perNode} addresses: ${share} will get no address`,
      wayOut: `give each node ${vfs} addresses or more; another ${field} moves every node`,
    }),
  ];
};

export const checkRails = (
  rails: readonly Rail[],
  networks: readonly PoolNetwork[],
  pools: readonly PoolSource[],
  valid: readonly ValidPool[],
): readonly PoolFinding[] => [
  ...missingPools(networks, pools),
  ...railsWithout(rails, networks),
  ...valid.flatMap((pool) => smallShares(pool, rails)),
  ...poolsUnused(pools, networks),
];

/** What policies and pools alone tell when no network joins them. */
export const countGap = (rails: readonly Rail[], pools: readonly PoolSource[]): string | undefined =>
  rails.length === 0 || rails.length === pools.length
    ? undefined
    : `${rails.length} rails (${rails.map(({ resource }) => resource).join(', ')}) and ${pools.length} pools (${pools.map(({ pool }) => showPool(pool)).join(', ')})`;
