/**
 * Takes keys from a queue and lets a reconciler bring each to its wanted state, again and again. The loop alone decides
 * about trying again; a reconciler only says how it went.
 */
import type { Clock } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { Metrics } from '../core/ports/metrics.ts';
import type { Random } from '../core/ports/random.ts';
import type { Fault } from '../core/result.ts';
import { type BackoffPolicy, backoffMs } from './backoff.ts';
import type { WorkQueue } from './work-queue.ts';

export type Outcome =
  /** As wanted. The next change brings the key back. */
  | { readonly done: true }
  /** Look again after this long, whether anything changed or not. */
  | { readonly after: number }
  /** Its `next` decides: retry with back-off, wait for a change (and look again now and then), or stop. */
  | { readonly fault: Fault };

/** Level-triggered: it may be called at any time, for a key that is gone too. */
export type Reconciler = (key: string, signal: AbortSignal) => Promise<Outcome>;

export interface ReconcileLoopOptions {
  /** For logs and metrics. */
  readonly name: string;
  readonly queue: WorkQueue;
  readonly reconcile: Reconciler;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Keys worked on at the same time. Default 1. */
  readonly workers?: number;
}

const RETRY: BackoffPolicy = { firstMs: 500, factor: 2, maxMs: 5 * 60_000, jitter: 0.5 };
/** The net under a missed event, for keys that wait for a change outside. */
const RECHECK_MS = 10 * 60_000;

/** Runs until the signal aborts; then it closes the queue and ends when the keys in work are done with. */
export const runReconcileLoop = async (options: ReconcileLoopOptions, signal: AbortSignal): Promise<void> => {
  const { queue, workers = 1 } = options;
  const failures = new Map<string, number>();
  const close = (): void => queue.close();
  if (signal.aborted) close();
  signal.addEventListener('abort', close, { once: true });
  await Promise.all(Array.from({ length: workers }, () => work(options, failures, signal)));
  signal.removeEventListener('abort', close);
};

const work = async (
  options: ReconcileLoopOptions,
  failures: Map<string, number>,
  signal: AbortSignal,
): Promise<void> => {
  for (let key = await options.queue.take(); key !== undefined; key = await options.queue.take()) {
    await once(options, failures, key, signal);
    options.queue.done(key);
  }
};

const once = async (
  { name, queue, reconcile, clock, random, log, metrics }: ReconcileLoopOptions,
  failures: Map<string, number>,
  key: string,
  signal: AbortSignal,
): Promise<void> => {
  const retry = (): number => {
    const count = (failures.get(key) ?? 0) + 1;
    failures.set(key, count);
    return backoffMs(RETRY, count, random);
  };
  const started = clock.now();
  const count = (outcome: string): void => {
    metrics.count('nicwright_reconcile_total', { controller: name, outcome });
    metrics.observe('nicwright_reconcile_seconds', (clock.now() - started) / 1000, { controller: name });
  };
  let outcome: Outcome;
  try {
    outcome = await reconcile(key, signal);
  } catch (error) {
    if (signal.aborted) return;
    // A bug, not a failure of the world: say where it is, and let no hot loop come of it.
    log.error(`${name}: a bug while reconciling ${key}`, { controller: name, key }, error);
    metrics.count('nicwright_reconcile_panics_total', { controller: name });
    count('bug');
    queue.addAfter(key, retry());
    return;
  }
  if (!('fault' in outcome)) {
    failures.delete(key);
    count('done');
    if ('after' in outcome) queue.addAfter(key, outcome.after);
    return;
  }
  const { code, message, next } = outcome.fault;
  count(next);
  log[next === 'wait' ? 'info' : 'warn'](`${name}: ${key}: ${message}`, { controller: name, key, code, next });
  if (next === 'retry') queue.addAfter(key, retry());
  else failures.delete(key);
  if (next === 'wait') queue.addAfter(key, RECHECK_MS);
};
