/**
 * All that can be said about pools before pods notice: invalid fields, traps, too few shares or too small ones, rails
 * without a pool, overlaps. What the input cannot tell is a gap, never a clean bill.
 */
import type { SelectableNode } from '../model/node-selector.ts';
import type { Gap, Snapshot } from '../snapshot/snapshot.ts';
import { objectsOf } from '../snapshot/snapshot.ts';
import { checkFleets } from './check-fleet.ts';
import { checkOverlaps } from './check-overlaps.ts';
import { checkRails, countGap } from './check-rails.ts';
import { clusterNetworks } from './cluster-networks.ts';
import type { ClusterNetwork } from './cluster-networks.ts';
import { showProblem } from './field-problem.ts';
import { installedIpam } from './installed-ipam.ts';
import { NEWEST_IPAM } from './ipam-versions.ts';
import type { IpamRelease } from './ipam-versions.ts';
import { findingOf } from './pool-finding.ts';
import type { PoolFinding, PoolSeverity, PoolSource, ValidPool } from './pool-finding.ts';
import { poolNetworks } from './pool-networks.ts';
import type { PoolNetwork } from './pool-networks.ts';
import { nodeOf, NV_IPAM_GROUP, poolOf, sharesInStatus } from './pool-object.ts';
import type { PoolObject } from './pool-object.ts';
import { poolTraps } from './pool-traps.ts';
import { railsIn } from './rails.ts';
import type { Rail } from './rails.ts';
import { forNamesOnly, reconcilePool } from './reconcile-pool.ts';
import type { PoolOutcome } from './reconcile-pool.ts';

export interface PoolCheck {
  readonly pools: readonly PoolSource[];
  /** By severity, then in the order of the input. */
  readonly findings: readonly PoolFinding[];
  readonly gaps: readonly Gap[];
  readonly release: IpamRelease;
  readonly nodes: number;
}

export interface PoolCheckQuestion {
  readonly pools: readonly PoolSource[];
  readonly snapshot: Snapshot;
  /** Nodes by name where the snapshot has none. */
  readonly nodes?: readonly SelectableNode[];
  /** True when `nodes` are known by name only: selectors are then taken to select them. */
  readonly namesOnly?: boolean;
  readonly growth?: number;
  readonly release?: IpamRelease;
}

/** The pools of nv-ipam in a snapshot. */
export const poolSources = (snapshot: Pick<Snapshot, 'objects'>): readonly PoolSource[] =>
  snapshot.objects.flatMap((source) => {
    const pool = poolOf(source.object);
    return pool === undefined ? [] : [{ pool, source }];
  });

export const nodesIn = (snapshot: Snapshot): readonly SelectableNode[] =>
  objectsOf(snapshot, 'Node').map(({ object }) => nodeOf(object));

const RANK: Readonly<Record<PoolSeverity, number>> = { error: 0, warning: 1, note: 2 };

interface Known {
  readonly nodes: readonly SelectableNode[];
  readonly networks: readonly PoolNetwork[];
  readonly rails: readonly Rail[];
  readonly cluster: readonly ClusterNetwork[];
  readonly pools: readonly PoolSource[];
  readonly isReleaseKnown: boolean;
}

const gapsOf = ({ nodes, networks, rails, cluster, pools, isReleaseKnown }: Known): readonly Gap[] => {
  const counts = networks.length === 0 ? countGap(rails, pools) : undefined;
  return [
    ...(nodes.length > 0
      ? []
      : [
          {
            what: 'whether the pools serve the fleet',
            because: 'the input has no nodes',
            settle: 'kubectl get nodes -o yaml',
          },
        ]),
    ...(networks.length > 0
      ? []
      : [
          {
            what: 'which pool belongs to which rail',
            because: counts === undefined ? 'the input has no networks' : `the input has no networks, but ${counts}`,
            settle: 'kubectl get sriovnetworks,sriovibnetworks,network-attachment-definitions -A -o yaml',
          },
        ]),
    ...(rails.length > 0
      ? []
      : [
          {
            what: 'whether each share is enough for the VFs of its rail',
            because: 'the input has no SriovNetworkNodePolicy',
            settle: 'kubectl get sriovnetworknodepolicies -A -o yaml',
          },
        ]),
    ...(cluster.length > 0
      ? []
      : [
          {
            what: 'whether a pool overlaps a network of the cluster',
            because: 'the input tells no pod, service or node network',
            settle: 'kubectl get nodes,services -A -o yaml',
          },
        ]),
    ...(isReleaseKnown
      ? []
      : [
          {
            what: 'which nv-ipam runs',
            because: `no image in the input tells it, so ${NEWEST_IPAM.tag} is assumed`,
            settle: 'kubectl get pods -A -o yaml, or --ipam-version',
          },
        ]),
  ];
};

const KNOWN_VERSION = `${NV_IPAM_GROUP}/v1alpha1`;

const unknownVersion = (source: PoolSource): readonly PoolFinding[] => {
  const { apiVersion } = source.source.object;
  if (apiVersion === KNOWN_VERSION) return [];
  return [
    findingOf(source, ['apiVersion'], {
      id: 'ipam-api-version',
      severity: 'error',
      because: `${apiVersion} is not a version that nv-ipam serves`,
      wayOut: `write ${KNOWN_VERSION}`,
    }),
  ];
};

/** Where no nodes are known, those in the status stand for the fleet. */
const outcomeOf = (
  pool: PoolObject,
  nodes: readonly SelectableNode[],
  { namesOnly = false }: PoolCheckQuestion,
  release: IpamRelease,
): PoolOutcome => {
  if (nodes.length > 0) return reconcilePool(namesOnly ? forNamesOnly(pool) : pool, nodes, release);
  const holders = sharesInStatus(pool).map(({ nodeName }) => ({ name: nodeName, labels: {} }));
  return reconcilePool(forNamesOnly(pool), holders, release);
};

export const checkPools = (question: PoolCheckQuestion): PoolCheck => {
  const { pools, snapshot, growth = 0 } = question;
  const inSnapshot = nodesIn(snapshot);
  const nodes = inSnapshot.length > 0 ? inSnapshot : (question.nodes ?? []);
  const installed = question.release ?? installedIpam(snapshot)?.release;
  const release = installed ?? NEWEST_IPAM;
  const networks = poolNetworks(snapshot);
  const rails = railsIn(snapshot, networks);
  const cluster = clusterNetworks(snapshot);

  const outcomes = pools.map((source) => ({ ...source, outcome: outcomeOf(source.pool, nodes, question, release) }));
  const valid = outcomes.flatMap(({ pool, source, outcome }): ValidPool[] =>
    outcome.valid ? [{ pool, source, outcome }] : [],
  );
  const invalid = outcomes.flatMap(({ outcome, ...source }) =>
    outcome.valid
      ? []
      : outcome.problems.map((problem) =>
          findingOf(source, problem.path, {
            id: 'ipam-invalid',
            severity: 'error',
            because: `${showProblem(problem)}; the controller clears every allocation of an invalid pool`,
            wayOut: 'correct the field',
          }),
        ),
  );
  const traps = valid.flatMap(({ outcome, ...source }) =>
    poolTraps({ ...source.pool, allocations: outcome.allocations }, release).map(({ path, ...trap }) =>
      findingOf(source, path, { ...trap, severity: trap.id === 'ipam-host-bits' ? 'note' : 'error' }),
    ),
  );
  const findings = [
    ...pools.flatMap(unknownVersion),
    ...invalid,
    ...traps,
    ...(nodes.length === 0 ? [] : checkFleets(valid, { nodes, growth, taken: cluster.map(({ range }) => range) })),
    ...checkOverlaps(valid, cluster, nodes),
    ...checkRails(rails, networks, pools, valid),
  ].toSorted((one, other) => RANK[one.severity] - RANK[other.severity]);
  return {
    pools,
    findings,
    gaps: gapsOf({ nodes, networks, rails, cluster, pools, isReleaseKnown: installed !== undefined }),
    release,
    nodes: nodes.length,
  };
};

/** The pools of `edited` in place of those of the same kind and name; one without a namespace stands for any. */
export const withEdited = (pools: readonly PoolSource[], edited: readonly PoolSource[]): readonly PoolSource[] => [
  ...pools.filter((pool) => !edited.some((other) => isSamePool(pool, other))),
  ...edited,
];

/** Whether `edited` is another state of `pool`. */
export const isSamePool = ({ pool }: PoolSource, { pool: edited }: PoolSource): boolean =>
  pool.kind === edited.kind &&
  pool.name === edited.name &&
  (edited.namespace === '' || pool.namespace === '' || pool.namespace === edited.namespace);
