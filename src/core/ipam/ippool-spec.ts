/**
 * Reads and validates an IPPool as nv-ipam's webhook and controller do (api/v1alpha1/ippool_validate.go at 3ce4a34).
 * A valid spec is one that allocate-ippool.ts can take at its word; the traps that validation lets pass are in pool-traps.ts.
 */
import { dig, digText } from '../model/dig.ts';
import { contains, parseAddress, parseSubnet, showSubnet } from '../model/ip.ts';
import type { Address, AddressRange, Subnet } from '../model/ip.ts';
import { problemAt } from './field-problem.ts';
import type { FieldProblem } from './field-problem.ts';
import { firstVersionWith, NEWEST_IPAM } from './ipam-versions.ts';
import type { IpamRelease } from './ipam-versions.ts';
import { nodeSelectorProblems } from './node-selector-problems.ts';
import {
  isUnset,
  readExclusions,
  readInteger,
  readPerNodeExclusions,
  readPoolName,
  readRoutes,
} from './pool-fields.ts';
import type { IndexRange } from './pool-fields.ts';
import { usableCount } from './subnet-facts.ts';

export interface IPPoolSpec {
  readonly subnet: Subnet;
  readonly perNodeBlockSize: number;
  readonly gateway: Address | undefined;
  readonly exclusions: readonly AddressRange[];
  readonly perNodeExclusions: readonly IndexRange[];
  /** As it stands in the object; undefined selects all nodes. */
  readonly nodeSelector: unknown;
}

/** A spec, or what keeps it from being one. */
export type SpecReading<Spec> =
  { readonly ok: true; readonly spec: Spec } | { readonly ok: false; readonly problems: readonly FieldProblem[] };

const readBlockSize = (
  spec: unknown,
  subnet: Subnet | undefined,
  release: IpamRelease,
): { readonly size: number | undefined; readonly problems: readonly FieldProblem[] } => {
  const path = ['spec', 'perNodeBlockSize'];
  const { value: size, problems } = readInteger(path, dig(spec, 'perNodeBlockSize'));
  const least = release.has.blockOfOne ? 1 : 2;
  if (size === undefined) return { size, problems };
  if (size < least) {
    const since = size === 1 ? ` before nv-ipam ${firstVersionWith('blockOfOne')}` : '';
    return { size: undefined, problems: [problemAt(path, size, `must be at least ${least}${since}`)] };
  }
  if (subnet !== undefined && usableCount(subnet) < BigInt(size)) {
    const because = `is more than the ${usableCount(subnet)} usable addresses of ${showSubnet(subnet)}: no node would fit`;
    return { size, problems: [problemAt(path, size, because)] };
  }
  return { size, problems: [] };
};

const readGateway = (
  spec: unknown,
  subnet: Subnet | undefined,
): { readonly gateway: Address | undefined; readonly problems: readonly FieldProblem[] } => {
  const value = dig(spec, 'gateway');
  if (isUnset(value)) return { gateway: undefined, problems: [] };
  const gateway = typeof value === 'string' ? parseAddress(value) : undefined;
  if (gateway === undefined)
    return { gateway, problems: [problemAt(['spec', 'gateway'], value, 'is not an IP address')] };
  if (subnet === undefined || contains(subnet, gateway)) return { gateway, problems: [] };
  return { gateway, problems: [problemAt(['spec', 'gateway'], value, `is not inside ${showSubnet(subnet)}`)] };
};

/** Reads `metadata.name` and `spec` of an IPPool as the given nv-ipam release would. */
export const readIPPool = (
  name: unknown,
  spec: unknown,
  release: IpamRelease = NEWEST_IPAM,
): SpecReading<IPPoolSpec> => {
  const subnetText = digText(spec, 'subnet');
  const subnet = subnetText === undefined ? undefined : parseSubnet(subnetText);
  const block = readBlockSize(spec, subnet, release);
  const gateway = readGateway(spec, subnet);
  const exclusions =
    subnet === undefined || !release.has.exclusions ? { value: [], problems: [] } : readExclusions(spec, subnet);
  const perNode =
    block.size === undefined || !release.has.perNodeExclusions
      ? { value: [], problems: [] }
      : readPerNodeExclusions(spec, BigInt(block.size) - 1n, `a block of ${block.size}`);
  const nodeSelector = dig(spec, 'nodeSelector') ?? undefined;
  const problems = [
    ...readPoolName(name),
    ...(subnet === undefined ? [problemAt(['spec', 'subnet'], dig(spec, 'subnet'), 'is not a subnet')] : []),
    ...block.problems,
    ...exclusions.problems,
    ...perNode.problems,
    ...gateway.problems,
    ...nodeSelectorProblems(nodeSelector),
    ...readRoutes(spec, subnet, 'spec.gateway', !isUnset(dig(spec, 'gateway'))),
  ];
  if (problems.length > 0 || subnet === undefined || block.size === undefined) return { ok: false, problems };
  return {
    ok: true,
    spec: {
      subnet,
      perNodeBlockSize: block.size,
      gateway: gateway.gateway,
      exclusions: exclusions.value,
      perNodeExclusions: perNode.value,
      nodeSelector,
    },
  };
};
