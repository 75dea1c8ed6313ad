/**
 * Whether an entry of a CIDRPool's status.allocations may stay (CIDRPoolAllocation.Validate in
 * api/v1alpha1/cidrpool_validate.go at 3ce4a34). Prefixes and gateways are compared as texts, as upstream does.
 */
import { contains, parseSubnet, showAddress, showSubnet } from '../model/ip.ts';
import type { Subnet } from '../model/ip.ts';
import type { DropReason } from './allocation.ts';
import type { CIDRPoolSpec, StaticAllocation } from './cidrpool-spec.ts';
import { problemAt } from './field-problem.ts';
import type { FieldProblem } from './field-problem.ts';
import { gatewayAt } from './subnet-facts.ts';

/** One entry of status.allocations; `gateway` is empty where there is none. */
export interface NodePrefix {
  readonly nodeName: string;
  readonly prefix: string;
  readonly gateway: string;
}

/** Why an entry is refused; `fields` are relative to the entry. */
export interface EntryRefusal {
  readonly reason: DropReason;
  readonly problems: readonly FieldProblem[];
}

const refuse = (reason: DropReason, field: keyof NodePrefix, value: string, because: string): EntryRefusal => ({
  reason,
  problems: [problemAt([field], value, because)],
});

/** The gateway that the pool's index names in a prefix, as text; empty when there is none. */
export const computedGateway = ({ gatewayIndex }: CIDRPoolSpec, prefix: Subnet): string => {
  const gateway = gatewayIndex === undefined ? undefined : gatewayAt(prefix, gatewayIndex);
  return gateway === undefined ? '' : showAddress(gateway);
};

const gatewayProblems = (entry: NodePrefix, wanted: string, source: string): readonly FieldProblem[] =>
  entry.gateway === wanted
    ? []
    : [problemAt(['gateway'], entry.gateway, wanted === '' ? 'must be empty' : `is not ${wanted}, ${source}`)];

const staticProblems = (entry: NodePrefix, owned: StaticAllocation, computed: string): readonly FieldProblem[] => [
  ...(entry.prefix === owned.prefix
    ? []
    : [problemAt(['prefix'], entry.prefix, `is not ${owned.prefix}, the static prefix of this node`)]),
  ...(owned.gateway === undefined
    ? gatewayProblems(entry, computed, 'the gateway by gatewayIndex')
    : gatewayProblems(entry, owned.gateway, 'the static gateway, which wins over gatewayIndex')),
];

/** How often each node, prefix and gateway stands in a status, so that doubles are found without comparing all pairs. */
export type EntryCounts = ReadonlyMap<string, number>;

const countKeys = ({ nodeName, prefix, gateway }: NodePrefix): readonly string[] => [
  `node ${nodeName}`,
  `prefix ${prefix}`,
  ...(gateway === '' ? [] : [`gateway ${gateway}`]),
];

export const countEntries = (entries: readonly NodePrefix[]): EntryCounts => {
  const counts = new Map<string, number>();
  for (const entry of entries) for (const key of countKeys(entry)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
};

/** The first static allocation that names the entry's node or its prefix decides, in the order of the pool. */
const staticFor = (spec: CIDRPoolSpec, entry: NodePrefix): StaticAllocation | undefined =>
  spec.staticAllocations.find(({ nodeName, prefix }) => nodeName === entry.nodeName || prefix === entry.prefix);

const refusal = (reason: DropReason, problems: readonly FieldProblem[]): EntryRefusal | undefined =>
  problems.length === 0 ? undefined : { reason, problems };

/**
 * Why the entry cannot stay in a status with these `counts`; undefined when it can. Whether the node exists and whether
 * exclusions cover the prefix is asked elsewhere.
 */
export const refuseNodePrefix = (
  spec: CIDRPoolSpec,
  entry: NodePrefix,
  counts: EntryCounts,
): EntryRefusal | undefined => {
  if (entry.nodeName === '' || entry.prefix === '')
    return {
      reason: entry.nodeName === '' ? 'node' : 'prefix',
      problems: (['nodeName', 'prefix'] as const)
        .filter((key) => entry[key] === '')
        .map((key) => problemAt([key], '', 'must not be empty')),
    };
  const prefix = parseSubnet(entry.prefix);
  if (prefix === undefined) return refuse('prefix', 'prefix', entry.prefix, 'is not a subnet');
  if (prefix.hasHostBits) return refuse('prefix', 'prefix', entry.prefix, `has host bits set: ${showSubnet(prefix)}`);

  const computed = computedGateway(spec, prefix);
  const first = staticFor(spec, entry);
  if (first?.nodeName === entry.nodeName) return refusal('static', staticProblems(entry, first, computed));
  if (first !== undefined) {
    const owner = first.nodeName === '' ? 'is kept in reserve' : `is static for node ${first.nodeName}`;
    return refuse('static-other', 'prefix', entry.prefix, owner);
  }

  const { cidr, perNodeNetworkPrefix } = spec;
  if (!contains(cidr, prefix.start)) return refuse('cidr', 'prefix', entry.prefix, `is not inside ${showSubnet(cidr)}`);
  if (prefix.prefix !== perNodeNetworkPrefix)
    return refuse('size', 'prefix', entry.prefix, `is not of length /${perNodeNetworkPrefix}`);
  const problems = gatewayProblems(entry, computed, 'the gateway by gatewayIndex');
  if (problems.length > 0) return refusal('gateway', problems);
  return countKeys(entry).some((key) => (counts.get(key) ?? 0) > 1)
    ? refuse('conflict', 'prefix', entry.prefix, 'shares its node, prefix or gateway with another entry of the pool')
    : undefined;
};
