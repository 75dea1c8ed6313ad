/**
 * status.appliedStates and status.state of a NicClusterPolicy as upstream computes them from one sync. What the results
 * of a sync are is decided elsewhere; here they become the status, traps included (reference page 1.7).
 */
import { POLICY_NAME } from './components.ts';

export type SyncState = 'ready' | 'notReady' | 'ignore' | 'error';

export interface SyncResult {
  readonly state: string;
  readonly result: SyncState;
  /** Text of the error, when the sync gave one. */
  readonly error?: string;
}

export interface AppliedState {
  readonly name: string;
  readonly state: SyncState;
  readonly message: string;
}

export interface PolicyStatus {
  readonly state: SyncState;
  readonly reason?: string;
  readonly appliedStates: readonly AppliedState[];
}

/** `ready` unless one is notReady or error; the overall state never becomes `error`. */
export const overallState = (results: readonly SyncResult[]): SyncState =>
  results.some(({ result }) => result === 'notReady' || result === 'error') ? 'notReady' : 'ready';

/**
 * Rows after a sync: known names are updated in place, new ones appended. A row keeps its old value when the operator no
 * longer knows its state, and the message of a new row is lost until the next sync.
 */
export const upsertStates = (
  previous: readonly AppliedState[],
  results: readonly SyncResult[],
): readonly AppliedState[] => {
  const rows = previous.map((row) => {
    const found = results.find(({ state }) => state === row.name);
    return found === undefined ? row : { name: row.name, state: found.result, message: found.error ?? '' };
  });
  const added = results
    .filter(({ state }) => !previous.some(({ name }) => name === state))
    .map(({ state, result }) => ({ name: state, state: result, message: '' }));
  return [...rows, ...added];
};

/** The status after one sync of a policy with this name. */
export const policyStatusAfter = (
  name: string,
  previous: readonly AppliedState[],
  results: readonly SyncResult[],
): PolicyStatus =>
  name === POLICY_NAME
    ? { state: overallState(results), appliedStates: upsertStates(previous, results) }
    : {
        state: 'ignore',
        reason: `Unsupported NicClusterPolicy instance ${name}. Only instance with name ${POLICY_NAME} is supported`,
        appliedStates: previous,
      };
