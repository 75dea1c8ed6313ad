/**
 * Whether a controller process may be counted on, for /readyz. Ready is who reached the API a moment ago and either stands by
 * or leads with the Rollouts read; alive alone is not enough. Restarting mends none of this: that is /healthz.
 */
import type { Clock } from '../../core/ports/clock.ts';
import type { LeaseLook } from '../../runtime/leader.ts';

export interface ReadyState {
  readonly ready: boolean;
  readonly because: string;
}

export interface Readiness {
  readonly sawLease: (look: LeaseLook) => void;
  /** The list of Rollouts was read once in this time of leading; false when it ends. */
  readonly hasRollouts: (has: boolean) => void;
  readonly state: () => ReadyState;
}

/** A Lease is looked at every 2 s, and runs out after 15 s. */
const FRESH_MS = 20_000;

export const createReadiness = (clock: Pick<Clock, 'now'>): Readiness => {
  const began = clock.now();
  let last: { readonly look: LeaseLook; readonly at: number } | undefined;
  let read = false;
  return {
    sawLease: (look) => (last = { look, at: clock.now() }),
    hasRollouts: (has) => (read = has),
    state: () => {
      const age = clock.now() - (last?.at ?? began);
      if (last === undefined || age > FRESH_MS)
        return {
          ready: false,
          because: `the Lease could not be looked at for ${Math.round(age / 1000)} s: the API is not reached, or refuses`,
        };
      if (last.look.holds === 'another') return { ready: true, because: `stands by: ${last.look.holder} leads` };
      return read
        ? { ready: true, because: 'leads' }
        : { ready: false, because: 'leads, and has not read the Rollouts yet: is their CRD installed?' };
    },
  };
};
