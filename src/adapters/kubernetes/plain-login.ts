/**
 * Log-in by what stands in a kubeconfig or in files it names: client certificates, a token, a token file, a password.
 * Certificates and keys are read for each request, since others renew them; a token file once a minute, as kubectl does.
 */
import { readFileSync } from 'node:fs';
import type https from 'node:https';
import { digFlag, digText } from '../../core/model/dig.ts';
import type { ClientLogin } from './client-login.ts';
import type { Login } from './kubeconfig.ts';

const TOKEN_MS = 60_000;

export const plainLogin = ({ cluster, user }: Login): ClientLogin => {
  let kept: { readonly token: string; readonly until: number } | undefined;
  const token = (): string | undefined => {
    const file = digText(user, 'tokenFile') ?? '';
    if (file === '') return digText(user, 'token');
    if (kept === undefined || performance.now() > kept.until)
      kept = { token: readFileSync(file, 'utf8').trim(), until: performance.now() + TOKEN_MS };
    return kept.token;
  };
  return {
    // As a promise all failures come the same way, those of files too.
    requestOptions: async () => {
      const bearer = token();
      const serverName = digText(cluster, 'tls-server-name');
      const name = digText(user, 'username');
      const options: https.RequestOptions = {
        ...material('ca', cluster, 'certificate-authority'),
        ...material('cert', user, 'client-certificate'),
        ...material('key', user, 'client-key'),
        ...(serverName !== undefined && { servername: serverName }),
        ...(digFlag(cluster, 'insecure-skip-tls-verify') === true && { rejectUnauthorized: false }),
        ...(name !== undefined && { auth: `${name}:${digText(user, 'password') ?? ''}` }),
        headers: bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` },
      };
      return Promise.resolve(options);
    },
    forget: () => {
      kept = undefined;
    },
  };
};

/** `NAME-data` holds it in base64 and wins over `NAME`, which is a path. */
const material = (option: 'ca' | 'cert' | 'key', entry: Login['user'], name: string): https.RequestOptions => {
  const data = digText(entry, `${name}-data`) ?? '';
  if (data !== '') return { [option]: Buffer.from(data, 'base64') };
  const file = digText(entry, name) ?? '';
  return file === '' ? {} : { [option]: readFileSync(file) };
};
