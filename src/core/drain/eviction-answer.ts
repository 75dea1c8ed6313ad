/**
 * What one answer of the Eviction API means for the pod (pkg/drain/drain.go:323-341 at dee3483; reference page section
 * 5.1). Sending it, and waiting for the pod to be gone, is left to the caller (wait-for-pod.ts says when it is).
 */
import type { KubeFault } from '../ports/kube-fault.ts';

export interface EvictionAnswer {
  readonly status: number;
  readonly message?: string | undefined;
  /** Reasons of the causes in the Status: `DisruptionBudget`, `NamespaceTerminating`. */
  readonly causes?: readonly string[];
  readonly retryAfterSeconds?: number | undefined;
  /** Whether the pod had a deletionTimestamp when it was asked. */
  readonly isTerminating?: boolean;
}

/**
 * `done`: nothing more to ask, wait for the pod to be gone. `retry`: ask again. `wait-and-retry`: something outside must
 * happen first. `fail-pod`: asking again changes nothing.
 */
export type EvictionAction = 'done' | 'retry' | 'wait-and-retry' | 'fail-pod';

export interface EvictionMove {
  readonly action: EvictionAction;
  /** Seconds to let pass before asking again. */
  readonly after?: number;
  /** How a progress view counts the pod: one word. */
  readonly state: 'evicting' | 'gone' | 'blocked-by-budget' | 'throttled' | 'namespace-terminating' | 'failed';
  readonly because: string;
}

/** kubectl's delay between two askings; servers seldom send a Retry-After (kubernetes#36409). */
export const RETRY_SECONDS = 5;

const failed = (because: string): EvictionMove => ({ action: 'fail-pod', state: 'failed', because });

const tooMany = ({ causes = [], message = '', retryAfterSeconds }: EvictionAnswer): EvictionMove => {
  const after = retryAfterSeconds ?? RETRY_SECONDS;
  return causes.includes('DisruptionBudget') || /disruption budget/i.test(message)
    ? { action: 'retry', after, state: 'blocked-by-budget', because: 'a PodDisruptionBudget allows no disruption now' }
    : { action: 'retry', after, state: 'throttled', because: 'the API server asks for fewer requests' };
};

const forbidden = ({ causes = [], isTerminating = false, message = '' }: EvictionAnswer): EvictionMove => {
  if (!causes.includes('NamespaceTerminating'))
    return failed(`the API server forbids it: ${message === '' ? 'no right to create pods/eviction here' : message}`);
  return isTerminating
    ? { action: 'done', state: 'evicting', because: 'its namespace is being deleted, and it is terminating already' }
    : {
        action: 'wait-and-retry',
        after: RETRY_SECONDS,
        state: 'namespace-terminating',
        because: 'its namespace is being deleted, which will delete it too',
      };
};

const serverError = ({ message = '' }: EvictionAnswer): EvictionMove =>
  /more than one PodDisruptionBudget/i.test(message)
    ? failed('misconfigured budgets: more than one selects it, and asking again cannot help; a person must fix them')
    : failed(`the API server failed: ${message === '' ? 'no reason given' : message}`);

/** Answers that mean one thing only. 409: the pod of the UID that was named is gone, another bears its name. */
const PLAIN: Readonly<Record<number, EvictionMove>> = {
  200: { action: 'done', state: 'evicting', because: 'the eviction is accepted; it ends within its grace period' },
  201: { action: 'done', state: 'evicting', because: 'the eviction is accepted; it ends within its grace period' },
  404: { action: 'done', state: 'gone', because: 'already gone' },
  409: { action: 'done', state: 'gone', because: 'already gone; another pod bears its name now' },
};

export const readEvictionAnswer = (answer: EvictionAnswer): EvictionMove => {
  const { status } = answer;
  const plain = PLAIN[status];
  if (plain !== undefined) return plain;
  if (status === 429) return tooMany(answer);
  if (status === 403) return forbidden(answer);
  if (status === 500) return serverError(answer);
  // A gateway's or an overloaded server's answer says nothing about the pod.
  if (status === 0 || status === 502 || status === 503 || status === 504)
    return { action: 'retry', after: RETRY_SECONDS, state: 'throttled', because: 'the API server gave no answer' };
  return failed(`the API server answered ${status}${answer.message === undefined ? '' : `: ${answer.message}`}`);
};

/** The same for a fault of the KubeApi port; `undefined` is its success. */
export const readEvictionFault = (fault: KubeFault | undefined, isTerminating: boolean): EvictionMove =>
  fault === undefined
    ? readEvictionAnswer({ status: 201 })
    : readEvictionAnswer({
        status: fault.status ?? 0,
        message: fault.message,
        causes: (fault.causes ?? []).flatMap(({ reason }) => reason ?? []),
        retryAfterSeconds: fault.retryAfterMs === undefined ? undefined : fault.retryAfterMs / 1000,
        isTerminating,
      });
