/** Rules about addresses of secondary networks: pools, blocks of nodes, ranges that are used up. */
import type { Rule } from '../rule.ts';
import { addressRangeUsedUp } from './ipam/address-range-used-up.ts';
import { exclusionsOverlap } from './ipam/exclusions-overlap.ts';
import { ipamStoreCorrupt } from './ipam/ipam-store-corrupt.ts';
import { nodeBlocksExcluded } from './ipam/node-blocks-excluded.ts';
import { podsGetNoAddress } from './ipam/pods-get-no-address.ts';
import { poolInvalid } from './ipam/pool-invalid.ts';
import { poolMissing } from './ipam/pool-missing.ts';
import { poolSelectsNoNode } from './ipam/pool-selects-no-node.ts';
import { poolTooSmall } from './ipam/pool-too-small.ts';
import { poolWorthALook } from './ipam/pool-worth-a-look.ts';
import { poolsOverlap } from './ipam/pools-overlap.ts';
import { reservationsLeaked } from './ipam/reservations-leaked.ts';

export const IPAM_RULES: readonly Rule[] = [
  nodeBlocksExcluded,
  exclusionsOverlap,
  poolInvalid,
  poolTooSmall,
  poolMissing,
  poolsOverlap,
  reservationsLeaked,
  addressRangeUsedUp,
  podsGetNoAddress,
  ipamStoreCorrupt,
  poolSelectsNoNode,
  poolWorthALook,
];
