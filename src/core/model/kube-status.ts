/**
 * The one KubeFault that a Status of the Kubernetes API means, with a sentence. What has no Status (a cut connection, a
 * proxy's page) is left to the adapter; which Status is due is the server's matter, real or twin.
 */
import type { KubeFault, KubeFaultCause, KubeFaultCode } from '../ports/kube-fault.ts';
import type { NextMove } from '../result.ts';
import { digList, digNumber, digText } from './dig.ts';

/** `what` was asked (`list pods in namespace x`) of whom, `where` (`context dgx (https://...)`). */
export interface Asked {
  readonly what: string;
  readonly where: string;
}

const NEXT: Readonly<Record<KubeFaultCode, NextMove>> = {
  'kube-unreachable': 'retry',
  'kube-broken-answer': 'retry',
  'kube-unauthorized': 'stop',
  'kube-forbidden': 'stop',
  'kube-not-found': 'stop',
  'kube-kind-absent': 'stop',
  'kube-already-exists': 'stop',
  'kube-conflict': 'retry',
  'kube-gone': 'retry',
  'kube-invalid': 'stop',
  'kube-budget': 'wait',
  'kube-throttled': 'retry',
  'kube-server-error': 'retry',
  'kube-exec-timeout': 'stop',
};

export const kubeFault = (
  code: KubeFaultCode,
  message: string,
  more: Partial<Omit<KubeFault, 'code' | 'message' | 'next'>> = {},
): KubeFault => ({ code, message, next: NEXT[code], ...more });

/** From the Status object that a watch event, an exec or a failed answer carries. */
export const faultOfStatus = (asked: Asked, status: unknown): KubeFault => {
  const number = digNumber(status, 'code') ?? 500;
  const reason = digText(status, 'reason');
  const causes = digList(status, 'details', 'causes').map(causeOf);
  const code = codeOf(number, reason, causes, digText(status, 'details', 'name') !== undefined);
  const seconds = digNumber(status, 'retryAfterSeconds') ?? digNumber(status, 'details', 'retryAfterSeconds');
  const said = (digText(status, 'message') ?? '').trim() || `HTTP ${number}`;
  return kubeFault(code, sentence(code, asked, said), {
    status: number,
    ...(reason !== undefined && reason !== '' && { reason }),
    ...(seconds !== undefined && { retryAfterMs: seconds * 1000 }),
    ...(causes.length > 0 && { causes }),
  });
};

const causeOf = (cause: unknown): KubeFaultCause => {
  const reason = digText(cause, 'reason');
  const message = digText(cause, 'message');
  const field = digText(cause, 'field');
  return {
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
    ...(field !== undefined && { field }),
  };
};

const codeOf = (
  status: number,
  reason: string | undefined,
  causes: readonly KubeFaultCause[],
  namesAnObject: boolean,
): KubeFaultCode => {
  if (status === 401) return 'kube-unauthorized';
  if (status === 403) return 'kube-forbidden';
  // An object that is absent is named in the Status; a kind that is absent is not (1.36: details are empty).
  if (status === 404) return namesAnObject ? 'kube-not-found' : 'kube-kind-absent';
  if (status === 409) return reason === 'AlreadyExists' ? 'kube-already-exists' : 'kube-conflict';
  if (status === 410) return 'kube-gone';
  if (status === 429)
    return causes.some((cause) => cause.reason === 'DisruptionBudget') ? 'kube-budget' : 'kube-throttled';
  return status >= 400 && status < 500 ? 'kube-invalid' : 'kube-server-error';
};

const sentence = (code: KubeFaultCode, asked: Asked, said: string): string => {
  const words = said.replace(/[.\s]+$/, '');
  const own = SENTENCES[code];
  return own === undefined ? `"${asked.what}" failed at ${asked.where}: ${words}.` : own(asked, words);
};

const SENTENCES: Readonly<Partial<Record<KubeFaultCode, (asked: Asked, words: string) => string>>> = {
  'kube-unauthorized': ({ what, where }) =>
    `${where} does not accept our credentials (401) for "${what}"; they are wrong or have expired: log in again, or choose another --context.`,
  'kube-forbidden': ({ what, where }, words) =>
    `${where} refuses "${what}": ${words}. Ask whoever runs the cluster for this right.`,
  'kube-kind-absent': ({ what, where }, words) =>
    `${where} does not serve what "${what}" asks for: ${words}. The CRD is not installed, or another version of it is.`,
  'kube-gone': ({ what, where }, words) =>
    `"${what}" at ${where} asked for a version that is no longer kept: ${words}. List again.`,
  'kube-throttled': ({ what, where }, words) => `${where} is busy and put "${what}" off: ${words}. Ask again later.`,
};
