/**
 * One Allocate request at the daemon of a node: round robin, static addresses, indexes, the default gateway, all or
 * nothing over its pools (pkg/ipam-node/handlers and allocator at 3ce4a34; reference page section 1.7).
 * The store is a value: an error answers with no new store, so that nothing of a refused request remains.
 */
import { contains, parseAddress, plus, showAddress, showRange, showSubnet } from '../model/ip.ts';
import type { Address, AddressRange } from '../model/ip.ts';
import { firstOverlap, mergeRanges } from './exclusion-cover.ts';
import { nodePoolKey } from './node-pool.ts';
import type { NodePool, PoolType } from './node-pool.ts';

/** gRPC status codes that the daemon answers with. */
export type DaemonCode = 'InvalidArgument' | 'NotFound' | 'AlreadyExists' | 'ResourceExhausted' | 'Internal';

export interface PoolReservations {
  /** By container and interface. */
  readonly entries: ReadonlyMap<string, Address>;
  /** Where the round robin stands; a static address does not move it. */
  readonly lastReserved: Address | undefined;
}

/** By pool key. */
export type NodeStore = ReadonlyMap<string, PoolReservations>;

export const emptyNodeStore: NodeStore = new Map();

export interface AllocateRequest {
  /** One pool, or two for dual stack. */
  readonly pools: readonly string[];
  readonly poolType: PoolType;
  readonly containerId: string;
  readonly interfaceName: string;
  readonly requestedIPs?: readonly string[];
  readonly allocateDefaultGateway?: boolean;
  /** Offset from the start of the node's range. */
  readonly allocateIPWithIndex?: number;
}

export interface NodeAllocation {
  readonly pool: string;
  readonly address: Address;
  /** `192.168.0.33/24`. */
  readonly ip: string;
  readonly gateway: string | undefined;
}

export type AllocateAnswer =
  | { readonly ok: true; readonly allocations: readonly NodeAllocation[]; readonly store: NodeStore }
  | { readonly ok: false; readonly code: DaemonCode; readonly because: string };

type Refusal = Extract<AllocateAnswer, { readonly ok: false }>;

const refuse = (code: DaemonCode, because: string): Refusal => ({ ok: false, code, because });

const reservationsOf = (store: NodeStore, key: string): PoolReservations =>
  store.get(key) ?? { entries: new Map(), lastReserved: undefined };

const entryKey = (containerId: string, interfaceName: string): string => `${containerId}_${interfaceName}`;

const requestProblem = (request: AllocateRequest): string | undefined => {
  const { pools, requestedIPs = [], containerId, interfaceName } = request;
  if (pools.length < 1 || pools.length > 2) return `a request names one or two pools, not ${pools.length}`;
  if (pools.includes('')) return 'the name of a pool is empty';
  if (containerId === '' || interfaceName === '') return 'container and interface must be named';
  const bad = requestedIPs.find((ip) => parseAddress(ip) === undefined);
  if (bad !== undefined) return `${JSON.stringify(bad)} is not an IP address`;
  return request.allocateDefaultGateway === true && requestedIPs.length > 0
    ? 'the default gateway and static addresses cannot be asked for together'
    : undefined;
};

const rangeProblem = ({ subnet, range }: NodePool): string | undefined =>
  contains(subnet, range.start) && contains(subnet, range.end) && range.start <= range.end
    ? undefined
    : `its range ${showAddress(range.start)}-${showAddress(range.end)} is not one of ${showSubnet(subnet)}`;

const exclusionProblem = ({ subnet, exclusions }: NodePool): string | undefined => {
  const bad = exclusions.find(({ start, end }) => !contains(subnet, start) || !contains(subnet, end) || end < start);
  if (bad !== undefined)
    return `its exclusion ${showAddress(bad.start)}-${showAddress(bad.end)} is not a range of ${showSubnet(subnet)}`;
  const overlap = firstOverlap(exclusions);
  return overlap === undefined
    ? undefined
    : `its exclusions ${showRange(overlap[0])} and ${showRange(overlap[1])} overlap, which the daemon refuses; merge them`;
};

/** The address that the request fixes, or why it cannot be had; `fixed` undefined leaves it to the round robin. */
const fixedAddress = (
  pool: NodePool,
  request: AllocateRequest,
): { readonly ok: true; readonly fixed: Address | undefined } | Refusal => {
  const index = request.allocateIPWithIndex;
  if (request.allocateDefaultGateway === true && pool.gateway === undefined)
    return refuse('InvalidArgument', `pool ${pool.name} has no gateway to give`);
  if (index !== undefined) {
    const address = index < 0 ? undefined : plus(pool.range.start, index);
    if (address !== undefined && address === pool.gateway)
      return refuse('InvalidArgument', `index ${index} is the gateway: ask for the default gateway instead`);
    if (address === undefined || !contains(pool.range, address))
      return refuse('InvalidArgument', `index ${index} is outside of the node's block ${showRange(pool.range)}`);
    return { ok: true, fixed: address };
  }
  if (request.allocateDefaultGateway === true) return { ok: true, fixed: pool.gateway };
  const asked = (request.requestedIPs ?? []).map(parseAddress);
  return { ok: true, fixed: asked.find((ip) => ip !== undefined && contains(pool.subnet, ip)) };
};

/** The first address of `span` that is not the gateway, not excluded and not reserved. */
const freeIn = (
  span: AddressRange,
  gateway: Address | undefined,
  exclusions: readonly AddressRange[],
  reserved: ReadonlySet<Address>,
): Address | undefined => {
  let at = span.start;
  while (at <= span.end) {
    const here = at;
    const excluded = exclusions.find((range) => contains(range, here));
    if (excluded !== undefined) at = plus(excluded.end, 1);
    else if (at === gateway || reserved.has(at)) at = plus(at, 1);
    else return at;
  }
  return undefined;
};

/** Round robin: from the address after the last one given, once around the range. */
const nextAddress = (
  { range, gateway }: NodePool,
  exclusions: readonly AddressRange[],
  { entries, lastReserved }: PoolReservations,
): Address | undefined => {
  const reserved = new Set(entries.values());
  if (lastReserved === undefined || !contains(range, lastReserved) || lastReserved === range.end)
    return freeIn(range, gateway, exclusions, reserved);
  return (
    freeIn({ start: plus(lastReserved, 1), end: range.end }, gateway, exclusions, reserved) ??
    freeIn({ start: range.start, end: lastReserved }, gateway, exclusions, reserved)
  );
};

const allocateIn = (
  store: NodeStore,
  pool: NodePool,
  request: AllocateRequest,
): { readonly ok: true; readonly allocation: NodeAllocation; readonly store: NodeStore } | Refusal => {
  const unusable = (because: string): Refusal =>
    refuse('Internal', `pool ${pool.name} cannot be used on this node: ${because}`);
  const badRange = rangeProblem(pool);
  if (badRange !== undefined) return unusable(badRange);
  const wanted = fixedAddress(pool, request);
  if (!wanted.ok) return wanted;
  const badExclusions = exclusionProblem(pool);
  if (badExclusions !== undefined) return unusable(badExclusions);

  const { fixed } = wanted;
  if (fixed !== undefined && !contains(pool.subnet, fixed))
    return unusable(`${showAddress(fixed)} lies outside of ${showSubnet(pool.subnet)}`);
  const key = nodePoolKey(pool.name, request.poolType);
  const held = reservationsOf(store, key);
  const entry = entryKey(request.containerId, request.interfaceName);
  const exclusions = mergeRanges(pool.exclusions);
  if (fixed === undefined && freeIn(pool.range, pool.gateway, exclusions, new Set()) === undefined)
    return refuse('ResourceExhausted', `pool ${pool.name} has no address to give in ${showRange(pool.range)}`);
  if (held.entries.has(entry))
    return refuse('AlreadyExists', `${request.containerId} holds an address of pool ${pool.name} already`);
  const address = fixed ?? nextAddress(pool, exclusions, held);
  if (address === undefined)
    return refuse('ResourceExhausted', `no free addresses in ${showRange(pool.range)} of pool ${pool.name}`);
  if (fixed !== undefined && [...held.entries.values()].includes(fixed))
    return refuse('ResourceExhausted', `${showAddress(fixed)} is already reserved in pool ${pool.name} on this node`);

  const gateway =
    pool.gateway === undefined || request.allocateDefaultGateway === true ? undefined : showAddress(pool.gateway);
  return {
    ok: true,
    allocation: { pool: pool.name, address, ip: `${showAddress(address)}/${pool.subnet.prefix}`, gateway },
    store: new Map(store).set(key, {
      entries: new Map(held.entries).set(entry, address),
      lastReserved: fixed === undefined ? address : held.lastReserved,
    }),
  };
};

/** `pools` by pool key: those that gave this node a share. A pool that is not among them is not found on this node. */
export const allocateOnNode = (
  store: NodeStore,
  pools: ReadonlyMap<string, NodePool>,
  request: AllocateRequest,
): AllocateAnswer => {
  const problem = requestProblem(request);
  if (problem !== undefined) return refuse('InvalidArgument', problem);
  const allocations: NodeAllocation[] = [];
  let after = store;
  for (const name of request.pools) {
    const pool = pools.get(nodePoolKey(name, request.poolType));
    if (pool === undefined)
      return refuse(
        'NotFound',
        `pool ${name} gives this node nothing: its selector passes the node by, it is full, its spec is invalid, or no ${request.poolType} has this name`,
      );
    const answer = allocateIn(after, pool, request);
    if (!answer.ok) return answer;
    allocations.push(answer.allocation);
    after = answer.store;
  }
  const unmet = (request.requestedIPs ?? []).find(
    (ip) => !allocations.some(({ address }) => address === parseAddress(ip)),
  );
  return unmet === undefined
    ? { ok: true, allocations, store: after }
    : refuse('InvalidArgument', `static address ${unmet} belongs to none of the pools asked for`);
};

/** Gives back what a container holds in the pools; unknown ones are passed over. */
export const releaseOnNode = (
  store: NodeStore,
  { pools, poolType, containerId, interfaceName }: AllocateRequest,
): NodeStore =>
  pools.reduce<NodeStore>((before, name) => {
    const key = nodePoolKey(name, poolType);
    const held = reservationsOf(before, key);
    const entries = new Map(held.entries);
    entries.delete(entryKey(containerId, interfaceName));
    return new Map(before).set(key, { ...held, entries });
  }, store);
