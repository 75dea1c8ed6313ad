/**
 * What can go wrong between us and a Kubernetes API server, as values. The code says what happened in one token, `next`
 * says what a loop does about it; status, reason and causes are the server's own words for rooms that need more
 * (core/drain reads an eviction's answer from them).
 */
import type { Fault } from '../result.ts';

export const KUBE_FAULT_CODES = [
  /** No answer at all: name, route, TLS, reset, time limit. The message says which. Retry. */
  'kube-unreachable',
  /** An answer that ended early or is not what the API speaks (a proxy's page, a cut list). Retry. */
  'kube-broken-answer',
  /** 401: no credentials, or expired ones. Stop: only a person (or a re-read token) helps. */
  'kube-unauthorized',
  /** 403: the identity lacks the right, or an admission policy denied the request. Stop. */
  'kube-forbidden',
  /** 404 for an object of a kind that is served. */
  'kube-not-found',
  /** 404 for a kind: the CRD is absent, or another version of it is served. */
  'kube-kind-absent',
  /** 409 AlreadyExists on create. */
  'kube-already-exists',
  /** 409 Conflict: resourceVersion or uid is not the one named, or another field manager owns a field. */
  'kube-conflict',
  /** 410: the resourceVersion or the continue token is too old. List again. */
  'kube-gone',
  /** 400, 405, 413, 415, 422: the request itself is wrong. Stop: asking again changes nothing. */
  'kube-invalid',
  /** 429 from a PodDisruptionBudget: the pod may not be evicted now. Wait. */
  'kube-budget',
  /** 429 otherwise: the server asks for fewer requests. Retry after `retryAfterMs`. */
  'kube-throttled',
  /** 5xx. Retry. */
  'kube-server-error',
  /** Exec only: the command did not end within its limit; what it had written is lost with it. */
  'kube-exec-timeout',
] as const;

export type KubeFaultCode = (typeof KUBE_FAULT_CODES)[number];

export interface KubeFaultCause {
  /** `FieldManagerConflict`, `DisruptionBudget`, `FieldValueInvalid`, ... */
  readonly reason?: string;
  readonly message?: string;
  /** Path of the field, as the server writes it: `.spec.replicas`, `spec.template.spec`. */
  readonly field?: string;
}

export interface KubeFault extends Fault {
  readonly code: KubeFaultCode;
  /** HTTP status; absent when there was no HTTP answer. */
  readonly status?: number;
  /** `reason` of the server's Status: `NotFound`, `TooManyRequests`, `Expired`, ... */
  readonly reason?: string;
  /** From the Retry-After header, or from `details.retryAfterSeconds`. */
  readonly retryAfterMs?: number;
  readonly causes?: readonly KubeFaultCause[];
}

export type KubeResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: KubeFault };
