/**
 * Reads and validates a CIDRPool as nv-ipam does (api/v1alpha1/cidrpool_validate.go at 3ce4a34). As there, a pool whose
 * own subnet or prefix length is wrong answers with that one problem only, since nothing else can be judged.
 */
import { dig, digText, digList } from '../model/dig.ts';
import { bitsOf, contains, parseAddress, parseSubnet, showSubnet, subnetAt } from '../model/ip.ts';
import type { AddressRange, Subnet } from '../model/ip.ts';
import { problemAt } from './field-problem.ts';
import type { FieldProblem } from './field-problem.ts';
import type { SpecReading } from './ippool-spec.ts';
import { NEWEST_IPAM } from './ipam-versions.ts';
import type { IpamRelease } from './ipam-versions.ts';
import { nodeSelectorProblems } from './node-selector-problems.ts';
import {
  isUnset,
  readExclusions,
  readInteger,
  readPerNodeExclusions,
  readPoolName,
  readRoutes,
  textOrUnset,
} from './pool-fields.ts';
import type { IndexRange, Reading } from './pool-fields.ts';
import { gatewayAt } from './subnet-facts.ts';

export interface StaticAllocation {
  /** Empty: the prefix is kept back and given to nobody. */
  readonly nodeName: string;
  /** As written: nv-ipam compares prefixes as texts. */
  readonly prefix: string;
  readonly gateway: string | undefined;
}

export interface CIDRPoolSpec {
  readonly cidr: Subnet;
  readonly perNodeNetworkPrefix: number;
  readonly gatewayIndex: number | undefined;
  readonly exclusions: readonly AddressRange[];
  readonly perNodeExclusions: readonly IndexRange[];
  readonly staticAllocations: readonly StaticAllocation[];
  readonly nodeSelector: unknown;
}

const readGatewayIndex = (spec: unknown): Reading<number | undefined> => {
  const value = dig(spec, 'gatewayIndex');
  if (value === undefined || value === null) return { value: undefined, problems: [] };
  const path = ['spec', 'gatewayIndex'];
  const read = readInteger(path, value);
  return read.value !== undefined && read.value < 0
    ? { value: undefined, problems: [problemAt(path, value, 'must not be negative')] }
    : read;
};

const readNodePrefix = (spec: unknown, cidr: Subnet): Reading<number | undefined> => {
  const path = ['spec', 'perNodeNetworkPrefix'];
  const read = readInteger(path, dig(spec, 'perNodeNetworkPrefix'));
  const length = read.value;
  if (length === undefined || (length > 0 && length >= cidr.prefix && length <= bitsOf(cidr.family))) return read;
  const because = `must be from ${Math.max(cidr.prefix, 1)} (the pool's own length) to ${bitsOf(cidr.family)}`;
  return { value: undefined, problems: [problemAt(path, length, because)] };
};

const staticProblem = (
  entry: unknown,
  index: number,
  cidr: Subnet,
  nodePrefix: number,
): { readonly problem?: FieldProblem; readonly prefix?: Subnet } => {
  const path = ['spec', 'staticAllocations', index];
  const text = dig(entry, 'prefix');
  const at = (because: string): { problem: FieldProblem } => ({
    problem: problemAt([...path, 'prefix'], text, because),
  });
  const prefix = typeof text === 'string' ? parseSubnet(text) : undefined;
  if (prefix === undefined) return at('is not a subnet');
  if (prefix.hasHostBits) return at(`has host bits set: the subnet is ${showSubnet(prefix)}`);
  // From here on the prefix counts in the search for doubles, whatever else is wrong with it.
  if (!contains(cidr, prefix.start)) return { prefix, ...at(`is not inside ${showSubnet(cidr)}`) };
  if (prefix.prefix !== nodePrefix) return { prefix, ...at(`is not of length /${nodePrefix}`) };
  const gatewayText = textOrUnset(entry, 'gateway');
  if (gatewayText === undefined) return { prefix };
  const gateway = parseAddress(gatewayText);
  if (gateway !== undefined && contains(prefix, gateway)) return { prefix };
  const because = gateway === undefined ? 'is not an IP address' : `is not inside ${showSubnet(prefix)}`;
  return { prefix, problem: problemAt([...path, 'gateway'], gatewayText, because) };
};

const doubles = (texts: readonly string[]): readonly string[] => {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const text of texts) (seen.has(text) ? twice : seen).add(text);
  return [...twice];
};

const readStatic = (spec: unknown, cidr: Subnet, nodePrefix: number): Reading<readonly StaticAllocation[]> => {
  const entries = digList(spec, 'staticAllocations');
  const checked = entries.map((entry, index) => staticProblem(entry, index, cidr, nodePrefix));
  const nodes = entries.flatMap((entry) => textOrUnset(entry, 'nodeName') ?? []);
  const prefixes = checked.flatMap(({ prefix }) => (prefix === undefined ? [] : [showSubnet(prefix)]));
  const path = ['spec', 'staticAllocations'];
  return {
    value: entries.map((entry) => ({
      nodeName: digText(entry, 'nodeName') ?? '',
      prefix: digText(entry, 'prefix') ?? '',
      gateway: textOrUnset(entry, 'gateway'),
    })),
    problems: [
      ...checked.flatMap(({ problem }) => problem ?? []),
      ...doubles(nodes).map((node) => problemAt(path, node, 'stands twice: a node may own one static prefix')),
      ...doubles(prefixes).map((prefix) => problemAt(path, prefix, 'stands twice: a prefix can be given once')),
    ],
  };
};

type Core = Pick<CIDRPoolSpec, 'cidr' | 'perNodeNetworkPrefix' | 'gatewayIndex'>;

/** The pool's own subnet, prefix length and gateway index, or the first problem with one of them. */
const readCore = (spec: unknown): SpecReading<Core> => {
  const text = dig(spec, 'cidr');
  const cidr = typeof text === 'string' ? parseSubnet(text) : undefined;
  if (cidr === undefined) return { ok: false, problems: [problemAt(['spec', 'cidr'], text, 'is not a subnet')] };
  if (cidr.hasHostBits) {
    const because = `has host bits set: the subnet is ${showSubnet(cidr)}`;
    return { ok: false, problems: [problemAt(['spec', 'cidr'], text, because)] };
  }
  const index = readGatewayIndex(spec);
  const length = readNodePrefix(spec, cidr);
  const problem = [...index.problems, ...length.problems][0];
  if (problem !== undefined || length.value === undefined)
    return { ok: false, problems: problem === undefined ? [] : [problem] };
  return { ok: true, spec: { cidr, perNodeNetworkPrefix: length.value, gatewayIndex: index.value } };
};

/** Reads `metadata.name` and `spec` of a CIDRPool as the given nv-ipam release would. */
export const readCIDRPool = (
  name: unknown,
  spec: unknown,
  release: IpamRelease = NEWEST_IPAM,
): SpecReading<CIDRPoolSpec> => {
  const core = readCore(spec);
  const nodeSelector = dig(spec, 'nodeSelector') ?? undefined;
  const around = (cidr: Subnet | undefined): readonly FieldProblem[] => [
    ...nodeSelectorProblems(nodeSelector),
    ...readRoutes(spec, cidr, 'spec.gatewayIndex', !isUnset(dig(spec, 'gatewayIndex'))),
  ];
  if (!core.ok) return { ok: false, problems: [...readPoolName(name), ...core.problems, ...around(undefined)] };

  const { cidr, perNodeNetworkPrefix, gatewayIndex } = core.spec;
  const first = subnetAt(cidr.start, perNodeNetworkPrefix);
  const lastIndex = (1n << BigInt(bitsOf(cidr.family) - perNodeNetworkPrefix)) - 1n;
  const exclusions = readExclusions(spec, cidr);
  const perNode = release.has.perNodeExclusions
    ? readPerNodeExclusions(spec, lastIndex, `a prefix of /${perNodeNetworkPrefix}`)
    : { value: [], problems: [] };
  const statics = readStatic(spec, cidr, perNodeNetworkPrefix);
  const outside = gatewayIndex !== undefined && gatewayAt(first, gatewayIndex) === undefined;
  const problems = [
    ...readPoolName(name),
    ...(outside
      ? [problemAt(['spec', 'gatewayIndex'], gatewayIndex, `points outside the hosts of a /${perNodeNetworkPrefix}`)]
      : []),
    ...exclusions.problems,
    ...perNode.problems,
    ...statics.problems,
    ...around(cidr),
  ];
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    spec: {
      ...core.spec,
      exclusions: exclusions.value,
      perNodeExclusions: perNode.value,
      staticAllocations: statics.value,
      nodeSelector,
    },
  };
};
