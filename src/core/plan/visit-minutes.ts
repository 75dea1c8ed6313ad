/** How long a visit takes, roughly: for the estimate of a plan and nothing else. Rehearsing the plan tells it better. */
import type { Rung } from '../firmware/rung.ts';
import type { RolloutSpec } from '../model/crd/rollout.ts';

/**
 * Restart and boot of a large GPU server by rung (ipam-maintenance-power.md 4.5: 10 to 15 min until the kubelet is back; AC
 * removal 5 to 6 min more).
 */
const RESTART: Readonly<Record<Rung, number>> = {
  none: 0,
  'driver-reload': 3,
  'firmware-reset': 3,
  warm: 13,
  cold: 16,
  ac: 22,
};

/** Cordon, eviction of ordinary pods, and the checks after: grace periods are 30 s for most pods. */
const AROUND = 5;

export const visitMinutes = (rung: Rung): number => AROUND + RESTART[rung];

/** Canaries one after the other, then as many at a time as the budget allows. */
export const rolloutMinutes = (visits: readonly number[], spec: Pick<RolloutSpec, 'waves'>, atOnce: number): number => {
  const canary = visits.slice(0, spec.waves.canary);
  const rest = visits.slice(spec.waves.canary);
  const rounds = Math.ceil(rest.length / Math.max(1, atOnce));
  return Math.ceil(canary.reduce((sum, one) => sum + one, 0) + rounds * Math.max(0, ...rest));
};
