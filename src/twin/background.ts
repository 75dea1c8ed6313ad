/** Work of an actor that takes time: begun and not waited for. What it throws is a bug, and ends the run as one. */
import type { VirtualClock } from './virtual-clock.ts';

export const inBackground = (clock: VirtualClock, work: Promise<unknown>): void => {
  work.catch((bug: unknown) => {
    clock.after(0, () => {
      throw bug;
    });
  });
};
