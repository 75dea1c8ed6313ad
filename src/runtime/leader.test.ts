import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KubeObject } from '../core/model/kube-object.ts';
import type { Clock, Signal } from '../core/ports/clock.ts';
import type { KubeApi } from '../core/ports/kube-api.ts';
import { silentLog } from '../core/ports/log.ts';
import { refused, scriptedKubeApi } from '../testing/scripted-kube-api.ts';
import { VirtualClock } from '../twin/virtual-clock.ts';
import { runAsLeader, type Term } from './leader.ts';

const LEASE = { namespace: 'nicwright-system', name: 'controller' };

interface Network {
  up: boolean;
  /** How long an answer is on its way back. */
  answerMs: number;
}

/** An API server that knows Leases only, with a switch for each candidate's network. */
const leaseServer = (clock: VirtualClock) => {
  let stored: KubeObject | undefined;
  let version = 0;
  const write = (object: KubeObject): { readonly ok: true; readonly value: KubeObject } => {
    version += 1;
    stored = { ...object, metadata: { ...object.metadata, uid: 'u', resourceVersion: String(version) } };
    return { ok: true, value: stored };
  };
  const apiFor = (network: Network): KubeApi => {
    const through = async <T>(
      answer: () => T,
      { signal }: { readonly signal?: Signal } = {},
    ): Promise<T | ReturnType<typeof refused<never>>> => {
      await clock.sleep(1, signal);
      const answered = network.up ? answer() : refused<never>('kube-unreachable');
      await clock.sleep(network.answerMs, signal);
      return answered;
    };
    return scriptedKubeApi({
      get: (_kind, _key, options) =>
        through(() => (stored === undefined ? refused('kube-not-found') : { ok: true, value: stored }), options),
      create: (_kind, object, options) =>
        through(() => (stored === undefined ? write(object as KubeObject) : refused('kube-already-exists')), options),
      update: (_kind, object, options) =>
        through(
          () =>
            object.metadata.resourceVersion === stored?.metadata.resourceVersion
              ? write(object)
              : refused('kube-conflict'),
          options,
        ),
    });
  };
  return { apiFor, holder: () => (stored?.['spec'] as { holderIdentity?: string } | undefined)?.holderIdentity };
};

/** A clock that shows another time and can be made to stand still, as a stopped process sees it. */
class SkewedClock implements Clock {
  readonly inner: VirtualClock;
  readonly skewMs: number;
  stalledUntil = 0;

  constructor(inner: VirtualClock, skewMs: number) {
    this.inner = inner;
    this.skewMs = skewMs;
  }
  now(): number {
    return this.inner.now() + this.skewMs;
  }
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await this.inner.sleep(ms, signal);
    if (this.inner.now() < this.stalledUntil) await this.inner.sleep(this.stalledUntil - this.inner.now(), signal);
  }
}

interface Player {
  readonly network: Network;
  readonly clock: SkewedClock;
  /** Terms in order; `until` is set when the work was told to stop. */
  readonly terms: { readonly from: number; until?: number; readonly term: Term }[];
  readonly stop: () => Promise<void>;
}

const play = (server: ReturnType<typeof leaseServer>, clock: VirtualClock, identity: string, skewMs = 0): Player => {
  const network: Network = { up: true, answerMs: 1 };
  const own = new SkewedClock(clock, skewMs);
  const terms: Player['terms'] = [];
  const abort = new AbortController();
  const running = runAsLeader(
    { api: server.apiFor(network), lease: LEASE, identity, clock: own, random: { next: () => 0 }, log: silentLog },
    (term) => {
      const entry: Player['terms'][number] = { from: clock.now(), term };
      terms.push(entry);
      return new Promise((resolve) => {
        term.signal.addEventListener('abort', () => {
          entry.until = clock.now();
          resolve();
        });
      });
    },
    abort.signal,
  );
  const stop = async (): Promise<void> => {
    abort.abort(new Error('the end'));
    await clock.run(60_000);
    await running;
  };
  return { network, clock: own, terms, stop };
};

test('one leads, the other waits, and takes over soon when the first gives back', async () => {
  const clock = new VirtualClock(1e12);
  const server = leaseServer(clock);
  const [one, two] = [play(server, clock, 'one'), play(server, clock, 'two')];
  await clock.run(60_000);
  expect([one.terms.length, two.terms.length]).toEqual([1, 0]);
  await one.stop();
  await clock.run(5_000);
  expect(two.terms.length).toBe(1);
  expect(server.holder()).toBe('two');
  await two.stop();
  expect(server.holder()).toBe('');
});

test.for([-3_600_000, -60_000, 60_000, 3_600_000])('a clock that is off by %i ms changes nothing', async (skewMs) => {
  const clock = new VirtualClock(1e12);
  const server = leaseServer(clock);
  const one = play(server, clock, 'one');
  await clock.run(1_000);
  const two = play(server, clock, 'two', skewMs);
  await clock.run(120_000);
  expect(two.terms).toEqual([]);
  one.network.up = false;
  await clock.run(30_000);
  expect(two.terms.length).toBe(1);
  expect(one.terms[0]?.until).toBeLessThan(two.terms[0]?.from ?? 0);
  await one.stop();
  await two.stop();
});

test('a leader whose network is gone stops before the other begins', async () => {
  const clock = new VirtualClock(1e12);
  const server = leaseServer(clock);
  const one = play(server, clock, 'one');
  await clock.run(10_000);
  const two = play(server, clock, 'two');
  await clock.run(3_000);
  one.network.up = false;
  const cut = clock.now();
  await clock.run(60_000);
  const stopped = one.terms[0]?.until ?? Infinity;
  expect(stopped - cut).toBeLessThanOrEqual(10_000);
  expect(two.terms[0]?.from).toBeGreaterThan(stopped);
  one.network.up = true;
  await clock.run(60_000);
  expect(one.terms.length).toBe(1);
  await one.stop();
  await two.stop();
});

test('a leader that was stopped and goes on knows at once that its time is over', async () => {
  const clock = new VirtualClock(1e12);
  const server = leaseServer(clock);
  const one = play(server, clock, 'one');
  await clock.run(10_000);
  const two = play(server, clock, 'two');
  await clock.run(1_000);
  expect(one.terms[0]?.term.holds()).toBe(true);
  one.clock.stalledUntil = clock.now() + 40_000;
  await clock.run(39_000);
  expect(two.terms.length).toBe(1);
  // Its timers have not fired yet, so nothing has told its work to stop. It must find out by asking.
  expect(one.terms[0]?.until).toBeUndefined();
  expect(one.terms[0]?.term.holds()).toBe(false);
  await clock.run(10_000);
  expect(one.terms[0]?.until).toBeDefined();
  expect(two.terms[0]?.until).toBeUndefined();
  await one.stop();
  await two.stop();
});

test('a Lease counts from before it was asked for, however late the answer', async () => {
  const clock = new VirtualClock(1e12);
  const server = leaseServer(clock);
  const one = play(server, clock, 'one');
  one.network.answerMs = 7_000;
  await clock.run(14_100);
  // Two answers of 7 s each: it has the Lease, but not for long enough to rely on it.
  expect(server.holder()).toBe('one');
  expect(one.terms.map(({ term }) => term.holds())).toEqual([false]);
  one.network.answerMs = 1;
  await clock.run(5_000);
  expect(one.terms.at(-1)?.term.holds()).toBe(true);
  await one.stop();
});

test('a bug in the work comes out, and the Lease is given back', async () => {
  const clock = new VirtualClock(1e12);
  const server = leaseServer(clock);
  const options = { lease: LEASE, identity: 'one', clock, random: { next: () => 0 }, log: silentLog };
  const running = runAsLeader(
    { ...options, api: server.apiFor({ up: true, answerMs: 1 }) },
    () => Promise.reject(new Error('a bug')),
    new AbortController().signal,
  );
  const outcome = running.catch((error: unknown) => error);
  await clock.run(10_000);
  expect(await outcome).toMatchObject({ message: 'a bug' });
  expect(server.holder()).toBe('');
});

test('never do two believe that they hold it', async () => {
  const trouble = fc.constantFrom('cut', 'stall', 'slow');
  const outage = fc.record({ who: fc.nat(2), at: fc.nat(120), seconds: fc.nat(60), trouble });
  const skews = fc.tuple(
    fc.integer({ min: -100_000, max: 100_000 }),
    fc.integer({ min: -100_000, max: 100_000 }),
    fc.nat(100_000),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(outage, { maxLength: 6 }), skews, async (outages, skewMs) => {
      const clock = new VirtualClock(1e12);
      const server = leaseServer(clock);
      const players = ['one', 'two', 'three'].map((name, index) => play(server, clock, name, skewMs[index]));
      for (let second = 0; second < 200; second += 1) {
        for (const { who, at, seconds, trouble: kind } of outages) {
          const player = players[who];
          if (player === undefined) continue;
          if (kind === 'stall' && second === at) player.clock.stalledUntil = clock.now() + seconds * 1_000;
          if (kind === 'cut' && (second === at || second === at + seconds)) player.network.up = second !== at;
          if (kind === 'slow' && (second === at || second === at + seconds))
            player.network.answerMs = second === at ? 7_000 : 1;
        }
        await clock.run(1_000);
        const holding = players.filter(({ terms }) => terms.at(-1)?.term.holds() === true);
        expect(holding.length).toBeLessThanOrEqual(1);
      }
      for (const { stop } of players) await stop();
    }),
    { numRuns: 15 },
  );
});

test('whoever ends while a renewal is under way gives the Lease back all the same', async () => {
  const clock = new VirtualClock(0);
  const server = leaseServer(clock);
  const end = new AbortController();
  const leading = runAsLeader(
    {
      api: server.apiFor({ up: true, answerMs: 500 }),
      lease: LEASE,
      identity: 'a',
      clock,
      random: { next: () => 0 },
      log: silentLog,
    },
    ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
    end.signal,
  );
  // Created after a second, renewed from 3.0 s on: stored at 3.5 s, answered at 4.0 s.
  await clock.run(3_700);
  expect(server.holder()).toBe('a');
  end.abort();
  await clock.run(2_000);
  await leading;
  expect(server.holder()).toBe('');
});
