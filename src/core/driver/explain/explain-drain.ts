/** drain-required: what the drain is at, which pod or budget holds it, and how it will end. */
import { compareVersions } from '../../release/version.ts';
import { drainOutcome } from '../drain-outcome.ts';
import type { DrainOutcome } from '../drain-outcome.ts';
import type { DriverManager } from '../driver-managers.ts';
import { imageTag } from '../template-change.ts';
import { drainFacts } from './drain-facts.ts';
import { count } from '../wording.ts';
import type { Explain, Todo } from './explanation.ts';

export const explainDrain: Explain = (view) => {
  const { manager, fleet, managed, decision } = view;
  const { drain } = manager.policy;
  if (drain?.enable !== true) return {};
  const outcome = drainOutcome(drain, drainFacts(view));
  const limit = drain.timeoutSeconds === 0 ? 'without a time limit' : `with ${drain.timeoutSeconds} s from its start`;
  const unknown = fleet.partial.has('pods')
    ? [
        {
          what: `pods of ${managed.name}`,
          because: 'the input may not hold all of them',
          settle: `kubectl get pods -A --field-selector spec.nodeName=${managed.name} -o yaml`,
        },
      ]
    : [];
  if (outcome.immediate || outcome.after !== undefined)
    return {
      because: outcome.because,
      next:
        outcome.state === 'drain-required' ? 'nothing until they are gone' : `the drain sets it to ${outcome.state}`,
      todo: waysOut(outcome, drain.timeoutSeconds),
      defects: [...(decision.defects ?? []), 'D8', ...(hastens(manager, outcome) ? (['D25'] as const) : [])],
      unknown,
    };
  if (outcome.toGo.length > 0)
    return { because: `it is being drained, ${limit}: ${count(outcome.toGo.length, 'pod')} to go`, unknown };
  if (fleet.partial.has('pods'))
    return { because: `it is being drained, ${limit}; which pods are left cannot be told from this input`, unknown };
  return {
    because: 'nothing on the node has to go any more, so the drain that should say so does not run in the operator',
    next: 'the next pass of a restarted operator starts the drain anew and finishes it at once',
    todo: [
      {
        what: 'restart the operator',
        command: 'kubectl rollout restart deployment -n nvidia-network-operator network-operator',
      },
    ],
    defects: ['D21'],
  };
};

/** Operators from this release on are built with a kubectl library that asks again at once (kubermatic/kubeone#4181). */
const HASTY_SINCE = '26.7.0-0';

const hastens = ({ operatorImage }: DriverManager, { toGo, evicted }: DrainOutcome): boolean =>
  evicted.length < toGo.length &&
  operatorImage !== undefined &&
  compareVersions(imageTag(operatorImage), HASTY_SINCE) >= 0;

const waysOut = ({ immediate, refused, holds }: DrainOutcome, timeoutSeconds: number): readonly Todo[] => {
  if (!immediate)
    return [
      ...[...new Set(holds.map(({ wayOut }) => wayOut))].map((what) => ({ what })),
      ...(timeoutSeconds === 0 ? [{ what: 'set drain.timeoutSeconds; 0 waits for ever' }] : []),
    ];
  const local = refused.some(({ code }) => code === 'local-data');
  const unmanaged = refused.some(({ code }) => code !== 'local-data');
  const consents = [...(unmanaged ? ['drain.force'] : []), ...(local ? ['drain.deleteEmptyDir'] : [])];
  return [
    { what: `move those pods away, or consent to their loss in the policy: ${consents.join(' and ')}` },
    { what: 'or leave them out of the drain with drain.podSelector, where they do not use the adapters' },
  ];
};
