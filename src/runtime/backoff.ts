/** How long to wait before trying again: longer after each failure, up to a bound, and never in step with others. */
import type { Random } from '../core/ports/random.ts';

export interface BackoffPolicy {
  readonly firstMs: number;
  readonly factor: number;
  readonly maxMs: number;
  /** Up to this share is added by chance: 0.5 makes 100 ms into 100 to 150. */
  readonly jitter: number;
}

/** For talking to an API server: those of client-go's reflector. */
export const API_BACKOFF: BackoffPolicy = { firstMs: 800, factor: 2, maxMs: 30_000, jitter: 1 };

/** `failures` is how many there have been in a row, 1 for the first. */
export const backoffMs = (policy: BackoffPolicy, failures: number, random: Random): number => {
  const grown = policy.firstMs * policy.factor ** Math.max(0, failures - 1);
  return Math.round(Math.min(grown, policy.maxMs) * (1 + policy.jitter * random.next()));
};
