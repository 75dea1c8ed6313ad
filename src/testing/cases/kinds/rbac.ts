/** Kinds of cases-rbac.yaml, answered by core/rbac: the same functions that the rbac commands call. */
import { asServed } from '../../../core/rbac/access-request.ts';
import { evaluate } from '../../../core/rbac/evaluate.ts';
import { PolicyIndex } from '../../../core/rbac/policy-index.ts';
import type { CaseKinds } from '../case-kind.ts';
import { inAnyOrder } from '../matchers.ts';
import { callerOf, policyOf, requestOf } from './rbac-given.ts';

export const roomKinds: CaseKinds = {
  'kind:rbac-eval': {
    answer: ({ given }) => {
      const index = new PolicyIndex(policyOf(given));
      const verdict = evaluate(index, callerOf(given), asServed(requestOf(given['request'])));
      return {
        allowed: verdict.allowed,
        via: inAnyOrder(verdict.via.map(({ binding }) => binding.name)),
        why: verdict.because,
      };
    },
  },
};
