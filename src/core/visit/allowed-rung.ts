/** The highest restart that a visit may make: a group may be kept below what the rollout allows, and never gets above it. */
import { isAbove, RUNG_NAMES, type Rung } from '../firmware/rung.ts';
import type { RolloutGroup, RolloutSpec } from '../model/crd/rollout.ts';

type Allowing = Pick<RolloutSpec, 'allow'>;

export const allowedRung = ({ allow }: Allowing, { upTo }: Pick<RolloutGroup, 'upTo'>): Rung =>
  upTo === undefined || isAbove(upTo, allow.rung) ? allow.rung : upTo;

/** Why this restart may not be made, and what would allow it. */
export const rungRefusal = (
  spec: Allowing,
  group: Pick<RolloutGroup, 'upTo'>,
  rung: Rung,
): { readonly because: string; readonly wayOut: string } | undefined => {
  const allowed = allowedRung(spec, group);
  return isAbove(rung, allowed)
    ? {
        because: `a ${RUNG_NAMES[rung]} is due, and the plan allows no more than ${allowed === 'none' ? RUNG_NAMES.none : `a ${RUNG_NAMES[allowed]}`}`,
        wayOut: `plan with --up-to ${rung}`,
      }
    : undefined;
};
