/**
 * What nv-ipam counts as usable in a subnet, and where an index of a subnet points (api/v1alpha1/helpers.go and
 * pkg/ip/cidr.go at 3ce4a34; reference page section 1.3 and 1.6).
 */
import { bitsOf, plus, sizeOf } from '../model/ip.ts';
import type { Address, Subnet } from '../model/ip.ts';

/** /31, /32, /127, /128: no network or broadcast address is set aside. */
export const isTiny = ({ prefix, family }: Subnet): boolean => prefix >= bitsOf(family) - 1;

/** The address of index 0 of the first block of an IPPool. */
export const firstUsable = (subnet: Subnet): Address => (isTiny(subnet) ? subnet.start : plus(subnet.start, 1));

/** The last address that may be handed out: before the broadcast address in IPv4, the very last one in IPv6. */
export const lastUsable = (subnet: Subnet): Address =>
  subnet.family === 6 || isTiny(subnet) ? subnet.end : plus(subnet.end, -1);

/** How many addresses pods could get: IPv4 2^h - 2, IPv6 2^h - 1, tiny subnets all. */
export const usableCount = (subnet: Subnet): bigint => {
  if (isTiny(subnet)) return sizeOf(subnet);
  return sizeOf(subnet) - (subnet.family === 4 ? 2n : 1n);
};

/**
 * The gateway that `gatewayIndex` names in a node's prefix; undefined when the index points outside. Index 0 is the
 * network address and counts only in tiny subnets; the broadcast address of an IPv4 subnet is outside.
 */
export const gatewayAt = (subnet: Subnet, index: number): Address | undefined => {
  if (!isTiny(subnet) && index === 0) return undefined;
  const most = isTiny(subnet) ? usableCount(subnet) - 1n : usableCount(subnet);
  return index < 0 || BigInt(index) > most ? undefined : plus(subnet.start, index);
};
