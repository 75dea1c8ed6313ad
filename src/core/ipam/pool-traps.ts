/**
 * What nv-ipam accepts and a person would rather know before: traps that validation lets pass (reference page section
 * 1.10), told per pool. What pools do to each other and to the cluster is in check-pools.ts.
 */
import { dig, digText } from '../model/dig.ts';
import type { Path } from '../model/dig.ts';
import { parseSubnet, showRange, showSubnet } from '../model/ip.ts';
import type { AddressRange } from '../model/ip.ts';
import { capacityOf } from './capacity.ts';
import { readCIDRPool } from './cidrpool-spec.ts';
import type { CIDRPoolSpec } from './cidrpool-spec.ts';
import { exclusionCover, firstFree, firstOverlap, mergeRanges } from './exclusion-cover.ts';
import { readIPPool } from './ippool-spec.ts';
import type { IPPoolSpec } from './ippool-spec.ts';
import { firstVersionWith, NEWEST_IPAM } from './ipam-versions.ts';
import type { IpamFeature, IpamRelease } from './ipam-versions.ts';
import { nodePoolOfBlock, nodePoolOfPrefix } from './node-pool.ts';
import { readBlock, readNodePrefix, sharesInStatus, showNames } from './pool-object.ts';
import type { PoolObject, Share } from './pool-object.ts';
import { lastUsable } from './subnet-facts.ts';

export interface PoolTrap {
  readonly id: string;
  /** Where in the pool's object. */
  readonly path: Path;
  /** What will happen, a sentence without its full stop. */
  readonly because: string;
  readonly wayOut: string;
}

const merged = (ranges: readonly AddressRange[]): string => mergeRanges(ranges).map(showRange).join(', ');

const overlapTrap = (
  path: Path,
  pair: readonly [AddressRange, AddressRange],
  where: string,
  all: string,
): PoolTrap => ({
  id: 'ipam-exclusions-overlap',
  path,
  because: `the exclusions ${showRange(pair[0])} and ${showRange(pair[1])} overlap; webhook and controller accept that, but the daemon refuses it and every CNI ADD on ${where} fails with Internal`,
  wayOut: `write them as ${all}`,
});

/** What the daemon of each node in the status is given as exclusions. */
const exclusionsByNode = (
  pool: PoolObject,
  spec: IPPoolSpec | CIDRPoolSpec,
): readonly { readonly nodeName: string; readonly exclusions: readonly AddressRange[] }[] =>
  pool.allocations.flatMap((entry) => {
    const nodePool =
      'subnet' in spec
        ? nodePoolOfBlock(pool.name, spec, readBlock(entry))
        : nodePoolOfPrefix(pool.name, spec, readNodePrefix(entry));
    return nodePool === undefined
      ? []
      : [{ nodeName: digText(entry, 'nodeName') ?? '', exclusions: nodePool.exclusions }];
  });

/** The exclusions of an IPPool reach every daemon whole; in a CIDRPool, and for indexes, it depends on the node's share. */
const rangeOverlaps = (pool: PoolObject, spec: IPPoolSpec | CIDRPoolSpec): readonly PoolTrap[] => {
  const everywhere = 'subnet' in spec ? firstOverlap(spec.exclusions) : undefined;
  if (everywhere !== undefined)
    return [overlapTrap(['spec', 'exclusions'], everywhere, 'every node of the pool', merged(spec.exclusions))];
  const hit = exclusionsByNode(pool, spec).filter(({ exclusions }) => firstOverlap(exclusions) !== undefined);
  const first = hit[0];
  const pair = first === undefined ? undefined : firstOverlap(first.exclusions);
  if (first === undefined || pair === undefined) return [];
  const path = ['spec', spec.perNodeExclusions.length > 0 ? 'perNodeExclusions' : 'exclusions'];
  return [
    overlapTrap(path, pair, showNames(hit.map(({ nodeName }) => nodeName)), 'ranges and indexes that do not meet'),
  ];
};

/** Index ranges that overlap break every node, whatever its block. */
const indexOverlaps = ({ perNodeExclusions }: IPPoolSpec | CIDRPoolSpec): readonly PoolTrap[] => {
  const pair = firstOverlap(
    perNodeExclusions.map(({ startIndex, endIndex }) => ({ start: startIndex, end: endIndex })),
  );
  if (pair === undefined) return [];
  return [
    {
      id: 'ipam-exclusions-overlap',
      path: ['spec', 'perNodeExclusions'],
      because: `the indexes ${pair.map(({ start, end }) => `${start}-${end}`).join(' and ')} overlap; that is accepted, but every CNI ADD on every node of the pool fails with Internal`,
      wayOut: 'write them as one range',
    },
  ];
};

const hostBits = (spec: unknown): readonly PoolTrap[] => {
  const text = digText(spec, 'subnet') ?? '';
  const subnet = parseSubnet(text);
  if (subnet === undefined || !subnet.hasHostBits) return [];
  return [
    {
      id: 'ipam-host-bits',
      path: ['spec', 'subnet'],
      because: `${text} has host bits set, which an IPPool masks away in silence: the pool is ${showSubnet(subnet)}`,
      wayOut: `write ${showSubnet(subnet)}`,
    },
  ];
};

const nothingLeft = (spec: IPPoolSpec | CIDRPoolSpec): readonly PoolTrap[] => {
  const capacity = capacityOf(spec);
  if (capacity.nodes > 0n || capacity.excluded === 0n) return [];
  return [
    {
      id: 'ipam-nothing-left',
      path: ['spec', spec.exclusions.length > 0 ? 'exclusions' : 'perNodeExclusions'],
      because: 'exclusions leave no block with a free address, so no node can use the pool',
      wayOut: 'exclude less, or give the pool a subnet of its own',
    },
  ];
};

/** A static prefix is handed out even where exclusions cover it, and a range that spans it wholly is then passed over. */
const excludedStatics = (spec: IPPoolSpec | CIDRPoolSpec): readonly PoolTrap[] => {
  if (!('cidr' in spec)) return [];
  const cover = exclusionCover(spec.exclusions, []);
  return spec.staticAllocations.flatMap(({ nodeName, prefix }, index): PoolTrap[] => {
    const subnet = parseSubnet(prefix);
    if (nodeName === '' || subnet === undefined) return [];
    if (firstFree(cover, { start: subnet.start, end: lastUsable(subnet) }) !== undefined) return [];
    const spans = spec.exclusions.some(({ start, end }) => start < subnet.start && end > subnet.end);
    const then = spans
      ? `the range spans it, so the daemon of ${nodeName} ignores the exclusion and gives out excluded addresses`
      : `${nodeName} holds it without one free address`;
    return [
      {
        id: 'ipam-static-excluded',
        path: ['spec', 'staticAllocations', index],
        because: `the static prefix ${prefix} is excluded wholly and handed out all the same: ${then}`,
        wayOut: 'take the prefix out of the exclusions, or give the node another one',
      },
    ];
  });
};

/** Fields that an older nv-ipam does not know: its CRD drops them, so they have no effect. */
const FIELDS_BY_FEATURE: readonly (readonly [feature: IpamFeature, field: string])[] = [
  ['exclusions', 'exclusions'],
  ['routes', 'routes'],
  ['routes', 'defaultGateway'],
  ['perNodeExclusions', 'perNodeExclusions'],
];

const unknownToRelease = (pool: PoolObject, release: IpamRelease): readonly PoolTrap[] => {
  const feature: IpamFeature = pool.kind === 'IPPool' ? 'ipPool' : 'cidrPool';
  if (!release.has[feature])
    return [
      {
        id: 'ipam-version',
        path: [],
        because: `nv-ipam ${release.tag} does not know the kind ${pool.kind}`,
        wayOut: `move to ${firstVersionWith(feature)} or later`,
      },
    ];
  return FIELDS_BY_FEATURE.filter(([needed, field]) => !release.has[needed] && isSet(dig(pool.spec, field))).map(
    ([needed, field]) => ({
      id: 'ipam-version',
      path: ['spec', field],
      because: `nv-ipam ${release.tag} does not know spec.${field}, so it has no effect`,
      wayOut: `move to ${firstVersionWith(needed)} or later, or take it out`,
    }),
  );
};

const isSet = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== false;

/** Before v0.4.0 the controller gave out blocks that lie wholly in the exclusions (Mellanox/nvidia-k8s-ipam#154). */
const sharesInExclusions = (
  spec: IPPoolSpec | CIDRPoolSpec,
  release: IpamRelease,
  shares: readonly Share[],
): readonly PoolTrap[] => {
  if (release.has.skipsExcludedBlocks || !release.has.exclusions) return [];
  const cover = exclusionCover(spec.exclusions, []);
  const hit = shares.filter(({ range }) => range !== undefined && firstFree(cover, range) === undefined);
  if (hit.length === 0) return [];
  return [
    {
      id: 'ipam-block-excluded',
      path: ['spec', 'exclusions'],
      because: `the shares of ${showNames(hit.map(({ nodeName }) => nodeName))} lie wholly in the exclusions: nv-ipam ${release.tag} gives such shares out, and the daemon then has no address to give`,
      wayOut: `move to nv-ipam ${firstVersionWith('skipsExcludedBlocks')} or later, or describe the window as the subnet instead of by exclusions; both move nodes, so drain the users of the pool first`,
    },
  ];
};

/** The traps of a pool with the shares in its status. An invalid pool has no traps, only problems. */
export const poolTraps = (pool: PoolObject, release: IpamRelease = NEWEST_IPAM): readonly PoolTrap[] => {
  const read = (pool.kind === 'IPPool' ? readIPPool : readCIDRPool)(pool.name, pool.spec, release);
  if (!read.ok) return [];
  const indexes = indexOverlaps(read.spec);
  const overlapping = indexes.length > 0 ? indexes : rangeOverlaps(pool, read.spec);
  return [
    ...unknownToRelease(pool, release),
    ...overlapping,
    ...hostBits(pool.spec),
    ...nothingLeft(read.spec),
    ...excludedStatics(read.spec),
    ...sharesInExclusions(read.spec, release, sharesInStatus(pool)),
  ];
};
