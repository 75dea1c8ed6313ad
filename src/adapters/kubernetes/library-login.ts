/**
 * Log-in by @kubernetes/client-node: exec plugins, and the way through HTTP and SOCKS proxies. What that library lacks
 * of kubectl's rules is put into the configuration before it is handed over. It takes a third of a second to load and
 * 75 MB, so nothing else may import it.
 */
import type https from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { dig, digFlag, digList, digMap, digText } from '../../core/model/dig.ts';
import type { ClientLogin } from './client-login.ts';
import type { Login } from './kubeconfig.ts';

export const libraryLogin = (login: Login, proxy: string | undefined): ClientLogin => {
  const content = JSON.stringify(asKubeconfig(login, proxy));
  const load = (): KubeConfig => {
    const config = new KubeConfig();
    config.loadFromString(content);
    return config;
  };
  let config = load();
  return {
    requestOptions: async () => {
      const options: https.RequestOptions = { headers: {} };
      await config.applyToHTTPSOptions(options);
      return options;
    },
    forget: () => {
      config = load();
    },
  };
};

/** The one context as a kubeconfig that the library reads as kubectl would read the original. */
const asKubeconfig = (login: Login, proxy: string | undefined): unknown => ({
  clusters: [{ name: 'cluster', cluster: clusterFor(login, proxy) }],
  users: [{ name: 'user', user: userFor(login) }],
  contexts: [{ name: 'context', context: { cluster: 'cluster', user: 'user' } }],
  'current-context': 'context',
});

const clusterFor = ({ server, cluster }: Login, proxy: string | undefined): unknown => ({
  ...cluster,
  server,
  ...(proxy !== undefined && { 'proxy-url': proxy }),
  // The library refuses plain http unless TLS checks are off; `kubectl proxy` is plain http on the same machine.
  ...(server.startsWith('http:') && { 'insecure-skip-tls-verify': true }),
});

const userFor = ({ user, server, cluster }: Login): unknown => {
  // Tokens are read by plain-login.ts, and those of OIDC renewed by oidc-token.ts.
  const { token: _token, tokenFile: _tokenFile, exec, ...rest } = user;
  if (digText(user, 'auth-provider', 'name') === 'oidc') return { ...rest, 'auth-provider': undefined };
  if (exec === undefined) return rest;
  const info = {
    apiVersion: digText(exec, 'apiVersion') ?? 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: {
      interactive: false,
      ...(digFlag(exec, 'provideClusterInfo') === true && {
        cluster: {
          server,
          'certificate-authority-data': digText(cluster, 'certificate-authority-data'),
          config: dig(digList(cluster, 'extensions').find(isExecExtension), 'extension'),
        },
      }),
    },
  };
  const env = [...digList(exec, 'env'), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }];
  return { ...rest, exec: { ...digMap(exec), env } };
};

const isExecExtension = (entry: unknown): boolean => digText(entry, 'name') === 'client.authentication.k8s.io/exec';
