/**
 * Log-in by @kubernetes/client-node: client certificates, tokens, token files that are read again, exec plugins.
 * What that library lacks of kubectl's rules is put into the configuration before it is handed over:
 * `tokenFile`, proxies from the environment, KUBERNETES_EXEC_INFO for exec plugins, impersonated groups. OIDC tokens
 * are renewed by oidc-token.ts.
 */
import http from 'node:http';
import https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { dig, digFlag, digList, digMap, digText } from '../../core/model/dig.ts';
import type { Login, LoginOptions } from './kubeconfig.ts';
import { oidcTokens } from './oidc-token.ts';
import { proxyOf } from './proxy-of.ts';

export interface ClientLogin {
  /** Agent, TLS and the headers that say who we are, for one request. Rejects when a plugin or a file fails. */
  readonly requestOptions: () => Promise<https.RequestOptions>;
  /** After a refusal: tokens and plugin answers that were kept are asked for anew next time. */
  readonly forget: () => void;
}

// Below the 90 s after which kube-apiserver closes a connection that is not used.
const IDLE_MS = 60_000;
const LIMIT_MS = 60_000;

/** Loads the library, which takes a third of a second: call it only when a cluster is asked for. */
export const clientLogin = async (login: Login, env: LoginOptions['env']): Promise<ClientLogin> => {
  const library = await import('@kubernetes/client-node');
  const proxy = proxyOf(login.server, digText(login.cluster, 'proxy-url'), env);
  const content = JSON.stringify(asKubeconfig(login, proxy));
  const impersonation = impersonationHeaders(login.user);
  const agentOptions = { keepAlive: true, timeout: IDLE_MS, maxFreeSockets: 8 };
  const agent = login.server.startsWith('https:') ? new https.Agent(agentOptions) : new http.Agent(agentOptions);
  const load = (): KubeConfig => {
    const config = new library.KubeConfig();
    config.loadFromString(content);
    return config;
  };
  const oidc = oidcOf(login);
  let config = load();
  return {
    requestOptions: async () => {
      const options: https.RequestOptions = { headers: {} };
      await within(LIMIT_MS, config.applyToHTTPSOptions(options));
      // The library's own agents open a connection for each request; they are needed only where a proxy is.
      if (proxy === undefined) options.agent = agent;
      const bearer = oidc === undefined ? {} : { Authorization: `Bearer ${await within(LIMIT_MS, oidc())}` };
      options.headers = { ...headersOf(options), ...bearer, ...impersonation };
      return options;
    },
    forget: () => {
      config = load();
    },
  };
};

const oidcOf = ({ user, userEntry }: Login): (() => Promise<string>) | undefined => {
  if (digText(user, 'auth-provider', 'name') !== 'oidc' || userEntry === undefined) return undefined;
  return oidcTokens({ ...userEntry, config: digMap(user, 'auth-provider', 'config') });
};

/** Headers as a map; the library sets no others. */
export const headersOf = ({ headers }: https.RequestOptions): http.OutgoingHttpHeaders =>
  headers === undefined || Array.isArray(headers) ? {} : (headers as http.OutgoingHttpHeaders);

/** The one context as a kubeconfig that the library reads as kubectl would read the original. */
export const asKubeconfig = (login: Login, proxy: string | undefined): unknown => ({
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
  const { token, tokenFile, exec, ...rest } = user;
  if (digText(user, 'auth-provider', 'name') === 'oidc') return { ...rest, 'auth-provider': undefined };
  if (typeof tokenFile === 'string' && tokenFile !== '')
    return { ...rest, 'auth-provider': { name: 'tokenFile', config: { tokenFile } } };
  if (exec === undefined) return { ...rest, token };
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
  return { ...rest, token, exec: { ...digMap(exec), env } };
};

const isExecExtension = (entry: unknown): boolean => digText(entry, 'name') === 'client.authentication.k8s.io/exec';

/** `as` is the library's; groups, uid and extra keys it does not know, and dropping them would change who we are. */
const impersonationHeaders = (user: Login['user']): http.OutgoingHttpHeaders => {
  const groups = digList(user, 'as-groups').filter((group) => typeof group === 'string');
  const uid = digText(user, 'as-uid');
  const extra = Object.entries(digMap(user, 'as-user-extra')).map(([key, values]) => [
    `Impersonate-Extra-${encodeURIComponent(key)}`,
    digList(values).filter((value) => typeof value === 'string'),
  ]);
  return {
    ...(groups.length > 0 && { 'Impersonate-Group': groups }),
    ...(uid !== undefined && { 'Impersonate-Uid': uid }),
    ...(Object.fromEntries(extra) as http.OutgoingHttpHeaders),
  };
};

/** An exec plugin may wait for a person who is not there. */
const within = async <T>(limitMs: number, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the log-in did not end within ${limitMs / 1000} s`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};
