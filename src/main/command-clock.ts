/** The clock of one command: the machine's own until a cluster is opened whose time passes otherwise. */
import { systemClock } from '../adapters/clock/system-clock.ts';
import type { Clock } from '../core/ports/clock.ts';

export interface CommandClock extends Clock {
  /** From now on this one is meant. */
  readonly follow: (clock: Clock) => void;
}

export const commandClock = (): CommandClock => {
  let followed = systemClock;
  return {
    now: () => followed.now(),
    sleep: (ms, signal) => followed.sleep(ms, signal),
    follow: (clock) => {
      followed = clock;
    },
  };
};
