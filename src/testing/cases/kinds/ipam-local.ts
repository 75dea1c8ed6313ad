/**
 * Answers kind `local` of cases-ipam.yaml: requests to the daemon of one node. The kind is free in form, so this reads
 * the keys of its cases (subnet, range, exclusions, static, index, pools, history in words) into requests.
 */
import { allocateOnNode, emptyNodeStore } from '../../../core/ipam/node-allocate.ts';
import type { AllocateAnswer, AllocateRequest, NodeStore } from '../../../core/ipam/node-allocate.ts';
import { nodePoolKey } from '../../../core/ipam/node-pool.ts';
import type { NodePool, PoolType } from '../../../core/ipam/node-pool.ts';
import { firstUsable, lastUsable } from '../../../core/ipam/subnet-facts.ts';
import { dig, digFlag, digList, digNumber, digText } from '../../../core/model/dig.ts';
import { contains, distance, parseAddress, parseSubnet, plus, showAddress, subnetAt } from '../../../core/model/ip.ts';
import type { Address, AddressRange, Subnet } from '../../../core/model/ip.ts';
import type { JsonObject } from '../case-kind.ts';

const readRange = (pair: unknown): AddressRange | undefined => {
  const start = parseAddress(digText(pair, 0) ?? digText(pair, 'startIP') ?? '');
  const end = parseAddress(digText(pair, 1) ?? digText(pair, 'endIP') ?? '');
  return start === undefined || end === undefined ? undefined : { start, end };
};

/** The smallest subnet with room around the range, where the case names none. */
const subnetAround = (range: AddressRange): Subnet => {
  for (let prefix = 31; prefix > 0; prefix -= 1) {
    const subnet = subnetAt(range.start, prefix);
    if (contains(subnet, range.end) && subnet.start < range.start && range.end < subnet.end) return subnet;
  }
  return subnetAt(range.start, 0);
};

const readPool = (name: string, given: unknown): NodePool | undefined => {
  const stated = parseSubnet(digText(given, 'subnet') ?? digText(given, 'prefix') ?? '');
  const range = readRange(dig(given, 'range'));
  if (stated === undefined && range === undefined) return undefined;
  const subnet = stated ?? (range === undefined ? undefined : subnetAround(range));
  if (subnet === undefined) return undefined;
  return {
    name,
    subnet,
    range: range ?? { start: firstUsable(subnet), end: lastUsable(subnet) },
    gateway: parseAddress(digText(given, 'gateway') ?? ''),
    exclusions: digList(given, 'exclusions').flatMap((pair) => readRange(pair) ?? []),
  };
};

/** A pool of the request that the case describes by one word only. */
const pictured = (name: string): NodePool => {
  const subnet = subnetAt(0x0a000000, 29);
  return {
    name,
    subnet,
    range: { start: plus(subnet.start, 1), end: plus(subnet.end, -1) },
    gateway: undefined,
    exclusions: [],
  };
};

const requestFor = (pools: readonly string[], given: unknown, container: number): AllocateRequest => {
  const index = digNumber(given, 'index');
  const asked = [digText(given, 'static') ?? digList(given, 'static'), digText(given, 'ips') ?? digList(given, 'ips')]
    .flat()
    .filter((ip): ip is string => typeof ip === 'string');
  return {
    pools,
    poolType: typeOf(given),
    containerId: digText(given, 'container') ?? `container-${container}`,
    interfaceName: 'net1',
    ...(asked.length > 0 ? { requestedIPs: asked } : {}),
    ...(index === undefined ? {} : { allocateIPWithIndex: index }),
    ...(digFlag(given, 'allocateDefaultGateway') === true ? { allocateDefaultGateway: true } : {}),
  };
};

const typeOf = (given: unknown): PoolType =>
  (digText(given, 'poolType') ?? digText(given, 'type') ?? '').toLowerCase() === 'cidrpool' ? 'cidrpool' : 'ippool';

/** What earlier requests left: `one address (.3) reserved, then released` in words, or a list of addresses. */
const storeOf = (given: unknown, pool: NodePool): NodeStore => {
  const history = digText(given, 'history') ?? digList(given, 'reserved').join(' ');
  const start = showAddress(pool.range.start);
  const network = start.slice(0, start.lastIndexOf('.'));
  const addresses = [...history.matchAll(/((?:\d+\.){2}\d+)?\.(\d+)/g)].flatMap(
    ([, whole, last]) => parseAddress(`${whole ?? network}.${last}`) ?? [],
  );
  const isReleased = history.includes('released');
  const entries = new Map<string, Address>(addresses.map((address, index) => [`past-${index}_net1`, address]));
  const lastReserved = parseAddress(digText(given, 'lastReserved') ?? '') ?? addresses.at(-1);
  return new Map([
    [nodePoolKey(pool.name, typeOf(given)), { entries: isReleased ? new Map() : entries, lastReserved }],
  ]);
};

const poolsOf = (pools: readonly NodePool[], given: unknown): ReadonlyMap<string, NodePool> =>
  new Map(pools.map((pool) => [nodePoolKey(pool.name, typeOf(given)), pool]));

const inWords = (answer: AllocateAnswer): string =>
  answer.ok ? answer.allocations.map(({ ip }) => ip).join(', ') : `refused - ${answer.because} (${answer.code})`;

/** Pools by name only: one that stands in the case as `exhausted` has no address left, any other word or none leaves it. */
const answerByName = (names: readonly string[], given: JsonObject): Record<string, unknown> => {
  const known = names.filter((name) => digList(given, 'pools').includes(name)).map(pictured);
  const full = (pool: NodePool): boolean => digText(given, pool.name) === 'exhausted';
  const pools = known.map((pool) => (full(pool) ? { ...pool, exclusions: [pool.range] } : pool));
  const answer = allocateOnNode(emptyNodeStore, poolsOf(pools, given), requestFor(names, given, 0));
  return answer.ok
    ? { ips: answer.allocations.map(({ ip }) => ip) }
    : { error: answer.code, note: answer.because, sideEffects: 'none: what the other pool gave is given back' };
};

/** Requests one after the other, each by another container, until one is refused or all are answered. */
const inTurn = (
  pool: NodePool,
  given: JsonObject,
  requests: number,
): { readonly given: readonly string[]; readonly refused: AllocateAnswer | undefined } => {
  let store = storeOf(given, pool);
  const order: string[] = [];
  for (let container = 0; container < requests; container += 1) {
    const answer = allocateOnNode(store, poolsOf([pool], given), requestFor([pool.name], given, container));
    if (!answer.ok) return { given: order, refused: answer };
    order.push(...answer.allocations.map(({ address }) => showAddress(address)));
    store = answer.store;
  }
  return { given: order, refused: undefined };
};

/** What the same request answers for two other indexes: the first one outside of the block, and the gateway's. */
const otherIndexes = (pool: NodePool, given: JsonObject): Record<string, string> => {
  const ask = (inside: NodePool, index: number): string =>
    inWords(allocateOnNode(emptyNodeStore, poolsOf([inside], given), requestFor([pool.name], { ...given, index }, 0)));
  const outside = Number(distance(pool.range.start, pool.range.end)) + 1;
  return {
    [`index ${outside}`]: ask(pool, outside),
    'index that lands on the gateway': ask({ ...pool, gateway: plus(pool.range.start, 4) }, 4),
  };
};

export const answerLocal = (given: JsonObject): Record<string, unknown> => {
  const named = digList(given, 'pools').filter((name) => typeof name === 'string');
  const one = digText(given, 'pool');
  const pool = readPool(one ?? 'pool', given);
  if (pool === undefined) return answerByName(named.length > 0 ? named : [one ?? 'pool'], given);

  const request = requestFor([pool.name], given, 0);
  const first = allocateOnNode(storeOf(given, pool), poolsOf([pool], given), request);
  const again = first.ok
    ? allocateOnNode(first.store, poolsOf([pool], given), { ...request, containerId: 'container-1' })
    : first;
  const turns = inTurn(pool, given, digNumber(given, 'requests') ?? 1);
  return {
    first: inWords(first),
    second: inWords(again),
    ip: first.ok ? first.allocations.map(({ address }) => showAddress(address))[0] : undefined,
    gateway: first.ok ? first.allocations[0]?.gateway : undefined,
    error: first.ok ? undefined : first.code,
    note: first.ok ? 'given' : first.because,
    order: turns.given,
    // oxlint-disable-next-line unicorn/no-thenable -- the schema's own key; nobody awaits an answer
    then: turns.refused === undefined ? 'every request was answered' : inWords(turns.refused),
    ...(digNumber(given, 'index') === undefined ? {} : { other: otherIndexes(pool, given) }),
  };
};
