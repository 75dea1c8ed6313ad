/**
 * Init containers that do not get through: walked in order, since the first that fails keeps all behind it waiting
 * (dpf.md 5.2). Why it fails stands in its log, and is left to the rules.
 */
import { dig, digList, digNumber, digText } from '../../../model/dig.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Evidence } from '../../finding.ts';

export interface InitFailure {
  readonly container: string;
  /** As kubectl shows it: `Init:CrashLoopBackOff`, `Init:Error`, `Init:OOMKilled`. */
  readonly state: string;
  readonly exitCode?: number;
  readonly restarts: number;
  /** What the container left in its termination message. */
  readonly message?: string;
  readonly evidence: readonly Evidence[];
}

/** An image that does not come is another matter, and has a rule of its own. */
const CRASHING = new Set([
  'CrashLoopBackOff',
  'RunContainerError',
  'StartError',
  'Error',
  'OOMKilled',
  'ContainerCannotRun',
]);

const stateOf = (status: unknown): string | undefined => {
  const waiting = digText(status, 'state', 'waiting', 'reason');
  if (waiting !== undefined && CRASHING.has(waiting)) return waiting;
  for (const key of ['state', 'lastState']) {
    const code = digNumber(status, key, 'terminated', 'exitCode');
    if (code === undefined || code === 0) continue;
    // A run that failed before one that succeeded is past.
    if (key === 'lastState' && waiting === undefined && dig(status, 'ready') === true) return undefined;
    return digText(status, key, 'terminated', 'reason') ?? 'Error';
  }
  return undefined;
};

/** The first init container that fails; undefined where none does. */
export const initFailure = (entry: SnapshotObject): InitFailure | undefined => {
  const statuses = digList(entry.object, 'status', 'initContainerStatuses');
  for (const [index, status] of statuses.entries()) {
    const state = stateOf(status);
    if (state === undefined) continue;
    const here = ['status', 'initContainerStatuses', index] as const;
    const ended = ['lastState', 'state'].find((key) => dig(status, key, 'terminated') !== undefined);
    const exitCode = ended === undefined ? undefined : digNumber(status, ended, 'terminated', 'exitCode');
    const message = ended === undefined ? undefined : digText(status, ended, 'terminated', 'message');
    return {
      container: digText(status, 'name') ?? '?',
      state: `Init:${state}`,
      ...(exitCode === undefined ? {} : { exitCode }),
      restarts: digNumber(status, 'restartCount') ?? 0,
      ...(message === undefined || message === '' ? {} : { message }),
      evidence: [
        fieldEvidence(entry, [...here, 'name']),
        ...(digText(status, 'state', 'waiting', 'reason') === undefined
          ? []
          : [fieldEvidence(entry, [...here, 'state', 'waiting', 'reason'])]),
        ...(ended === undefined ? [] : [fieldEvidence(entry, [...here, ended, 'terminated', 'exitCode'])]),
        ...(message === undefined || message === '' || ended === undefined
          ? []
          : [fieldEvidence(entry, [...here, ended, 'terminated', 'message'])]),
      ],
    };
  }
  return undefined;
};
