/** Bounds any work in time, on whatever clock. */
import type { Clock, Signal } from '../core/ports/clock.ts';

export type InTime<T> = { readonly inTime: true; readonly value: T } | { readonly inTime: false };

/** Of the alarm, once nobody waits for it: an abort without a reason would make an exception with a stack each time. */
const OVER = new Error('the work has ended');

/**
 * Runs `work` for at most `ms`. Its signal aborts at the end of the time, and when `outer` aborts; work that does not
 * heed it is left behind. What work throws passes through; so does the reason of `outer`.
 */
export const withDeadline = async <T>(
  clock: Clock,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  outer?: Signal,
): Promise<InTime<T>> => {
  const inner = new AbortController();
  const passOn = (): void => inner.abort(outer?.reason);
  if (outer?.aborted === true) passOn();
  outer?.addEventListener('abort', passOn, { once: true });
  const alarm = new AbortController();
  try {
    const late = clock.sleep(ms, alarm.signal).then(
      (): InTime<T> => ({ inTime: false }),
      (): Promise<never> => new Promise(() => {}),
    );
    const done = work(inner.signal).then((value): InTime<T> => ({ inTime: true, value }));
    const first = await Promise.race([done, late]);
    if (!first.inTime) {
      // Whoever was left behind may still fail; that is nobody's concern any more.
      done.catch(() => {});
      inner.abort(new Error(`no end within ${ms} ms`));
    }
    return first;
  } finally {
    alarm.abort(OVER);
    outer?.removeEventListener('abort', passOn);
  }
};
