/**
 * How many nodes may begin an upgrade in this pass (network-operator.md 3.7; common_manager.go, GetUpgradesAvailable).
 * Which nodes take the slots is the rule's of upgrade-required.
 */
import { countOf } from '../model/int-or-percent.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { COUNTED_STATES, IDLE_STATES } from './upgrade-state.ts';

export interface SlotInput {
  /** Nodes per state label. */
  readonly counts: ReadonlyMap<string, number>;
  /** Managed nodes that are cordoned or not Ready, whatever their state. */
  readonly unavailable: number;
  /** 0 = no limit. */
  readonly maxParallelUpgrades: number;
  /** A count or `N%`; null or absent = all nodes. */
  readonly maxUnavailable?: unknown;
}

export interface Slots {
  readonly total: number;
  /** Nodes past upgrade-required and not done; failed nodes are among them (D2). */
  readonly inProgress: number;
  readonly maxUnavailable: number;
  /** As given, plus the nodes about to be cordoned; one that is cordoned already counts twice. */
  readonly unavailable: number;
  /** May be negative. */
  readonly slots: number;
}

export const slotsOf = ({ counts, unavailable, maxParallelUpgrades, maxUnavailable }: SlotInput): Result<Slots> => {
  const sum = (states: readonly string[]): number =>
    states.reduce((count, state) => count + (counts.get(state) ?? 0), 0);
  const total = sum(COUNTED_STATES);
  const inProgress = total - sum(IDLE_STATES);
  const limit = maxUnavailable == null ? total : countOf(maxUnavailable, total, 'up');
  if (limit === undefined)
    return fail(
      'upstream-max-unavailable',
      `maxUnavailable ${JSON.stringify(maxUnavailable)} is neither a whole number nor a percentage such as 25%, so no node can begin its upgrade; correct it in the policy`,
    );
  const outOfUse = unavailable + sum(['cordon-required']);
  const wanted = maxParallelUpgrades === 0 ? sum(['upgrade-required']) : maxParallelUpgrades - inProgress;
  return ok({
    total,
    inProgress,
    maxUnavailable: limit,
    unavailable: outOfUse,
    slots: withinUnavailable(Math.min(wanted, limit), outOfUse, limit, total),
  });
};

const withinUnavailable = (slots: number, outOfUse: number, limit: number, total: number): number => {
  if (outOfUse >= limit) return 0;
  // Where all nodes may be unavailable, upstream leaves the subtraction out.
  return limit < total ? Math.min(slots, limit - outOfUse) : slots;
};
