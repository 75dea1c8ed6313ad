/**
 * Ranges of whereabouts that were reported as used up, with who holds their addresses: pods that run, pods that wait
 * themselves, pods that are gone. Whether that is a leak or a range that is too small is left to the rules.
 */
import { digMap, digText, type Path } from '../model/dig.ts';
import { distance, parseAddress, parseSubnet, plus, sameFamily, showAddress, type Address } from '../model/ip.ts';
import type { SnapshotObject } from '../snapshot/snapshot.ts';
import { fieldEvidence } from './evidence.ts';
import type { Facts } from './facts.ts';
import type { Evidence } from './finding.ts';
import { knownPods } from './known-pods.ts';
import { isPodOver, said, type Said } from './said.ts';

/** `cmd/whereabouts`: `Could not allocate IP in range: ip: A / - B / range: ...`. */
export const RANGE_USED_UP = /Could not allocate IP in range: ip: (?<first>[\da-f.:]+) \/ - (?<last>[\da-f.:]+)/i;

interface Holder {
  readonly podref: string;
  readonly address: string;
  readonly evidence: Evidence;
}

export interface UsedUpRange {
  readonly words: readonly Said[];
  readonly first: string;
  readonly last: string;
  readonly size: number;
  /** Undefined where the input has no pool of that range. */
  readonly pool?: SnapshotObject;
  readonly running: readonly Holder[];
  readonly waiting: readonly Holder[];
  readonly gone: readonly Holder[];
  readonly notLookedAt: readonly Holder[];
}

const GROUP = 'whereabouts.cni.cncf.io/';

const holdersOf = (pool: SnapshotObject, first: Address, last: Address): readonly Holder[] => {
  const subnet = parseSubnet(digText(pool.object, 'spec', 'range') ?? '');
  if (subnet === undefined || !sameFamily(subnet.start, first)) return [];
  return Object.entries(digMap(pool.object, 'spec', 'allocations')).flatMap(([offset, allocation]) => {
    if (!/^\d{1,30}$/.test(offset)) return [];
    const address = plus(subnet.start, BigInt(offset));
    const podref = digText(allocation, 'podref');
    if (podref === undefined || address < first || address > last) return [];
    const at: Path = ['spec', 'allocations', offset, 'podref'];
    return [{ podref, address: showAddress(address), evidence: fieldEvidence(pool, at) }];
  });
};

const LARGEST = 1_000_000;

/** One entry for each range that could not give an address and whose pod still waits. */
export const usedUpRanges = (facts: Facts, lines: string): readonly UsedUpRange[] => {
  const open = said(facts, lines, RANGE_USED_UP).filter((one) => !isPodOver(one));
  const pools = facts.objects('IPPool').filter(({ object }) => object.apiVersion.startsWith(GROUP));
  const pods = knownPods(facts);
  return [...Map.groupBy(open, ({ groups }) => `${groups['first'] ?? ''} ${groups['last'] ?? ''}`)].flatMap(
    ([range, words]) => {
      const [first = '', last = ''] = range.split(' ');
      const [from, to] = [parseAddress(first), parseAddress(last)];
      if (from === undefined || to === undefined || !sameFamily(from, to) || to < from) return [];
      const size = Math.min(Number(distance(from, to)) + 1, LARGEST);
      const pool = pools.find((one) => holdersOf(one, from, to).length > 0);
      const holders = pool === undefined ? [] : holdersOf(pool, from, to);
      // A pod that waits for its image holds its address rightly; one that is refused an address does not.
      const refused = new Set(words.map(({ podName }) => podName));
      const stateOf = (podref: string) => {
        const state = pods.stateOf(podref);
        return state === 'waiting' && !refused.has(podref) ? 'up' : state;
      };
      const by = (state: string | undefined) => holders.filter(({ podref }) => stateOf(podref) === state);
      return [
        {
          words,
          first,
          last,
          size,
          ...(pool === undefined ? {} : { pool }),
          running: by('up'),
          waiting: by('waiting'),
          gone: by('gone'),
          notLookedAt: by(undefined),
        },
      ];
    },
  );
};
