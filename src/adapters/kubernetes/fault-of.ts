/**
 * Turns what an API server answers, or the error of a connection, into the one KubeFault it means, with a sentence.
 * `what` is what was asked (`list pods in namespace x`), `where` is whom (`context dgx (https://...)`).
 */
import { digList, digNumber, digText } from '../../core/model/dig.ts';
import type { KubeFault, KubeFaultCause, KubeFaultCode } from '../../core/ports/kube-fault.ts';
import type { NextMove } from '../../core/result.ts';

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

/** From a failed HTTP answer. `body` is mostly a Status, but a proxy or an old path may answer with any text. */
export const faultOfAnswer = (
  asked: Asked,
  status: number,
  retryAfter: string | undefined,
  body: string,
): KubeFault => {
  const answer = parseStatus(body) ?? { message: body.trim().slice(0, 200) };
  const seconds = Number(retryAfter);
  const retry = retryAfter !== undefined && Number.isFinite(seconds) ? { retryAfterSeconds: seconds } : {};
  return faultOfStatus(asked, { ...answer, code: status, ...retry });
};

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

const parseStatus = (body: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const parsed = JSON.parse(body) as unknown;
    return digText(parsed, 'kind') === 'Status' ? (parsed as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
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

interface ConnectionTrouble {
  readonly says: string;
  readonly wayOut: string;
}

const CERTIFICATE = "check certificate-authority and tls-server-name of the kubeconfig's cluster";
const ADDRESS = "check the server's address in the kubeconfig, and that this machine can reach it";

const TROUBLE: Readonly<Record<string, ConnectionTrouble>> = {
  ECONNREFUSED: { says: 'nothing listens there', wayOut: ADDRESS },
  ENOTFOUND: { says: 'its name does not resolve', wayOut: ADDRESS },
  EAI_AGAIN: { says: 'the name service does not answer', wayOut: 'check DNS on this machine, then ask again' },
  ECONNRESET: { says: 'the connection was cut', wayOut: 'ask again; if it stays so, look for a proxy in between' },
  EPIPE: { says: 'the connection was cut', wayOut: 'ask again; if it stays so, look for a proxy in between' },
  ETIMEDOUT: { says: 'there was no answer in time', wayOut: ADDRESS },
  EHOSTUNREACH: { says: 'there is no route to it', wayOut: ADDRESS },
  ENETUNREACH: { says: 'there is no route to it', wayOut: ADDRESS },
  EPROTO: { says: 'it does not speak TLS', wayOut: 'check whether the address should begin with http://' },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    says: 'it does not speak TLS',
    wayOut: 'check whether the address should begin with http://',
  },
  CERT_HAS_EXPIRED: { says: 'its certificate has expired', wayOut: 'have it renewed' },
  DEPTH_ZERO_SELF_SIGNED_CERT: { says: 'its certificate is signed by nobody we trust', wayOut: CERTIFICATE },
  SELF_SIGNED_CERT_IN_CHAIN: { says: 'its certificate is signed by nobody we trust', wayOut: CERTIFICATE },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { says: 'its certificate is signed by nobody we trust', wayOut: CERTIFICATE },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { says: 'its certificate is signed by nobody we trust', wayOut: CERTIFICATE },
  ERR_TLS_CERT_ALTNAME_INVALID: { says: 'its certificate is for another name', wayOut: CERTIFICATE },
};

/** From an error below HTTP: name, route, TLS, a cut connection, our own time limit. */
export const faultOfError = ({ what, where }: Asked, error: unknown): KubeFault => {
  const known = TROUBLE[digText(error, 'code') ?? ''];
  const says = known?.says ?? (error instanceof Error ? error.message.split('\n')[0] : String(error));
  const wayOut = known?.wayOut ?? ADDRESS;
  return kubeFault('kube-unreachable', `${where} gives no answer to "${what}": ${says}; ${wayOut}.`);
};

export const brokenAnswer = ({ what, where }: Asked, why: string): KubeFault =>
  kubeFault(
    'kube-broken-answer',
    `The answer of ${where} to "${what}" cannot be used: ${why}; ask again, and if it stays so, look for a proxy in between.`,
  );
