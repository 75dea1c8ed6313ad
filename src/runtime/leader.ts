/**
 * Leader election by a Lease in coordination.k8s.io: of several processes one works, and when it is gone or hangs
 * another takes over. Whoever may have lost the Lease stops before another can have it.
 */
import { digNumber, digText } from '../core/model/dig.ts';
import type { KubeObject } from '../core/model/kube-object.ts';
import { LEASES } from '../core/model/kube-resource.ts';
import { microTimestamp } from '../core/model/timestamp.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { KubeApi, ObjectKey } from '../core/ports/kube-api.ts';
import type { Log } from '../core/ports/log.ts';
import type { Random } from '../core/ports/random.ts';
import { withDeadline } from './deadline.ts';
import { type LeaseMove, leaseMove, type Observation, observe } from './lease-move.ts';

export interface LeaderOptions {
  readonly api: KubeApi;
  readonly lease: Required<ObjectKey>;
  /** Of this process, unlike any other's. */
  readonly identity: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** How long others wait for a leader that says nothing. Default 15 s. */
  readonly leaseMs?: number;
  /** A leader that could not renew for so long stops. Below leaseMs; default 10 s. */
  readonly renewMs?: number;
  /** Between two tries. Default 2 s. */
  readonly retryMs?: number;
  /** Called after each look at the Lease that got an answer. */
  readonly onLook?: (seen: LeaseLook) => void;
}

/** How a look at the Lease ended: ours, or whose it is. */
export type LeaseLook = { readonly holds: 'us' } | { readonly holds: 'another'; readonly holder: string };

/** One time of leading. */
export interface Term {
  /** Aborts when the Lease is lost or the process is to end. */
  readonly signal: AbortSignal;
  /**
   * True while nobody else can hold the Lease. Ask right before an act that must not happen twice: a process that
   * was stopped and goes on learns here, before its timers do, that its time is over.
   */
  readonly holds: () => boolean;
}

/** Tries to lead until the signal aborts, and does `work` while it does. Gives the Lease back when it ends. */
export const runAsLeader = async (
  options: LeaderOptions,
  work: (term: Term) => Promise<void>,
  signal: AbortSignal,
): Promise<void> => {
  const candidate = createCandidate(options);
  try {
    while (!signal.aborted) {
      await candidate.acquire(signal);
      await lead(options, candidate, work, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await candidate.release();
  }
};

const lead = async (
  { clock, log, identity, renewMs = 10_000, retryMs = 2_000 }: LeaderOptions,
  candidate: Candidate,
  work: (term: Term) => Promise<void>,
  signal: AbortSignal,
): Promise<void> => {
  const term = new AbortController();
  const stop = (): void => term.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const holds = (): boolean => {
    const age = clock.now() - candidate.renewedAt();
    // A clock that was set back tells nothing of how long ago it was.
    return !term.signal.aborted && age >= 0 && age < renewMs;
  };
  log.info(`${identity} leads`, { identity });
  let bug: unknown;
  const working = work({ signal: term.signal, holds }).catch((error: unknown) => {
    if (!term.signal.aborted) bug = error;
    term.abort(error);
  });
  try {
    while (!term.signal.aborted) {
      await clock.sleep(retryMs, term.signal);
      if (!holds()) break;
      const left = renewMs - (clock.now() - candidate.renewedAt());
      const tried = await withDeadline(clock, left, (inner) => candidate.attempt(inner), term.signal);
      if (tried.inTime && tried.value === 'lost') break;
    }
  } catch (error) {
    if (!term.signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    if (!term.signal.aborted) {
      log.warn(`${identity} leads no more`, { identity });
      term.abort(new Error('the Lease is lost'));
    }
    await working;
  }
  // A bug in the work is no reason to hand the same work to the next replica silently.
  if (bug !== undefined) throw bug;
};

interface Candidate {
  /** Resolves when the Lease is ours. */
  readonly acquire: (signal: AbortSignal) => Promise<void>;
  /** One try to take or renew. `failed`: nobody knows; ask again. */
  readonly attempt: (signal: AbortSignal) => Promise<'held' | 'lost' | 'failed'>;
  /** When the try that last succeeded was begun. */
  readonly renewedAt: () => number;
  readonly release: () => Promise<void>;
}

const createCandidate = (options: LeaderOptions): Candidate => {
  const { api, lease: key, identity, clock, random, log, leaseMs = 15_000, retryMs = 2_000, onLook } = options;
  let seen: Observation | undefined;
  let renewedAt = -Infinity;
  let holding = false;

  const recordFor = (move: LeaseMove['move'], lease: KubeObject | undefined): KubeObject => {
    const now = microTimestamp(clock.now());
    const transitions = digNumber(lease, 'spec', 'leaseTransitions') ?? 0;
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { ...lease?.metadata, ...key },
      spec: {
        holderIdentity: identity,
        leaseDurationSeconds: Math.ceil(leaseMs / 1000),
        acquireTime: move === 'renew' ? (digText(lease, 'spec', 'acquireTime') ?? now) : now,
        renewTime: now,
        leaseTransitions: move === 'take' ? transitions + 1 : transitions,
      },
    };
  };

  const attempt: Candidate['attempt'] = async (signal) => {
    // The lease runs from before the request: an answer may take as long as it likes, our time is counted from here.
    const begun = clock.now();
    const found = await api.get(LEASES, key, { signal });
    if (!found.ok && found.fault.code !== 'kube-not-found') {
      log.warn(found.fault.message, { identity, code: found.fault.code });
      return 'failed';
    }
    seen = observe(seen, found.ok ? found.value : undefined, clock.now());
    const next = leaseMove(seen, identity, clock.now());
    const { move } = next;
    if (move === 'wait') {
      holding = false;
      onLook?.({ holds: 'another', holder: next.holder });
      return 'lost';
    }
    const record = recordFor(move, seen.lease);
    const written =
      move === 'create' ? await api.create(LEASES, record, { signal }) : await api.update(LEASES, record, { signal });
    if (!written.ok) {
      // Somebody else was quicker; what they wrote is looked at in the next try.
      log.debug(written.fault.message, { identity, code: written.fault.code });
      return 'failed';
    }
    seen = observe(seen, written.value, clock.now());
    renewedAt = begun;
    holding = true;
    onLook?.({ holds: 'us' });
    return 'held';
  };

  return {
    attempt,
    renewedAt: () => renewedAt,
    acquire: async (signal) => {
      for (;;) {
        const tried = await withDeadline(clock, leaseMs, attempt, signal);
        if (tried.inTime && tried.value === 'held') return;
        // By chance a little longer, so that candidates do not ask in step.
        await clock.sleep(retryMs * (1 + 0.2 * random.next()), signal);
      }
    },
    release: async () => {
      if (!holding) return;
      const released = await withDeadline(clock, 2_000, async (signal) => {
        // Read anew: a renewal that was cut off by the end may have been stored.
        const found = await api.get(LEASES, key, { signal });
        if (!found.ok || digText(found.value, 'spec', 'holderIdentity') !== identity) return found.ok;
        const spec = { ...(found.value['spec'] as object), holderIdentity: '', leaseDurationSeconds: 1 };
        return (await api.update(LEASES, { ...found.value, spec }, { signal })).ok;
      });
      if (!released.inTime || !released.value)
        log.info(`${identity} could not give the Lease back; it runs out by itself`, { identity });
    },
  };
};
