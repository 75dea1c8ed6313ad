/** Clock over the machine's own time. */
import type { Clock, Signal } from '../../core/ports/clock.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms: number, signal?: Signal) =>
    new Promise((resolve, reject) => {
      const aborted = (): Error => (signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
      if (signal?.aborted === true) {
        reject(aborted());
        return;
      }
      const abort = (): void => {
        clearTimeout(timer);
        reject(aborted());
      };
      const timer = setTimeout(() => {
        // A signal may live as long as the process: it must not keep every sleep that ever was.
        signal?.removeEventListener('abort', abort);
        resolve();
      }, ms);
      signal?.addEventListener('abort', abort, { once: true });
    }),
};
