/** Keys of a throw-away cluster: one CA, one server certificate for 127.0.0.1, client certificates, one signing key. */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface Pki {
  readonly caCert: string;
  readonly caKey: string;
  readonly serverCert: string;
  readonly serverKey: string;
  /** Of ServiceAccount tokens. */
  readonly signingKey: string;
  readonly signingPublicKey: string;
}

const SERVER_NAMES = 'subjectAltName=IP:127.0.0.1,IP:10.0.0.1,DNS:localhost,DNS:kubernetes.default.svc';

/** Makes all of them as files in `folder`; the values are their paths. Takes about 0.2 s. */
export const makePki = (folder: string): Pki => {
  mkdirSync(folder, { recursive: true });
  const at = (name: string): string => path.join(folder, name);
  const pki: Pki = {
    caCert: at('ca.crt'),
    caKey: at('ca.key'),
    serverCert: at('server.crt'),
    serverKey: at('server.key'),
    signingKey: at('sa.key'),
    signingPublicKey: at('sa.pub'),
  };
  newKey(pki.caKey);
  openssl('req', '-x509', '-new', '-key', pki.caKey, '-subj', '/CN=test-ca', '-days', '30', '-out', pki.caCert);
  writeFileSync(at('server.ext'), `${SERVER_NAMES}\n`);
  newKey(pki.serverKey);
  sign(pki, pki.serverKey, '/CN=127.0.0.1', pki.serverCert, ['-extfile', at('server.ext')]);
  const signing = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(pki.signingKey, signing.privateKey.export({ type: 'pkcs1', format: 'pem' }));
  writeFileSync(pki.signingPublicKey, signing.publicKey.export({ type: 'spki', format: 'pem' }));
  return pki;
};

/** A client certificate of the cluster's CA: the common name is the user, the organization one group. */
export const makeClientCert = (
  pki: Pki,
  user: string,
  group: string,
): { readonly cert: string; readonly key: string } => {
  const base = path.join(path.dirname(pki.caCert), `client-${user}`);
  newKey(`${base}.key`);
  sign(pki, `${base}.key`, `/O=${group}/CN=${user}`, `${base}.crt`, []);
  return { cert: `${base}.crt`, key: `${base}.key` };
};

const newKey = (file: string): void => {
  writeFileSync(
    file,
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
    { mode: 0o600 },
  );
};

const sign = (pki: Pki, key: string, subject: string, cert: string, more: readonly string[]): void => {
  openssl('req', '-new', '-key', key, '-subj', subject, '-out', `${cert}.csr`);
  const signer = ['-CA', pki.caCert, '-CAkey', pki.caKey, '-CAcreateserial'];
  openssl('x509', '-req', '-in', `${cert}.csr`, ...signer, '-days', '30', '-out', cert, ...more);
};

const openssl = (...args: string[]): void => {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 30_000 });
};
