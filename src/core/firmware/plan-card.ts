/**
 * Our decision for one card: what has to be written and which restart activates it. Unlike the operator it compares next boot before
 * it writes, remembers restarts that did not help, and never restarts for a value that is active (reference: sriov.md 3.3).
 */
import { sameValue } from '../model/firmware-setting.ts';
import { activationOf, type Activation, type ActivationEvidence } from './activation.ts';
import { linkTypeToken, NUM_OF_VFS, SRIOV_EN } from './card-firmware.ts';
import { wantedVfs, type CardState, type WantedPorts } from './upstream-plan.ts';

export interface WantedValue {
  readonly name: string;
  readonly value: string;
  /** The raw tokens of the two columns; absent where the output does not show them. */
  readonly current?: string;
  readonly next?: string;
}

export type ValueState =
  /** Current is what is wanted, and so is next boot. */
  | 'active'
  /** Current is right, next boot is not: the next restart would undo it. */
  | 'will-be-lost'
  /** Staged for next boot. */
  | 'staged'
  /** Neither. */
  | 'to-write'
  | 'unknown';

export interface CardPlan {
  /** Arguments of `mstconfig -d <pci> -y set`. */
  readonly write: readonly string[];
  /** Absent when no restart is needed. */
  readonly activation?: Activation;
  readonly states: readonly { readonly wanted: WantedValue; readonly state: ValueState }[];
  readonly because: string;
}

export const valueState = ({ value, current, next }: WantedValue): ValueState => {
  if (next === undefined) return 'unknown';
  const nextIs = sameValue(next, value);
  if (current === undefined) return nextIs ? 'unknown' : 'to-write';
  const currentIs = sameValue(current, value);
  if (currentIs) return nextIs ? 'active' : 'will-be-lost';
  return nextIs ? 'staged' : 'to-write';
};

const listed = (names: readonly string[]): string => names.join(', ');

const sentence = (plan: Omit<CardPlan, 'because'>): string => {
  const named = (state: ValueState): readonly string[] =>
    plan.states.filter((one) => one.state === state).map(({ wanted }) => wanted.name);
  const parts = [
    [named('to-write'), 'has to be written'],
    [named('will-be-lost'), 'is active but next boot would undo it, so it has to be written'],
    [named('staged'), 'is written and waits for a restart'],
    [named('unknown'), 'cannot be judged from this output'],
  ] as const;
  const said = parts.filter(([names]) => names.length > 0).map(([names, what]) => `${listed(names)} ${what}`);
  if (said.length === 0) return 'current and next boot are what is wanted';
  return plan.activation === undefined ? said.join('; ') : `${said.join('; ')}; ${plan.activation.because}`;
};

/** Any parameters, by name; `evidence` says what is known about restarts of this card and machine. */
export const planValues = (wanted: readonly WantedValue[], evidence: ActivationEvidence): CardPlan => {
  const states = wanted.map((one) => ({ wanted: one, state: valueState(one) }));
  const write = states
    .filter(({ state }) => state === 'to-write' || state === 'will-be-lost')
    .map(({ wanted: { name, value } }) => `${name}=${value}`);
  const pending = states.some(({ state }) => state === 'to-write' || state === 'staged');
  const plan = { write, states, ...(pending && { activation: activationOf(evidence) }) };
  return { ...plan, because: sentence(plan) };
};

/** The parameters that a node state's wish for the ports of a card comes down to. */
export const wantedValues = ({ current, next }: CardState, ports: WantedPorts): readonly WantedValue[] => {
  const vfs = wantedVfs(ports);
  const sriov: WantedValue = {
    name: SRIOV_EN,
    value: vfs > 0 ? 'True' : 'False',
    current: current.sriovEnabled ? 'True' : 'False',
    next: next.sriovEnabled ? 'True' : 'False',
  };
  const count: WantedValue = {
    name: NUM_OF_VFS,
    value: String(vfs),
    current: String(current.totalVfs),
    next: String(next.totalVfs),
  };
  const links = ports.flatMap((port, index): readonly WantedValue[] => {
    const type = port?.linkType ?? '';
    if (type === '') return [];
    const seen = port?.netdevLinkType ?? (index === 0 ? current.linkTypeP1 : current.linkTypeP2);
    const staged = index === 0 ? next.linkTypeP1 : next.linkTypeP2;
    return [
      {
        name: `LINK_TYPE_P${String(index + 1)}`,
        value: linkTypeToken(type),
        ...(seen !== undefined && { current: seen.toUpperCase() }),
        ...(staged !== undefined && { next: staged }),
      },
    ];
  });
  return [sriov, count, ...links];
};
