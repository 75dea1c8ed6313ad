/**
 * Lets the twin's time pass while its API is served: as fast as real time, a number of times as fast, or as fast as the
 * machine can. Nothing else moves the clock then.
 */
import type { Speed } from '../../core/model/speed.ts';
import type { VirtualClock } from '../../twin/virtual-clock.ts';
import type { World } from '../../twin/world/world.ts';

export interface Pace {
  readonly speed: Speed;
  /** How many of the twin's milliseconds a client's own `ms` are. At 'max' a client's time limits count as real ones. */
  readonly stretch: (ms: number) => number;
  /** After `ms` of the twin's time; earlier when the signal aborts. Keeps time passing at 'max'. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Once it is stopped; rejects with the bug of an actor, which ends all time. */
  readonly ended: Promise<void>;
  /** Waits until the step that is under way is done. */
  readonly stop: () => Promise<void>;
}

const TICK_MS = 20;
/** At 'max': so long the machine works on before it looks at its clients again, ... */
const SLICE_MS = 15;
/** ... in steps of this much of the twin's time, ... */
const STEP_MS = 1_000;
/** ... and no further than this beyond the last thing that happened, unless somebody waits for a later time. */
const QUIET_MS = 3_600_000;

export const startPace = (world: World, clock: VirtualClock, speed: Speed): Pace => {
  let stopped = false;
  let sleepers = 0;
  const begin = { real: performance.now(), twin: clock.now() };
  const last = { version: world.resourceVersion(), at: clock.now() };

  const isQuiet = (): boolean => {
    const version = world.resourceVersion();
    if (version !== last.version) Object.assign(last, { version, at: clock.now() });
    return sleepers === 0 && clock.now() - last.at >= QUIET_MS;
  };
  const runFast = async (): Promise<void> => {
    const until = performance.now() + SLICE_MS;
    while (!stopped && performance.now() < until && !isQuiet()) await clock.run(STEP_MS);
  };
  const tick = async (): Promise<void> => {
    if (speed === 'max') await runFast();
    else await clock.runUntil(begin.twin + (performance.now() - begin.real) * speed);
  };
  const running = (async () => {
    while (!stopped) {
      await tick();
      await new Promise((done) => setTimeout(done, TICK_MS));
    }
  })();

  return {
    speed,
    ended: running,
    stretch: (ms) => (speed === 'max' ? Number.MAX_SAFE_INTEGER : ms * speed),
    sleep: async (ms, signal) => {
      sleepers += 1;
      try {
        await clock.sleep(ms, signal);
      } finally {
        sleepers -= 1;
      }
    },
    stop: async () => {
      stopped = true;
      // Who wants to know of a bug waits for `ended`.
      await running.catch(() => {});
    },
  };
};
