/** Lets the time of a twin pass until some work on it is done: the work sleeps on the twin's clock and nothing else. */
import { fail, ok, type Result } from '../../core/result.ts';
import type { Twin } from '../../twin/twin.ts';

const STEP_MS = 60_000;

/**
 * A fault when the work is not done within `mostMs` of the twin's time, or when `isStuck` says that it will not be; the work
 * is then left behind.
 */
export const letTimePass = async <T>(
  twin: Twin,
  mostMs: number,
  work: Promise<T>,
  isStuck: () => boolean = () => false,
): Promise<Result<T>> => {
  let done: { readonly value: T } | undefined;
  let failure: { readonly reason: unknown } | undefined;
  work.then(
    (value) => (done = { value }),
    (reason: unknown) => (failure = { reason }),
  );
  const end = twin.clock.now() + mostMs;
  for (;;) {
    const next = Math.min(twin.clock.now() + STEP_MS, end);
    await twin.runUntil(next);
    if (failure !== undefined) throw failure.reason;
    if (done !== undefined) return ok(done.value);
    if (isStuck()) return fail('held-stuck', 'nothing about it changes any more.');
    if (next >= end)
      return fail('held-no-end', `it had no end within ${Math.round(mostMs / 3_600_000)} h of the twin's time.`);
  }
};
