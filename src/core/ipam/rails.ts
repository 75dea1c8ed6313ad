/**
 * A rail is a device plugin resource as policies ask for it: how many VFs a node has on it, and which networks and pools
 * give those VFs addresses. Whether the pools are large enough is judged in check-pools.ts.
 */
import { dig, digList, digNumber, digText } from '../model/dig.ts';
import type { Snapshot, SnapshotObject } from '../snapshot/snapshot.ts';
import { objectsOf } from '../snapshot/snapshot.ts';
import type { PoolNetwork } from './pool-networks.ts';

export interface Rail {
  /** The resource without its prefix. */
  readonly resource: string;
  readonly policies: readonly SnapshotObject[];
  /** VFs that a node has on this rail; undefined where no input tells. */
  readonly vfs: number | undefined;
  /** Where `vfs` comes from, for the sentence. */
  readonly vfsFrom: string;
  readonly networks: readonly PoolNetwork[];
}

/** How many VFs a pfNames entry selects: `ibp24s0#0-3` four, `ibp24s0` all `numVfs`. */
const vfsOfName = (name: string, numVfs: number): number => {
  const range = /#(\d{1,5})-(\d{1,5})$/.exec(name);
  return range === null ? numVfs : Math.max(0, Number(range[2]) - Number(range[1]) + 1);
};

/** A policy's VFs on one node, if its names and addresses each stand for one function of every node. */
const vfsOfPolicy = (policy: unknown): number => {
  const numVfs = digNumber(policy, 'spec', 'numVfs') ?? 0;
  const names = digList(policy, 'spec', 'nicSelector', 'pfNames').filter((name) => typeof name === 'string');
  if (names.length > 0) return names.reduce((sum, name) => sum + vfsOfName(name, numVfs), 0);
  return numVfs * Math.max(1, digList(policy, 'spec', 'nicSelector', 'rootDevices').length);
};

/** The most that any node offers of the resource, by its allocatable resources. */
const vfsOffered = (snapshot: Snapshot, resource: string): number | undefined => {
  const counts = objectsOf(snapshot, 'Node').flatMap(({ object }) =>
    Object.entries(dig(object, 'status', 'allocatable') ?? {})
      .filter(([name]) => name.includes('/') && name.split('/').at(-1) === resource)
      .map(([, count]) => Number(count)),
  );
  return counts.length === 0 ? undefined : Math.max(...counts);
};

export const railsIn = (snapshot: Snapshot, networks: readonly PoolNetwork[]): readonly Rail[] => {
  const byResource = new Map<string, SnapshotObject[]>();
  for (const policy of objectsOf(snapshot, 'SriovNetworkNodePolicy')) {
    const resource = digText(policy.object, 'spec', 'resourceName');
    // The operator's own placeholder policy `default` has no resource of anybody.
    if (resource === undefined || policy.object.metadata.name === 'default') continue;
    byResource.set(resource, [...(byResource.get(resource) ?? []), policy]);
  }
  return [...byResource].map(([resource, policies]) => {
    const asked = Math.max(...policies.map(({ object }) => vfsOfPolicy(object)));
    const offered = vfsOffered(snapshot, resource) ?? 0;
    const names = policies.map(({ object }) => object.metadata.name).join(', ');
    return {
      resource,
      policies,
      vfs: Math.max(asked, offered) > 0 ? Math.max(asked, offered) : undefined,
      vfsFrom: offered > asked ? 'what nodes offer' : `policy ${names}`,
      networks: networks.filter((network) => network.resource === resource),
    };
  });
};
