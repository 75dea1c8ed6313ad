/** A value together with the place it was read from; without such a place nothing may be shown as evidence. */
import type { Origin } from '../snapshot/snapshot.ts';

export interface Fact<T> {
  readonly value: T;
  readonly origin: Origin;
}

/** `file:line`, `file`, or `live: ...`: how an origin is printed everywhere. */
export const showOrigin = ({ source, line }: Origin): string => (line === undefined ? source : `${source}:${line}`);
