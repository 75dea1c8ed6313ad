/** PodDisruptionBudgets (k8s.io/kubernetes pkg/apis/policy/validation); how an eviction spends one is evictions.ts. */
import { dig } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { changeMap, type KindRules, orDefaults, WITH_STATUS } from '../kind-rules.ts';
import { type Cause, invalidValue } from '../status.ts';

const NO_BUDGET = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };

const PERCENT = /^[0-9]+%$/;

/** A number of pods, or a share of them. */
export const countCauses = (value: unknown, field: string): readonly Cause[] => {
  if (typeof value === 'string') {
    if (!PERCENT.test(value))
      return [
        invalidValue(
          field,
          value,
          "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
        ),
      ];
    return Number.parseInt(value, 10) > 100 ? [invalidValue(field, value, 'must not be greater than 100%')] : [];
  }
  return typeof value === 'number' && value < 0
    ? [invalidValue(field, value, 'must be greater than or equal to 0')]
    : [];
};

const validate = (budget: KubeObject): readonly Cause[] => {
  const [least, most] = [dig(budget, 'spec', 'minAvailable'), dig(budget, 'spec', 'maxUnavailable')];
  return [
    ...(least !== undefined && most !== undefined
      ? [invalidValue('spec', dig(budget, 'spec'), 'minAvailable and maxUnavailable cannot be both set')]
      : []),
    ...countCauses(least, 'spec.minAvailable'),
    ...countCauses(most, 'spec.maxUnavailable'),
  ];
};

export const BUDGET_RULES: KindRules = {
  ...WITH_STATUS,
  needsVersion: true,
  zero: { spec: {}, status: NO_BUDGET },
  replacedMaps: ['spec/selector'],
  complete: (budget) =>
    changeMap({ ...budget, spec: budget['spec'] ?? {} }, 'status', (status) =>
      orDefaults(status, NO_BUDGET),
    ) as unknown as KubeObject,
  onCreate: (budget) => ({ ...budget, status: NO_BUDGET }),
  validate,
};
