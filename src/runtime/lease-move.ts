/**
 * Who may lead: the rule of leader election over a Lease, as data in and a move out. It never compares another's clock
 * with ours: a holder counts as alive for as long as its record has not stood still for its own lease duration, by our
 * clock alone.
 */
import { digNumber, digText } from '../core/model/dig.ts';
import type { KubeObject } from '../core/model/kube-object.ts';

/** The Lease as it was seen last, and when (by our clock) it was seen to change. */
export interface Observation {
  /** Undefined: there is no Lease. */
  readonly lease: KubeObject | undefined;
  readonly changedAt: number;
}

export type LeaseMove =
  | { readonly move: 'create' | 'renew' | 'take' }
  /** Another holds it; it may be taken in `ms` if its record stands still until then. */
  | { readonly move: 'wait'; readonly ms: number; readonly holder: string };

/** What happens when another's Lease says no duration: the default of client-go. */
const UNSAID_SECONDS = 15;

/** `observe` once more: the moment of change moves only when the record did. */
export const observe = (before: Observation | undefined, lease: KubeObject | undefined, now: number): Observation =>
  before !== undefined && recordOf(before.lease) === recordOf(lease) ? { ...before, lease } : { lease, changedAt: now };

export const leaseMove = ({ lease, changedAt }: Observation, identity: string, now: number): LeaseMove => {
  if (lease === undefined) return { move: 'create' };
  const holder = digText(lease, 'spec', 'holderIdentity') ?? '';
  if (holder === identity) return { move: 'renew' };
  if (holder === '') return { move: 'take' };
  const seconds = digNumber(lease, 'spec', 'leaseDurationSeconds') ?? UNSAID_SECONDS;
  const ms = changedAt + seconds * 1000 - now;
  return ms <= 0 ? { move: 'take' } : { move: 'wait', ms, holder };
};

const recordOf = (lease: KubeObject | undefined): string =>
  lease === undefined ? '' : JSON.stringify([lease.metadata.uid, lease['spec']]);
