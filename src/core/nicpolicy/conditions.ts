/** status.conditions of a policy from one sync (26.7 and later): one per component in the spec, and Ready over all. */
import type { SyncResult } from './applied-states.ts';
import { componentOfState } from './components.ts';

export interface PolicyCondition {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

const REASONS = { ready: 'ComponentReady', notReady: 'ComponentNotReady', error: 'ComponentError' } as const;

const overall = (results: readonly SyncResult[]): PolicyCondition => {
  if (results.some(({ result }) => result === 'error'))
    return {
      type: 'Ready',
      status: 'False',
      reason: 'ComponentError',
      message: 'One or more components are in error state',
    };
  if (results.some(({ result }) => result === 'notReady'))
    return {
      type: 'Ready',
      status: 'False',
      reason: 'ComponentsNotReady',
      message: 'One or more components are not yet ready',
    };
  return { type: 'Ready', status: 'True', reason: 'AllComponentsReady', message: '' };
};

/** Components that are ignored, and states that have no condition, give none. */
export const policyConditions = (results: readonly SyncResult[]): readonly PolicyCondition[] => {
  const known = results.flatMap((result) => {
    const type = componentOfState(result.state)?.condition;
    return type === undefined ? [] : [{ ...result, type }];
  });
  const rows = known.flatMap(({ type, result, error }): readonly PolicyCondition[] =>
    result === 'ignore'
      ? []
      : [
          {
            type,
            status: result === 'ready' ? 'True' : 'False',
            reason: REASONS[result],
            message: result === 'ready' ? '' : (error ?? ''),
          },
        ],
  );
  return [...rows, overall(known)];
};
