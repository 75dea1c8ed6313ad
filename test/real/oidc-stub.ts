/** An OpenID Connect issuer as far as kube-apiserver and a kubeconfig with `auth-provider: oidc` ask one. */
import { createSign, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Pki } from './pki.ts';

export interface OidcStub {
  readonly issuer: string;
  /** A signed id token for the user; `expiresInSeconds` may be negative. */
  readonly idToken: (user: string, expiresInSeconds: number) => string;
  /** Refreshes that were asked for. */
  readonly refreshes: () => number;
  readonly stop: () => Promise<void>;
}

export const CLIENT_ID = 'nicwright-test';

export const startOidcStub = async (pki: Pki): Promise<OidcStub> => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let issuer = '';
  let refreshes = 0;
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const idToken = (user: string, expiresInSeconds: number): string => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: CLIENT_ID, sub: user, iat: now - 3600, exp: now + expiresInSeconds };
    const signed = `${part({ alg: 'RS256', kid: 'k1', typ: 'JWT' })}.${part(claims)}`;
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
  };
  const pages: Record<string, () => object> = {
    '/.well-known/openid-configuration': () => ({
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    }),
    '/keys': () => ({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' }] }),
    '/token': () => {
      refreshes += 1;
      const fresh = { id_token: idToken('olga', 3600), refresh_token: 'r2' };
      return { access_token: 'a', token_type: 'Bearer', expires_in: 3600, ...fresh };
    },
  };
  const server = https.createServer(
    { key: readFileSync(pki.serverKey), cert: readFileSync(pki.serverCert) },
    (request, response) => {
      const page = pages[new URL(request.url ?? '/', 'https://stub').pathname];
      response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(page === undefined ? '' : JSON.stringify(page()));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    idToken,
    refreshes: () => refreshes,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
