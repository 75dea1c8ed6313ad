/**
 * What a run did, in order: every write that was stored, and what happened outside the API (power, boots, hands). Two runs of
 * one seed are equal when these lines are.
 */
import { timestamp } from '../core/model/timestamp.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { World } from './world/world.ts';
import { showWrite } from './world/write-log.ts';

export interface TwinLog {
  readonly lines: readonly string[];
  /** Something outside the API, by whom, about what: `bmc`, `Host/dgx030`, `is off`. */
  readonly note: (actor: string, subject: string, what: string) => void;
}

const clockText = (now: number): string =>
  `${timestamp(now)} +${String(((now % 1000) + 1000) % 1000).padStart(3, '0')}ms`;

export const createTwinLog = (clock: Clock): TwinLog & { readonly follow: (world: World) => void } => {
  const lines: string[] = [];
  return {
    lines,
    note: (actor, subject, what) => void lines.push(`${clockText(clock.now())} ${actor} ${subject} ${what}`),
    follow: (world) => void world.onWrite((entry) => lines.push(showWrite(entry))),
  };
};
