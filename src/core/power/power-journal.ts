/**
 * What is remembered of one cold restart, in the order in which it goes. The journal is written before each act and holds
 * times, not timers: whoever finds it after a crash goes on where it stands (reference: ipam-maintenance-power.md 4.10).
 */
import type { PowerRequest } from '../ports/bmc.ts';

export const POWER_PHASES = [
  /** Nothing was asked yet. */
  'on',
  /** The operating system was asked to shut down. */
  'shutting-down',
  /** Power was asked to be cut. */
  'forcing-off',
  /** Off was read once or twice; three reads prove it. */
  'proving-off',
  /** Off is proved; adapters lose their charge. */
  'held-off',
  /** Standby power was asked to go as well, and to come back. */
  'ac-cycling',
  'powering-on',
  /** Power is on; the node has to come back with a new boot id. */
  'booting',
  'returned',
  'failed',
] as const;
export type PowerPhase = (typeof POWER_PHASES)[number];

export type PowerFailure = 'off-failed' | 'off-not-kept' | 'on-failed' | 'boot-timeout';

export interface PowerJournal {
  readonly phase: PowerPhase;
  /** When this phase began, in milliseconds since the epoch. */
  readonly sinceMs: number;
  /** Boot id before the restart: the proof of a new boot is another one. */
  readonly bootIdBefore: string;
  /** Reads of `off` in a row. */
  readonly offReads: number;
  /** Times power came on by itself while it was to stay off. */
  readonly unwantedOn: number;
  /** The last request, recorded before it was made; `times` counts it within this phase. */
  readonly asked?: { readonly request: PowerRequest; readonly atMs: number; readonly times: number };
  /** Reads without an answer in a row. */
  readonly unanswered: number;
  /** The BMC gave no answer after an AC cycle was asked for: it lost its power, too. */
  readonly bmcWentAway?: true;
  /** An AC cycle was asked for, and nothing shows that it was made. */
  readonly acUnproved?: true;
  readonly failure?: PowerFailure;
}

export const newPowerJournal = (nowMs: number, bootIdBefore: string): PowerJournal => ({
  phase: 'on',
  sinceMs: nowMs,
  bootIdBefore,
  offReads: 0,
  unwantedOn: 0,
  unanswered: 0,
});
