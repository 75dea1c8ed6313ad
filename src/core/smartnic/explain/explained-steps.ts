/** The programs of a flow family as one numbered list, with the work at each port under its network call. */
import { wordOf } from '../action.ts';
import type { PlannedFlow } from '../plan-flow.ts';
import type { Act, NetworkStep, Step } from '../program.ts';
import { actionText } from './action-text.ts';

export interface PortAction {
  readonly word: string;
  readonly says: string;
  readonly because: string;
  readonly role?: 'check' | 'proof';
}

export interface PortSteps {
  readonly port: string;
  /** Why nothing can be done at it. */
  readonly unusable?: string;
  readonly actions: readonly PortAction[];
}

export interface ExplainedStep {
  readonly number: number;
  /** The part of the flow it belongs to: `clean.prepare`. */
  readonly part: string;
  readonly word: string;
  readonly says: string;
  readonly because: string;
  /** Done while the host stands in its setup. */
  readonly inSetup: boolean;
  readonly ports?: readonly PortSteps[];
}

type Unnumbered = Omit<ExplainedStep, 'number' | 'part'>;

const portAction = ({ action, because, role }: Act): PortAction => ({
  word: wordOf(action),
  says: actionText(action),
  because,
  ...(role === undefined ? {} : { role }),
});

const simple = ({ action, because }: Act, inSetup: boolean): Unnumbered => ({
  word: wordOf(action),
  says: actionText(action),
  because,
  inSetup,
});

const network = (step: NetworkStep, inSetup: boolean): Unnumbered => {
  const action = { do: 'network', call: step.call } as const;
  return {
    word: wordOf(action),
    says: actionText(action),
    because: step.refused ?? step.because,
    inSetup,
    ports: step.work.map(({ port, unusable, steps }) => ({
      port: port.id,
      ...(unusable === undefined ? {} : { unusable }),
      actions: steps.map(portAction),
    })),
  };
};

const flatten = (step: Step): readonly Unnumbered[] => {
  if (step.kind === 'act') return [simple(step, false)];
  if (step.kind === 'network') return [network(step, false)];
  return [
    ...step.enter.map((each) => simple(each, true)),
    ...step.body.map((each) => network(each, true)),
    ...step.leave.map((each) => simple(each, true)),
  ];
};

export const explainSteps = (parts: readonly PlannedFlow[]): readonly ExplainedStep[] =>
  parts
    .flatMap(({ name, program }) => program.flatMap(flatten).map((step) => ({ part: name, ...step })))
    .map((step, index) => ({ number: index + 1, ...step }));
