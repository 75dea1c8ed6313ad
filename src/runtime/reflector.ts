/**
 * Keeps a projection of all objects of one kind, as the API server has them, and tells of every change.
 *
 * It lists and watches in one stream where the server can (watch-list), else in pages; resumes a watch where it ended;
 * lists anew when the server has forgotten that point; and never gives up. Objects are projected as they are decoded:
 * what the caller does not ask for is not kept.
 */
import type { KubeObject } from '../core/model/kube-object.ts';
import type { KubeResource } from '../core/model/kube-resource.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { KubeApi, Selection, WatchOptions } from '../core/ports/kube-api.ts';
import type { KubeFault } from '../core/ports/kube-fault.ts';
import type { Log } from '../core/ports/log.ts';
import type { Metrics } from '../core/ports/metrics.ts';
import type { Random } from '../core/ports/random.ts';
import { API_BACKOFF, backoffMs } from './backoff.ts';
import { withDeadline } from './deadline.ts';
import { createReflectorStore, type Fill, type Handler, keyOf, type ReflectorStore } from './reflector-store.ts';

export interface ReflectorOptions<T> {
  readonly api: KubeApi;
  readonly kind: KubeResource;
  readonly selection?: Selection;
  /** What to keep of an object; called once for each object and change. It must not keep the object itself. */
  readonly project: (object: KubeObject) => T;
  /** Told of every change, after the store has it. Best used to put the key into a work queue. */
  readonly handler?: Handler<T>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface Reflector<T> {
  readonly store: ReflectorStore<T>;
  /** Resolves when the store has held all objects once. */
  readonly whenSynced: () => Promise<void>;
  /** Why it may be behind; undefined while it is not. */
  readonly trouble: () => KubeFault | undefined;
  /** Runs until the signal aborts. Once only. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

const PAGE = 500;
/** As client-go: the server ends a watch after 5 to 10 minutes, so that its clients spread over its replicas. */
const WATCH_SECONDS = { least: 300, spread: 300 };
/** After a failure: its end says that all is well again, though nothing may have happened. */
const PROOF_SECONDS = 30;
/** A watch that outlives its own time by this much hangs. */
const GRACE_MS = 30_000;
const LIST_LIMIT_MS = 5 * 60_000;
/** A watch that ends sooner, with nothing in it, is one that the server does not want to serve. */
const SHORT_MS = 1_000;

/** How far the store has come: a version to watch from, or undefined when all must be listed. */
type Position = string | undefined;

interface Round {
  readonly position: Position;
  /** Whether anything came: then failures are counted from the start. */
  readonly moved: boolean;
  readonly fault?: KubeFault;
}

export const createReflector = <T>(options: ReflectorOptions<T>): Reflector<T> => {
  const { api, kind, selection, clock, random, log, metrics } = options;
  const labels = { kind: kind.kind };
  const ended = new AbortController();
  const store = createReflectorStore<T>(
    { kind: kind.kind, clock, random, log, metrics, signal: ended.signal },
    options.handler,
  );
  const synced = Promise.withResolvers<void>();
  let trouble: KubeFault | undefined;
  let canWatchList = true;

  const put = (object: KubeObject): void => {
    let value: T;
    try {
      value = options.project(object);
    } catch (error) {
      metrics.count('nicwright_reflector_projection_errors_total', labels);
      log.error(`a bug in the projection of ${kind.kind} ${keyOf(object)}`, labels, error);
      return;
    }
    store.put(keyOf(object), object.metadata.resourceVersion ?? '', value);
  };

  const finish = (fill: Fill): void => {
    fill.end();
    trouble = undefined;
    metrics.count('nicwright_reflector_lists_total', labels);
    synced.resolve();
  };

  const list = async (signal: AbortSignal): Promise<Round> => {
    const fill = store.beginFill();
    for (let next: string | undefined; ;) {
      const more = next === undefined ? {} : { continue: next };
      const page = await api.list(kind, { ...selection, limit: PAGE, signal, ...more });
      if (!page.ok) return { position: undefined, moved: false, fault: page.fault };
      for (const object of page.value.items) {
        fill.seen(keyOf(object));
        put(object);
      }
      next = page.value.continue;
      if (next === undefined) {
        finish(fill);
        return { position: page.value.resourceVersion, moved: true };
      }
    }
  };

  /** From a position: the changes since. From none: all objects first. Both until the server ends it. */
  const watch = async (from: Position, watchOptions: WatchOptions, signal: AbortSignal): Promise<Round> => {
    const fill = from === undefined ? store.beginFill() : undefined;
    let position = from;
    let moved = false;
    const asked = { ...selection, ...watchOptions, omitManagedFields: true, signal };
    for await (const event of api.watch(kind, asked)) {
      // After its deadline another round goes on in its place.
      if (signal.aborted) break;
      if (event.type === 'FAILED') return { position, moved, fault: event.fault };
      moved = true;
      if (position !== undefined) trouble = undefined;
      if (event.type === 'BOOKMARK') {
        if (event.initialEventsEnd && fill !== undefined) finish(fill);
        if (event.initialEventsEnd || position !== undefined) position = event.resourceVersion;
        continue;
      }
      metrics.count('nicwright_reflector_events_total', labels);
      if (position === undefined) fill?.seen(keyOf(event.object));
      else position = event.object.metadata.resourceVersion ?? position;
      if (event.type === 'DELETED') store.remove(keyOf(event.object));
      else put(event.object);
    }
    return { position, moved };
  };

  const round = async (from: Position, signal: AbortSignal): Promise<Round> => {
    const spread = Math.floor(random.next() * WATCH_SECONDS.spread);
    const seconds = trouble !== undefined && from !== undefined ? PROOF_SECONDS : WATCH_SECONDS.least + spread;
    const listing = from === undefined && !canWatchList;
    const limitMs = listing ? LIST_LIMIT_MS : seconds * 1000 + GRACE_MS;
    const start = from === undefined ? { initialEvents: true } : { resourceVersion: from };
    const begun = clock.now();
    const work = (inner: AbortSignal): Promise<Round> =>
      listing ? list(inner) : watch(from, { ...start, timeoutSeconds: seconds }, inner);
    const result = await withDeadline(clock, limitMs, work, signal);
    if (!result.inTime) return { position: from, moved: false, fault: hung(api.where, kind, limitMs) };
    const { position, moved, fault } = result.value;
    if (from === undefined && position === undefined && !listing) {
      // Before 1.32 servers refuse watch-list, or do not know it and never say that this was all.
      if (fault === undefined || fault.code === 'kube-invalid') canWatchList = false;
      return fault?.code === 'kube-invalid' ? { position, moved: true } : result.value;
    }
    if (fault !== undefined || moved || clock.now() - begun >= SHORT_MS) return result.value;
    return { position, moved, fault: endedAtOnce(api.where, kind) };
  };

  const run = async (signal: AbortSignal): Promise<void> => {
    let position: Position;
    let failures = 0;
    try {
      while (!signal.aborted) {
        const { fault, moved, position: reached } = await round(position, signal);
        position = fault?.code === 'kube-gone' ? undefined : reached;
        failures = fault === undefined || moved ? 0 : failures;
        if (fault === undefined) {
          if (position !== undefined) trouble = undefined;
          continue;
        }
        failures += 1;
        metrics.count('nicwright_reflector_faults_total', { ...labels, code: fault.code });
        if (fault.code === 'kube-gone' && failures === 1) continue;
        trouble = fault;
        log.warn(fault.message, { ...labels, code: fault.code, failures });
        await clock.sleep(Math.max(backoffMs(API_BACKOFF, failures, random), fault.retryAfterMs ?? 0), signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      ended.abort();
    }
  };

  return { store, whenSynced: () => synced.promise, trouble: () => trouble, run };
};

const hung = (where: string, kind: KubeResource, limitMs: number): KubeFault => ({
  code: 'kube-unreachable',
  message: `The watch of ${kind.plural} at ${where} did not end within ${limitMs / 1000} s, as it should; it is begun anew.`,
  next: 'retry',
});

const endedAtOnce = (where: string, kind: KubeResource): KubeFault => ({
  code: 'kube-broken-answer',
  message: `The watch of ${kind.plural} at ${where} ended at once, with nothing in it; it is begun anew after a while.`,
  next: 'retry',
});
