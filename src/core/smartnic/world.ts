/** The world that a program is walked through: what may fail in it, and what is seen of every call made. */
import type { Action, Power } from './action.ts';

export interface Failure {
  readonly raises: 'NetworkError' | 'OpenStackError' | 'power error' | 'management error' | 'body error';
  readonly message: string;
  /** A wait that ended in vain: it was tried many times. */
  readonly exhausted?: true;
  /** What power really is after a power action that failed; default: what it was. */
  readonly leavesPower?: Power;
}

/** Where the host is: without power, held in its setup, or booted from what boot device it has. */
export type HostAt = 'off' | 'setup' | 'booted';

export interface WorldState {
  readonly power: Power;
  readonly host: HostAt;
}

export interface World {
  readonly power: Power;
  /** Undefined: the action works. A network call is asked for too, before anything is done at its ports. */
  readonly failureOf: (action: Action, state: WorldState) => Failure | undefined;
}

/** One call made. A network call holds the calls at its ports. */
export interface Call {
  readonly word: string;
  readonly action: Action;
  readonly role?: 'check' | 'proof' | 'recovery';
  readonly repeated?: true;
  readonly failed?: true;
  readonly steps?: readonly Call[];
  /** The power and place of the host after it. */
  readonly after: WorldState;
}

export const networkError = (message: string): Failure => ({ raises: 'NetworkError', message });
