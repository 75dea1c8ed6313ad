/**
 * Whether a pool serves the fleet it selects, now and after a stated growth, and which subnet would (reference page
 * sections 1.4 and 1.6).
 */
import { digList, digText } from '../model/dig.ts';
import { distance, overlaps, showSubnet, subnetAt } from '../model/ip.ts';
import type { AddressRange, Subnet } from '../model/ip.ts';
import type { SelectableNode } from '../model/node-selector.ts';
import { capacityOf, fittingPrefix, showCount } from './capacity.ts';
import { freeSubnet } from './free-subnet.ts';
import { findingOf, subnetOf, subnetPath } from './pool-finding.ts';
import type { PoolFinding, ValidPool } from './pool-finding.ts';
import { showNames } from './pool-object.ts';
import { selectedNames } from './reconcile-pool.ts';
import type { PoolSpec } from './reconcile-pool.ts';

/** From this share on, a pool is told to be filling up. */
const FULL_SOON = 0.8;

/** Whether nodes keep their blocks when the subnet grows to `wider`: the grids must agree where the old one begins. */
const keepsBlocks = (spec: PoolSpec, wider: Subnet): boolean =>
  !('subnet' in spec) || BigInt(distance(wider.start, spec.subnet.start)) % BigInt(spec.perNodeBlockSize) === 0n;

interface Fit {
  readonly wayOut: string;
  /** The subnet proposed, so that the next pool is not offered the same. */
  readonly proposed: Subnet | undefined;
}

/** The smallest subnet around the present one that serves `nodes`, or a free one elsewhere if that one is taken. */
const wayToFit = (spec: PoolSpec, nodes: bigint, taken: readonly AddressRange[]): Fit => {
  const subnet = subnetOf(spec);
  const prefix = fittingPrefix(spec, nodes);
  if (prefix === undefined)
    return { wayOut: `no IPv${subnet.family} subnet serves ${nodes} nodes; use smaller blocks`, proposed: undefined };
  const others = taken.filter((range) => range !== subnet);
  const wider = subnetAt(subnet.start, Math.min(prefix, subnet.prefix));
  if (!others.some((range) => overlaps(range, wider))) {
    const effect = keepsBlocks(spec, wider) ? 'every node keeps its share' : 'its grid differs, so every node moves';
    return { wayOut: `grow the subnet to ${showSubnet(wider)}: ${effect}`, proposed: wider };
  }
  const free = freeSubnet(subnet, prefix, taken);
  const elsewhere =
    free === undefined ? `take a free /${prefix} elsewhere` : `take ${showSubnet(free)}, which is free as far as known`;
  return {
    wayOut: `${showSubnet(wider)} around the pool is taken; ${elsewhere}: every node then moves`,
    proposed: free,
  };
};

/** Nodes with the same label key and another value: what was probably meant. */
const nearMiss = (selector: unknown, nodes: readonly SelectableNode[]): string => {
  const keys = digList(selector, 'nodeSelectorTerms')
    .flatMap((term) => digList(term, 'matchExpressions'))
    .flatMap((expression) => digText(expression, 'key') ?? []);
  const near = keys.flatMap((key) =>
    nodes
      .filter(({ labels }) => Object.hasOwn(labels, key))
      .map(({ name, labels }) => `${name} has ${key}=${labels[key] ?? ''}`),
  );
  return near.length === 0 ? `no node has the label ${keys.join(' or ')}` : showNames(near);
};

export interface Fleet {
  readonly nodes: readonly SelectableNode[];
  /** Nodes that the fleet may grow by, all of them selected. */
  readonly growth: number;
  /** Subnets that no pool may grow into: those of pools, those of the cluster, those proposed before. */
  readonly taken: readonly AddressRange[];
}

interface FleetAnswer {
  readonly findings: readonly PoolFinding[];
  readonly proposed: Subnet | undefined;
}

const selectorFinding = (pool: ValidPool, nodes: readonly SelectableNode[]): PoolFinding =>
  findingOf(pool, ['spec', 'nodeSelector'], {
    id: 'ipam-selector-empty',
    severity: 'warning',
    because: `the selector takes none of ${nodes.length} nodes: ${nearMiss(pool.outcome.spec.nodeSelector, nodes)}`,
    wayOut: 'correct the selector or label the nodes; until then pods get NotFound from this pool',
  });

/** What is to be said about the size of the pool, if anything. */
const sizeFinding = (
  { spec, unallocated }: ValidPool['outcome'],
  selected: number,
  growth: number,
): (Pick<PoolFinding, 'id' | 'severity' | 'because'> & { readonly wanted: bigint }) | undefined => {
  const { nodes: capacity } = capacityOf(spec);
  const served = showCount(capacity);
  const planned = BigInt(selected + growth);
  if (unallocated.length > 0)
    return {
      id: 'ipam-pool-full',
      severity: 'error',
      because: `it serves ${served} nodes and ${selected} are selected; without a share, so that pods get NotFound: ${showNames(unallocated)}`,
      wanted: planned,
    };
  if (planned > capacity)
    return {
      id: 'ipam-pool-outgrown',
      severity: 'warning',
      because: `it serves ${served} nodes; the fleet has ${selected} and would have ${planned} at the stated growth`,
      wanted: planned,
    };
  if (Number(planned) < FULL_SOON * Number(capacity)) return undefined;
  return {
    id: 'ipam-pool-filling',
    severity: 'note',
    because: `${planned} of ${served} shares are taken; node ${capacity + 1n} will get nothing`,
    wanted: capacity + 1n,
  };
};

const checkFleet = (pool: ValidPool, { nodes, growth, taken }: Fleet): FleetAnswer => {
  const { spec } = pool.outcome;
  const selected = selectedNames(spec.nodeSelector, nodes).length;
  if (selected === 0) return { findings: [selectorFinding(pool, nodes)], proposed: undefined };
  const found = sizeFinding(pool.outcome, selected, growth);
  if (found === undefined) return { findings: [], proposed: undefined };
  const { wanted, ...finding } = found;
  const { wayOut, proposed } = wayToFit(spec, wanted, taken);
  return { findings: [findingOf(pool, subnetPath(spec), { ...finding, wayOut })], proposed };
};

/** The fleet against every pool; no two pools are offered the same subnet. */
export const checkFleets = (pools: readonly ValidPool[], fleet: Fleet): readonly PoolFinding[] => {
  const taken = [...pools.map(({ outcome }) => subnetOf(outcome.spec)), ...fleet.taken];
  return pools.flatMap((pool) => {
    const { findings, proposed } = checkFleet(pool, { ...fleet, taken });
    if (proposed !== undefined) taken.push(proposed);
    return findings;
  });
};
