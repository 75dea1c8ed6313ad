/**
 * Expected failures of the world are values, bugs are exceptions (docs/decisions/0006).
 * This file holds the two shapes; it leaves the sentences to whoever knows what failed.
 */

/** What a loop does about a fault: try again with back-off, wait for a change outside, or stop until a person acts. */
export type NextMove = 'retry' | 'wait' | 'stop';

export interface Fault {
  /** Stable, machine-readable token, for example `input-unreadable`. */
  readonly code: string;
  /** One sentence: what failed, on what, and what to do. Never holds a secret. */
  readonly message: string;
  readonly next: NextMove;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });

export const fail = (code: string, message: string, next: NextMove = 'stop'): { ok: false; fault: Fault } => ({
  ok: false,
  fault: { code, message, next },
});
