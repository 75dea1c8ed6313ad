/**
 * What a reflector has gathered, by key, and the delivery of changes to its handler. A handler that throws has a bug:
 * it is counted and logged, and the change comes again until it is taken, so that no event is lost by it.
 */
import type { Clock } from '../core/ports/clock.ts';
import type { KubeObject } from '../core/model/kube-object.ts';
import type { Log } from '../core/ports/log.ts';
import type { Metrics } from '../core/ports/metrics.ts';
import type { Random } from '../core/ports/random.ts';
import { type BackoffPolicy, backoffMs } from './backoff.ts';

/** `namespace/name`, or the name alone for what has no namespace. */
export const keyOf = ({ metadata: { namespace, name } }: KubeObject): string =>
  namespace === undefined ? name : `${namespace}/${name}`;

export type Change<T> =
  | { readonly type: 'added'; readonly key: string; readonly value: T }
  | { readonly type: 'changed'; readonly key: string; readonly value: T; readonly before: T }
  | { readonly type: 'removed'; readonly key: string; readonly before: T };

export type Handler<T> = (change: Change<T>) => void;

export interface ReflectorStore<T> {
  readonly get: (key: string) => T | undefined;
  readonly size: () => number;
  readonly keys: () => Iterable<string>;
  readonly values: () => Iterable<T>;
}

/** The reflector's side of it. */
export interface WritableStore<T> extends ReflectorStore<T> {
  /** A version that the store has already is no change. */
  readonly put: (key: string, version: string, value: T) => void;
  readonly remove: (key: string) => void;
  /** A new list begins: at `end` whatever it did not name is removed. */
  readonly beginFill: () => Fill;
}

export interface Fill {
  readonly seen: (key: string) => void;
  readonly end: () => void;
}

export interface StoreOptions {
  /** For logs and metrics. */
  readonly kind: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Ends the repetition of changes that a handler refused. */
  readonly signal: AbortSignal;
}

const AGAIN: BackoffPolicy = { firstMs: 1_000, factor: 2, maxMs: 60_000, jitter: 0.5 };
/** About 4 minutes. A handler that still throws then will not take it. */
const TRIES = 8;

export const createReflectorStore = <T>(options: StoreOptions, handler: Handler<T> | undefined): WritableStore<T> => {
  const entries = new Map<string, { readonly version: string; readonly value: T }>();
  /** Changes that were not taken: what the handler knew last of the key, and how often it threw. */
  const owed = new Map<string, { readonly change: Change<T>; readonly failures: number }>();

  const deliver = (change: Change<T>, failures = 0): void => {
    if (handler === undefined) return;
    try {
      handler(change);
      owed.delete(change.key);
    } catch (error) {
      const { kind, clock, random, log, metrics, signal } = options;
      metrics.count('nicwright_reflector_handler_errors_total', { kind });
      const givenUp = failures + 1 >= TRIES;
      log.error(
        `a bug in a handler of ${kind}: ${change.type} ${change.key}`,
        { kind, key: change.key, givenUp },
        error,
      );
      if (givenUp) {
        owed.delete(change.key);
        return;
      }
      const debt = { change, failures: failures + 1 };
      owed.set(change.key, debt);
      clock.sleep(backoffMs(AGAIN, debt.failures, random), signal).then(
        () => {
          // A later change of the key was delivered, or is owed, in its place.
          if (owed.get(change.key) === debt) deliver(change, debt.failures);
        },
        () => {},
      );
    }
  };

  const put = (key: string, version: string, value: T): void => {
    const before = entries.get(key);
    if (before !== undefined && before.version === version && version !== '') return;
    entries.set(key, { version, value });
    deliver(
      before === undefined ? { type: 'added', key, value } : { type: 'changed', key, value, before: before.value },
    );
  };

  const remove = (key: string): void => {
    const before = entries.get(key);
    if (before === undefined) return;
    entries.delete(key);
    deliver({ type: 'removed', key, before: before.value });
  };

  return {
    get: (key) => entries.get(key)?.value,
    size: () => entries.size,
    keys: () => entries.keys(),
    *values() {
      for (const { value } of entries.values()) yield value;
    },
    put,
    remove,
    beginFill: () => {
      const unseen = new Set(entries.keys());
      return {
        seen: (key) => {
          unseen.delete(key);
        },
        end: () => {
          for (const key of unseen) remove(key);
        },
      };
    },
  };
};
