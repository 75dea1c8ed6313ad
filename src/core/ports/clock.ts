/** Time as the core and the controllers see it: wall clock in production, virtual in the twin. */

/** The members of AbortSignal that matter here, so that the core needs no Node types. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Resolves after `ms` of this clock; rejects with `signal.reason` when the signal aborts first. */
  sleep(ms: number, signal?: Signal): Promise<void>;
}
