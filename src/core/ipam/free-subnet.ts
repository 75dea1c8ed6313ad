/** Finds a subnet of a given length that overlaps nothing known, near a present one: a proposal, not a reservation. */
import { bitsOf, contains, overlaps, plus, subnetAt } from '../model/ip.ts';
import type { AddressRange, Subnet } from '../model/ip.ts';

/** The private ranges of RFC 1918: a pool in one of them is not moved out of it. */
const PRIVATE = [subnetAt(0x0a000000, 8), subnetAt(0xac100000, 12), subnetAt(0xc0a80000, 16)];

/** How many candidates are looked at before giving up. */
const TRIES = 10_000;

const neighbourhood = (near: Subnet): Subnet =>
  PRIVATE.find((range) => contains(range, near.start)) ?? subnetAt(near.start, near.family === 4 ? 8 : 32);

export const freeSubnet = (near: Subnet, prefix: number, taken: readonly AddressRange[]): Subnet | undefined => {
  const around = neighbourhood(near);
  if (prefix < around.prefix) return undefined;
  const size = 1n << BigInt(bitsOf(near.family) - prefix);
  const close = taken.filter((range) => overlaps(range, around));
  let candidate = subnetAt(near.start, prefix);
  for (let tries = 0; tries < TRIES && contains(around, candidate.start); tries += 1) {
    const here = candidate;
    if (!close.some((range) => overlaps(range, here))) return here;
    candidate = subnetAt(plus(candidate.start, size), prefix);
  }
  return undefined;
};
