/**
 * What core/ipam says of the pools of an input, as statements of rules: each rule names the kinds of finding that are its own. Asked
 * once for all of them.
 */
import { checkPools, poolSources, type PoolCheck } from '../ipam/check-pools.ts';
import type { PoolFinding, PoolSource } from '../ipam/pool-finding.ts';
import { showPool } from '../ipam/pool-object.ts';
import { objectPath } from '../model/kube-object.ts';
import { textEvidence } from './evidence.ts';
import type { Facts } from './facts.ts';
import type { Evidence, Finding, Statement } from './finding.ts';

const asked = new WeakMap<Facts, PoolCheck>();

export const poolCheck = (facts: Facts): PoolCheck => {
  const before = asked.get(facts);
  if (before !== undefined) return before;
  const check = checkPools({ pools: poolSources(facts.snapshot), snapshot: facts.snapshot });
  asked.set(facts, check);
  return check;
};

export interface PoolFault {
  readonly found: PoolFinding;
  /** Undefined where a network is at fault and no pool. */
  readonly pool?: PoolSource;
}

/** A finding for each fault of these kinds; a clear for each pool that has none. */
export const poolStatements = (
  facts: Facts,
  ids: readonly string[],
  {
    clear,
    also = () => [],
    isFault = () => true,
  }: {
    readonly clear: string;
    readonly also?: (fault: PoolFault) => readonly Evidence[];
    readonly isFault?: (found: PoolFinding) => boolean;
  },
): readonly Statement[] => {
  const { findings, pools } = poolCheck(facts);
  const own = findings.filter((one) => ids.includes(one.id) && isFault(one));
  const found = own.map((one): Finding => {
    const pool = pools.find((source) => showPool(source.pool) === one.about);
    const object = pool === undefined ? one.about : objectPath(pool.source.object);
    return {
      says: 'finding',
      scope: { object },
      because: `${one.about}: ${one.because}`,
      confidence: 'proven',
      sameAs: `${one.id} ${object}`,
      evidence: [
        textEvidence(one.origin, `${one.about}: ${one.because.split(';')[0] ?? ''}`),
        ...also({ found: one, ...(pool === undefined ? {} : { pool }) }),
      ],
    };
  });
  const hit = new Set(own.map(({ about }) => about));
  const clears = pools
    .filter(({ pool }) => !hit.has(showPool(pool)))
    .map(({ source }): Statement => ({ says: 'clear', scope: { object: objectPath(source.object) }, saw: clear }));
  return [...found, ...clears];
};

/** The ways out that core/ipam names for these findings. */
export const poolWaysOut = (facts: Facts, ids: readonly string[]): readonly string[] => [
  ...new Set(
    poolCheck(facts)
      .findings.filter(({ id }) => ids.includes(id))
      .map(({ about, wayOut }) => `${about}: ${wayOut}`),
  ),
];
