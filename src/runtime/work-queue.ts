/**
 * Keys that wait to be worked on. A key waits once however often it is added, and is never with two workers: added
 * while it is being worked on, it waits until that is done and then comes again.
 */
import type { Clock } from '../core/ports/clock.ts';

export interface WorkQueue {
  readonly add: (key: string) => void;
  /** Adds it after `ms`. A shorter wait for the same key wins; an add at once makes the wait void. */
  readonly addAfter: (key: string, ms: number) => void;
  /** The next key, when there is one; undefined once the queue is closed. Each take needs its `done`. */
  readonly take: () => Promise<string | undefined>;
  readonly done: (key: string) => void;
  /** Keys ready to be taken. */
  readonly length: () => number;
  /** Ends all takes, now and later. */
  readonly close: () => void;
}

/** One reason for all waits that are taken back: an abort without one would make an exception with a stack each time. */
const VOID = new Error('the wait is void');

export const createWorkQueue = (clock: Clock): WorkQueue => {
  const ready = new Set<string>();
  const working = new Set<string>();
  const again = new Set<string>();
  const delayed = new Map<string, { readonly at: number; readonly cancel: AbortController }>();
  const takers: ((key: string | undefined) => void)[] = [];
  let closed = false;

  const handOver = (key: string): void => {
    const taker = takers.shift();
    if (taker === undefined) {
      ready.add(key);
      return;
    }
    working.add(key);
    taker(key);
  };

  const forgetDelay = (key: string): void => {
    delayed.get(key)?.cancel.abort(VOID);
    delayed.delete(key);
  };

  const add = (key: string): void => {
    if (closed) return;
    forgetDelay(key);
    if (working.has(key)) again.add(key);
    else if (!ready.has(key)) handOver(key);
  };

  return {
    add,
    addAfter: (key, ms) => {
      if (closed) return;
      if (ms <= 0) {
        add(key);
        return;
      }
      const at = clock.now() + ms;
      const waiting = delayed.get(key);
      if (waiting !== undefined && waiting.at <= at) return;
      forgetDelay(key);
      const cancel = new AbortController();
      delayed.set(key, { at, cancel });
      clock.sleep(ms, cancel.signal).then(
        () => {
          // It has run out: there is nothing left to be taken back.
          if (delayed.get(key)?.cancel === cancel) delayed.delete(key);
          add(key);
        },
        () => {},
      );
    },
    take: () => {
      if (closed) return Promise.resolve(undefined);
      const [key] = ready;
      if (key === undefined) return new Promise((resolve) => takers.push(resolve));
      ready.delete(key);
      working.add(key);
      return Promise.resolve(key);
    },
    done: (key) => {
      working.delete(key);
      if (again.delete(key) && !closed) handOver(key);
    },
    length: () => ready.size,
    close: () => {
      closed = true;
      for (const key of delayed.keys()) forgetDelay(key);
      for (const taker of takers.splice(0)) taker(undefined);
    },
  };
};
