/**
 * The token of a kubeconfig's `auth-provider: oidc`, renewed at the issuer when it has expired. @kubernetes/client-node
 * 2.0.1 cannot do it: it hands the issuer's address to openid-client as text, which refuses anything but a URL.
 */
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { parseDocument } from 'yaml';
import { digList, digNumber, digText } from '../../core/model/dig.ts';
import { exchange, readAll } from './http-exchange.ts';

export interface OidcUser {
  /** `auth-provider.config` of the user. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Where the user stands, so that a renewed token can be kept as kubectl keeps it. */
  readonly file: string;
  readonly name: string;
}

// Ask a little early: the token must still be good when it arrives.
const EARLY_S = 10;
const LIMIT_MS = 20_000;

/** Answers a function that gives a token that is good now. It rejects when the issuer gives none. */
export const oidcTokens = ({ config, file, name }: OidcUser): (() => Promise<string>) => {
  let idToken = digText(config, 'id-token') ?? '';
  let refreshToken = digText(config, 'refresh-token') ?? '';
  return async () => {
    if (expiryOf(idToken) > Date.now() / 1000 + EARLY_S) return idToken;
    if (refreshToken === '') throw new Error('the OIDC token has expired and there is no refresh-token; log in again');
    const renewed = await renew(config, refreshToken);
    idToken = renewed.idToken;
    refreshToken = renewed.refreshToken ?? refreshToken;
    // An issuer may let each refresh token be used once: not to keep the new one would lock kubectl out.
    keep(file, name, { 'id-token': idToken, 'refresh-token': refreshToken });
    return idToken;
  };
};

/** Seconds of the Unix epoch; 0 for what is no token. */
const expiryOf = (token: string): number => {
  try {
    return digNumber(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')), 'exp') ?? 0;
  } catch {
    return 0;
  }
};

const renew = async (
  config: OidcUser['config'],
  refreshToken: string,
): Promise<{ readonly idToken: string; readonly refreshToken: string | undefined }> => {
  const issuer = (digText(config, 'idp-issuer-url') ?? '').replace(/\/$/, '');
  if (!URL.canParse(issuer)) throw new Error('idp-issuer-url is no address');
  const caFile = digText(config, 'idp-certificate-authority');
  const caData = digText(config, 'idp-certificate-authority-data');
  const ca = caFile === undefined ? caData && Buffer.from(caData, 'base64') : readFileSync(caFile);
  const tls: https.RequestOptions = ca === undefined || ca === '' ? {} : { ca };
  const discovered = await ask(`${issuer}/.well-known/openid-configuration`, tls);
  const endpoint = digText(discovered, 'token_endpoint');
  if (endpoint === undefined) throw new Error(`${issuer} names no token_endpoint`);
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: digText(config, 'client-id') ?? '',
    client_secret: digText(config, 'client-secret') ?? '',
  });
  const answer = await ask(endpoint, tls, form.toString());
  const idToken = digText(answer, 'id_token');
  if (idToken === undefined) throw new Error(`${issuer} gave no id_token`);
  return { idToken, refreshToken: digText(answer, 'refresh_token') };
};

const ask = async (url: string, tls: https.RequestOptions, form?: string): Promise<unknown> => {
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
  const options = { ...tls, method: form === undefined ? 'GET' : 'POST', headers };
  const reply = await exchange({ url, options, limitMs: LIMIT_MS, ...(form !== undefined && { body: form }) });
  if (!('response' in reply)) throw new Error(`${url} switched protocols`);
  const body = await readAll(reply.response, LIMIT_MS);
  const parsed = JSON.parse(body.toString('utf8')) as unknown;
  if (reply.response.statusCode === 200) return parsed;
  // `error` is a word of RFC 6749 (invalid_grant, ...), and no secret.
  throw new Error(
    `the issuer refuses a new token (${digText(parsed, 'error') ?? reply.response.statusCode}); log in again`,
  );
};

/** Sets the keys in the user's entry, and leaves everything else of the file as it is, comments too. */
const keep = (file: string, name: string, tokens: Readonly<Record<string, string>>): void => {
  try {
    const document = parseDocument(readFileSync(file, 'utf8'));
    const users = digList(document.toJS(), 'users');
    const index = users.findIndex((user) => digText(user, 'name') === name);
    if (index < 0) return;
    for (const [key, value] of Object.entries(tokens))
      document.setIn(['users', index, 'user', 'auth-provider', 'config', key], value);
    writeFileSync(`${file}.new`, document.toString({ lineWidth: 0 }), { mode: statSync(file).mode });
    renameSync(`${file}.new`, file);
  } catch {
    // A file that may not be written, in a read-only mount say: this session has its token all the same.
  }
};
