/**
 * Time that passes only when it is told to: whoever sleeps is woken in order, and hours take no longer than their work.
 * Two sleepers of one moment wake in the order in which they lay down, so that a run can be repeated exactly.
 */
import type { Clock, Signal } from '../core/ports/clock.ts';

interface Sleeper {
  readonly at: number;
  /** Of two with the same `at`, the lower one lay down first. */
  readonly sequence: number;
  readonly wake: () => void;
  gone: boolean;
}

export class VirtualClock implements Clock {
  #now: number;
  #sequence = 0;
  readonly #sleepers: Sleeper[] = [];

  constructor(start = 0) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: Signal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(reasonOf(signal));
        return;
      }
      const wake = (): void => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const sleeper: Sleeper = { at: this.#after(ms), sequence: this.#sequence++, wake, gone: false };
      const abort = (): void => {
        sleeper.gone = true;
        if (signal !== undefined) reject(reasonOf(signal));
      };
      signal?.addEventListener('abort', abort, { once: true });
      push(this.#sleepers, sleeper);
    });
  }

  /** Calls `act` after `ms`, in the same order as sleepers; the answer takes it back. What `act` throws ends the run. */
  after(ms: number, act: () => void): () => void {
    const sleeper: Sleeper = { at: this.#after(ms), sequence: this.#sequence++, wake: act, gone: false };
    push(this.#sleepers, sleeper);
    return () => {
      sleeper.gone = true;
    };
  }

  /** The moment at which somebody wakes next; undefined when nobody sleeps. */
  nextWake(): number | undefined {
    while (this.#sleepers[0]?.gone === true) pop(this.#sleepers);
    return this.#sleepers[0]?.at;
  }

  /** Lets time pass up to `end`, waking all who sleep until then. */
  async runUntil(end: number): Promise<void> {
    for (;;) {
      await settle();
      const next = this.nextWake();
      if (next === undefined || next > end) break;
      this.#now = next;
      pop(this.#sleepers)?.wake();
    }
    this.#now = Math.max(this.#now, Math.floor(end));
  }

  /** Whole milliseconds, as clocks of this kind tell them; never too early. */
  #after(ms: number): number {
    return this.#now + Math.max(0, Math.ceil(ms));
  }

  run(ms: number): Promise<void> {
    return this.runUntil(this.#now + ms);
  }
}

/** Node runs all microtasks before an immediate: after it, whoever can go on without time passing has done so. */
const settle = (): Promise<void> => new Promise((done) => setImmediate(done));

const reasonOf = (signal: Signal): Error =>
  signal.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal.reason });

const before = (a: Sleeper, b: Sleeper): boolean => a.at < b.at || (a.at === b.at && a.sequence < b.sequence);

const push = (heap: Sleeper[], sleeper: Sleeper): void => {
  let index = heap.length;
  heap.push(sleeper);
  while (index > 0) {
    const above = (index - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !before(sleeper, parent)) break;
    heap[index] = parent;
    index = above;
  }
  heap[index] = sleeper;
};

const pop = (heap: Sleeper[]): Sleeper | undefined => {
  const first = heap[0];
  const last = heap.pop();
  if (last !== undefined && heap.length > 0) sink(heap, last);
  return first;
};

/** Puts the sleeper where it belongs, from the top down. */
const sink = (heap: Sleeper[], sleeper: Sleeper): void => {
  let index = 0;
  for (;;) {
    let below = 2 * index + 1;
    let child = heap[below];
    const right = heap[below + 1];
    if (child !== undefined && right !== undefined && before(right, child)) {
      child = right;
      below += 1;
    }
    if (child === undefined || !before(child, sleeper)) break;
    heap[index] = child;
    index = below;
  }
  heap[index] = sleeper;
};
