/**
 * Steps that pause the MachineHealthChecks of OpenShift which would remediate a node while it is out, and let them go on
 * afterwards. Such a check is paused as a whole, so that it is for a plan to do, not for one of several visits.
 */
import type { KubeObject } from '../model/kube-object.ts';
import { PAUSED } from '../visit/others/machines.ts';
import { named } from '../visit/others/surroundings.ts';
import type { PlanStep } from './plan.ts';

export interface PauseSteps {
  readonly before: readonly PlanStep[];
  readonly after: readonly PlanStep[];
}

const BY = 'nicwright';

/** As the first steps of the plan leave it. */
export const paused = (check: KubeObject): KubeObject => ({
  ...check,
  metadata: { ...check.metadata, annotations: { ...check.metadata.annotations, [PAUSED]: BY } },
});

const stepsOf = (check: KubeObject) => {
  const { namespace, name } = check.metadata;
  const target = {
    apiVersion: check.apiVersion,
    kind: check.kind,
    plural: 'machinehealthchecks',
    ...(namespace !== undefined && { namespace }),
    name,
  };
  const set = (value: string | null) => {
    const fields = { metadata: { annotations: { [PAUSED]: value } } };
    return {
      act: { do: 'patch-object' as const, target, patch: fields },
      proof: { is: 'object-has' as const, target, fields },
    };
  };
  return {
    before: {
      id: `pause-${name}`,
      title: `Pause ${named(check)}`,
      because: 'it would remediate a node that is not Ready for long, as one is while its power is off',
      ...set(BY),
      back: set(null),
    },
    after: {
      id: `resume-${name}`,
      title: `Let ${named(check)} go on`,
      because: 'every visit is over',
      ...set(null),
      back: { none: 'it is itself the way back of an earlier step' },
    },
  };
};

export const pauseSteps = (checks: readonly KubeObject[]): PauseSteps => {
  const steps = checks.map(stepsOf);
  return { before: steps.map(({ before }) => before), after: steps.map(({ after }) => after) };
};
