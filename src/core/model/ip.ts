/**
 * IP addresses and subnets: reading, writing and the little arithmetic that pools need. Which texts count as an address
 * follows Go's net package, since the programs whose answers we repeat are written in Go.
 */

/**
 * One address. IPv4 is a plain number (exact, and four times as fast as BigInt in the loops of core/ipam), IPv6 a BigInt;
 * so the type tells the family, and two addresses of one family compare with `<`, `===` and as members of a Set.
 */
export type Address = number | bigint;

export type Family = 4 | 6;

export const familyOf = (address: Address): Family => (typeof address === 'number' ? 4 : 6);

export const sameFamily = (one: Address, other: Address): boolean => typeof one === typeof other;

/** `address + steps`. Never checks for the end of the family's space: compare with the subnet's last address. */
export const plus = (address: Address, steps: number | bigint): Address =>
  typeof address === 'number' ? address + Number(steps) : address + BigInt(steps);

/** How many steps lead from one address to the other; negative when it lies before. Both must be of one family. */
export const distance = (from: Address, to: Address): number | bigint =>
  typeof from === 'number' ? Number(to) - from : BigInt(to) - from;

const readIPv4 = (text: string): number | undefined => {
  let address = 0;
  let octet = -1;
  let dots = 0;
  let digits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 46) {
      if (octet < 0 || dots === 3) return undefined;
      address = address * 256 + octet;
      octet = -1;
      digits = 0;
      dots += 1;
    } else if (code >= 48 && code <= 57) {
      // 010 is octal to some programs and decimal to others, so Go refuses it.
      if (octet === 0 || digits === 3) return undefined;
      octet = (octet < 0 ? 0 : octet) * 10 + code - 48;
      digits += 1;
      if (octet > 255) return undefined;
    } else return undefined;
  }
  return dots === 3 && octet >= 0 ? address * 256 + octet : undefined;
};

/** The 16-bit groups of one side of `::`; a dotted tail counts as two. Undefined when a group is not one. */
const readGroups = (text: string, mayEndDotted: boolean): readonly number[] | undefined => {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (mayEndDotted && index === parts.length - 1 && part.includes('.')) {
      const tail = readIPv4(part);
      if (tail === undefined) return undefined;
      groups.push(Math.floor(tail / 65536), tail % 65536);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
};

const readIPv6 = (text: string): bigint | undefined => {
  const halves = text.split('::');
  if (halves.length > 2 || text.length > 45) return undefined;
  const head = readGroups(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? readGroups(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail].reduce(
    (sum, group) => sum * 65536n + BigInt(group),
    0n,
  );
};

const MAPPED_IPV4 = 0xffffn;

/** Reads one address; undefined for anything else (zones and leading zeros too). `::ffff:10.0.0.1` is IPv4 10.0.0.1. */
export const parseAddress = (text: string): Address | undefined => {
  if (!text.includes(':')) return readIPv4(text);
  const wide = readIPv6(text);
  return wide !== undefined && wide >> 32n === MAPPED_IPV4 ? Number(wide & 0xffffffffn) : wide;
};

const showIPv4 = (address: number): string =>
  `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;

/** RFC 5952: lower case, the first longest run of two or more zero groups becomes `::`. */
const showIPv6 = (address: bigint): string => {
  const groups = Array.from({ length: 8 }, (_, index) => Number((address >> BigInt(112 - 16 * index)) & 0xffffn));
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at += 1) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === 0) length += 1;
    if (length > best.length) best = { at, length };
    at += length;
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  return best.at < 0 ? hex(groups) : `${hex(groups.slice(0, best.at))}::${hex(groups.slice(best.at + best.length))}`;
};

/** The canonical text of an address. */
export const showAddress = (address: Address): string =>
  typeof address === 'number' ? showIPv4(address) : showIPv6(address);

/** The canonical form of a text that was read as `address`. IPv4 without colons has one spelling only. */
export const canonicalText = (text: string, address: Address): string =>
  text.includes(':') ? showAddress(address) : text;

/** A range of addresses, both ends included. */
export interface AddressRange {
  readonly start: Address;
  readonly end: Address;
}

export interface Subnet extends AddressRange {
  /** Length of the network part, as in `/24`. */
  readonly prefix: number;
  readonly family: Family;
  /** True when the text named an address inside the subnet, as `192.168.1.7/24` does. */
  readonly hasHostBits: boolean;
}

export const bitsOf = (family: Family): 32 | 128 => (family === 4 ? 32 : 128);

/** The subnet of length `prefix` that contains `address`. The prefix must fit the family. */
export const subnetAt = (address: Address, prefix: number): Subnet => {
  const family = familyOf(address);
  const size = 1n << BigInt(bitsOf(family) - prefix);
  const start = (BigInt(address) / size) * size;
  const end = start + size - 1n;
  return family === 4
    ? { start: Number(start), end: Number(end), prefix, family, hasHostBits: address !== Number(start) }
    : { start, end, prefix, family, hasHostBits: address !== start };
};

/** Reads `ADDRESS/LENGTH`. IPv4 written as IPv6 (`::ffff:10.0.0.0/104`) is not taken. */
export const parseSubnet = (text: string): Subnet | undefined => {
  const slash = text.indexOf('/');
  const length = text.slice(slash + 1);
  if (slash < 0 || !/^\d{1,4}$/.test(length)) return undefined;
  const address = parseAddress(text.slice(0, slash));
  if (address === undefined || (typeof address === 'number' && text.includes(':'))) return undefined;
  const prefix = Number(length);
  return prefix > bitsOf(familyOf(address)) ? undefined : subnetAt(address, prefix);
};

/** `192.168.1.0/24`: network address and length. */
export const showSubnet = ({ start, prefix }: Pick<Subnet, 'start' | 'prefix'>): string =>
  `${showAddress(start)}/${prefix}`;

export const contains = (range: AddressRange, address: Address): boolean =>
  sameFamily(range.start, address) && range.start <= address && address <= range.end;

export const overlaps = (one: AddressRange, other: AddressRange): boolean =>
  sameFamily(one.start, other.start) && one.start <= other.end && other.start <= one.end;

/** How many addresses a range holds. */
export const sizeOf = (range: AddressRange): bigint => BigInt(distance(range.start, range.end)) + 1n;

export const showRange = ({ start, end }: AddressRange): string =>
  start === end ? showAddress(start) : `${showAddress(start)}-${showAddress(end)}`;
