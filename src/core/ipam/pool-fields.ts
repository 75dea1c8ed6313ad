/**
 * Readers of the fields that IPPool and CIDRPool have in common. Each answers with the value and the problems found, in
 * the order and under the field names of nv-ipam's own validation (api/v1alpha1/validate_*.go at 3ce4a34).
 */
import { dig, digFlag, digList, digText } from '../model/dig.ts';
import type { Path } from '../model/dig.ts';
import { contains, parseAddress, parseSubnet, sameFamily, showSubnet } from '../model/ip.ts';
import type { AddressRange, Subnet } from '../model/ip.ts';
import { problemAt } from './field-problem.ts';
import type { FieldProblem } from './field-problem.ts';

export interface Reading<T> {
  readonly value: T;
  readonly problems: readonly FieldProblem[];
}

/** Offsets into a node's block or prefix, both included. */
export interface IndexRange {
  readonly startIndex: number;
  readonly endIndex: number;
}

const INT32_MAX = 2 ** 31 - 1;

/** A pool's name becomes a CNI network name (containernetworking/cni ValidateNetworkName). */
export const readPoolName = (name: unknown): readonly FieldProblem[] =>
  typeof name === 'string' && /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name)
    ? []
    : [problemAt(['metadata', 'name'], name, 'is no CNI network name: letters, digits, _ . - after a letter or digit')];

/** An integer field of the CRD; a text, a fraction or a number beyond exact counting is a problem of its own. */
export const readInteger = (path: Path, value: unknown): Reading<number | undefined> =>
  typeof value === 'number' && Number.isSafeInteger(value)
    ? { value, problems: [] }
    : { value: undefined, problems: [problemAt(path, value, 'must be a whole number that can be counted exactly')] };

const readRangeEnd = (path: Path, value: unknown, subnet: Subnet): Reading<AddressRange['start'] | undefined> => {
  const address = typeof value === 'string' ? parseAddress(value) : undefined;
  if (address === undefined) return { value: undefined, problems: [problemAt(path, value, 'is not an IP address')] };
  return contains(subnet, address)
    ? { value: address, problems: [] }
    : { value: address, problems: [problemAt(path, value, `is not inside ${showSubnet(subnet)}`)] };
};

export const readExclusions = (spec: unknown, subnet: Subnet): Reading<readonly AddressRange[]> => {
  const ranges: AddressRange[] = [];
  const problems: FieldProblem[] = [...refuseNonList(spec, 'exclusions')];
  digList(spec, 'exclusions').forEach((item, index) => {
    const path: Path = ['spec', 'exclusions', index];
    const start = readRangeEnd([...path, 'startIP'], dig(item, 'startIP'), subnet);
    const end = readRangeEnd([...path, 'endIP'], dig(item, 'endIP'), subnet);
    problems.push(...start.problems, ...end.problems);
    if (start.value === undefined || end.value === undefined) return;
    if (!sameFamily(start.value, end.value) || end.value < start.value)
      problems.push(problemAt(path, item, 'is turned round: endIP must not lie before startIP'));
    ranges.push({ start: start.value, end: end.value });
  });
  return { value: ranges, problems };
};

/** `most` is the last index that exists in a node's block or prefix. */
export const readPerNodeExclusions = (spec: unknown, most: bigint, within: string): Reading<readonly IndexRange[]> => {
  const last = Number(most < BigInt(INT32_MAX) ? most : BigInt(INT32_MAX));
  const ranges: IndexRange[] = [];
  const problems: FieldProblem[] = [...refuseNonList(spec, 'perNodeExclusions')];
  digList(spec, 'perNodeExclusions').forEach((item, index) => {
    const path: Path = ['spec', 'perNodeExclusions', index];
    const [start, end] = (['startIndex', 'endIndex'] as const).map((key) => {
      const read = readInteger([...path, key], dig(item, key));
      problems.push(...read.problems);
      if (read.value !== undefined && read.value < 0)
        problems.push(problemAt([...path, key], read.value, 'must not be negative'));
      if (read.value !== undefined && read.value > last)
        problems.push(problemAt([...path, key], read.value, `is beyond the last index ${last} of ${within}`));
      return read.value;
    });
    if (start === undefined || end === undefined) return;
    if (end < start) problems.push(problemAt(path, item, 'is turned round: endIndex must not lie before startIndex'));
    ranges.push({ startIndex: start, endIndex: end });
  });
  return { value: ranges, problems };
};

/** `gatewayField` is what the kind calls its gateway; both rules need one. */
export const readRoutes = (
  spec: unknown,
  subnet: Subnet | undefined,
  gatewayField: string,
  hasGateway: boolean,
): readonly FieldProblem[] => {
  const problems: FieldProblem[] = [...refuseNonList(spec, 'routes')];
  const routes = digList(spec, 'routes');
  const isDefault = digFlag(spec, 'defaultGateway') === true;
  if (isDefault && !hasGateway)
    problems.push(problemAt(['spec', 'defaultGateway'], true, `needs ${gatewayField} to route through`));
  if (routes.length > 0 && !hasGateway)
    problems.push(problemAt(['spec', 'routes'], routes, `need ${gatewayField} to route through`));
  routes.forEach((route, index) => {
    const path: Path = ['spec', 'routes', index, 'dst'];
    const text = dig(route, 'dst');
    const net = typeof text === 'string' ? parseSubnet(text) : undefined;
    if (net === undefined) problems.push(problemAt(path, text, 'is not a subnet'));
    else {
      if (subnet !== undefined && net.family !== subnet.family)
        problems.push(problemAt(path, text, `is not of the pool's family IPv${subnet.family}`));
      if (isDefault && net.prefix === 0)
        problems.push(problemAt(path, text, 'is the default route, which defaultGateway: true adds already'));
    }
  });
  return problems;
};

/** A list in the CRD that came as something else; null and absence are an empty list. */
const refuseNonList = (spec: unknown, key: string): readonly FieldProblem[] => {
  const value = dig(spec, key);
  return value === undefined || value === null || Array.isArray(value)
    ? []
    : [problemAt(['spec', key], value, 'must be a list')];
};

/** Text of a field that counts as unset when it is missing, null or empty. */
export const textOrUnset = (spec: unknown, key: string): string | undefined => {
  const text = digText(spec, key);
  return text === '' ? undefined : text;
};

export const isUnset = (value: unknown): boolean => value === undefined || value === null || value === '';
