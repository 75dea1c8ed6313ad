/**
 * Turns what an API server answers over HTTP, or the error of a connection, into the one KubeFault it means. What a Status
 * means is in core/model/kube-status.ts.
 */
import { digText } from '../../core/model/dig.ts';
import { type Asked, faultOfStatus, kubeFault } from '../../core/model/kube-status.ts';
import type { KubeFault } from '../../core/ports/kube-fault.ts';

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

const parseStatus = (body: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const parsed = JSON.parse(body) as unknown;
    return digText(parsed, 'kind') === 'Status' ? (parsed as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
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
