/**
 * A flow as data: steps, work at ports, and the brackets that keep a host awake in its setup while ports are wired.
 * plan-flow.ts makes it; walk.ts goes through it; the conductor of a later round carries it out.
 */
import type { Action, NetworkCall, Power } from './action.ts';
import type { BareMetalPort } from './bare-metal-port.ts';

export interface Act {
  readonly kind: 'act';
  readonly action: Action;
  readonly because: string;
  /** A check before or a proof after the action that the flow is about; Ironic has neither. */
  readonly role?: 'check' | 'proof';
}

export interface PortWork {
  readonly port: BareMetalPort;
  /** Why the port cannot be wired at all; then it has no steps. */
  readonly unusable?: string;
  readonly steps: readonly Act[];
  /** What takes back a created Neutron port; empty where nothing is created. */
  readonly undo: readonly Act[];
}

export interface NetworkStep {
  readonly kind: 'network';
  readonly call: NetworkCall;
  readonly because: string;
  /** Ports of an earlier run, removed before any work starts. */
  readonly first: readonly Act[];
  readonly work: readonly PortWork[];
  /** The failure known before anything is done: no port to wire, no VIF attached. */
  readonly refused?: string;
}

export interface AwakeStep {
  readonly kind: 'awake';
  readonly because: string;
  readonly enter: readonly Act[];
  readonly body: readonly NetworkStep[];
  readonly leave: readonly Act[];
  /** What power was and has to be again. */
  readonly restoreTo: Power;
  /** The bracket is closed also when its body fails. */
  readonly alwaysLeaves: boolean;
}

export type Step = Act | NetworkStep | AwakeStep;

export type Program = readonly Step[];

export const act = (action: Action, because: string, role?: 'check' | 'proof'): Act => ({
  kind: 'act',
  action,
  because,
  ...(role === undefined ? {} : { role }),
});
