/**
 * Who we are and how we get there, for each request: agent, TLS, and the headers of our identity. The common ways
 * (certificates, tokens, token files, passwords, OIDC) are a few lines each; exec plugins and proxies are left to
 * @kubernetes/client-node, which is loaded only for them.
 */
import http from 'node:http';
import https from 'node:https';
import { digList, digMap, digText } from '../../core/model/dig.ts';
import type { Login, LoginOptions } from './kubeconfig.ts';
import { oidcTokens } from './oidc-token.ts';
import { plainLogin } from './plain-login.ts';
import { proxyOf } from './proxy-of.ts';

export interface ClientLogin {
  /** Rejects when a plugin, an issuer or a file fails. */
  readonly requestOptions: () => Promise<https.RequestOptions>;
  /** After a refusal: tokens and plugin answers that were kept are asked for anew next time. */
  readonly forget: () => void;
}

// Below the 90 s after which kube-apiserver closes a connection that is not used.
const IDLE_MS = 60_000;
const LIMIT_MS = 60_000;

export const clientLogin = async (login: Login, env: LoginOptions['env']): Promise<ClientLogin> => {
  const proxy = proxyOf(login.server, digText(login.cluster, 'proxy-url'), env);
  const needsLibrary = proxy !== undefined || login.user['exec'] !== undefined || isLegacyProvider(login);
  const library = needsLibrary ? (await import('./library-login.ts')).libraryLogin(login, proxy) : undefined;
  const plain = plainLogin(login);
  const headers = impersonationHeaders(login.user);
  const oidc = oidcOf(login);
  const agentOptions = { keepAlive: true, timeout: IDLE_MS, maxFreeSockets: 8 };
  const agent = login.server.startsWith('https:') ? new https.Agent(agentOptions) : new http.Agent(agentOptions);
  return {
    requestOptions: async () => {
      const own = await plain.requestOptions();
      const added = library === undefined ? {} : await within(LIMIT_MS, library.requestOptions());
      const bearer = oidc === undefined ? {} : { Authorization: `Bearer ${await within(LIMIT_MS, oidc())}` };
      return {
        ...own,
        ...added,
        // The library's own agents open a connection for each request; they are needed only where a proxy is.
        ...(proxy === undefined && { agent }),
        headers: { ...headersOf(own), ...headersOf(added), ...bearer, ...headers },
      };
    },
    forget: () => {
      plain.forget();
      library?.forget();
    },
  };
};

const providerOf = ({ user }: Login): string | undefined => digText(user, 'auth-provider', 'name');

const isLegacyProvider = (login: Login): boolean => ![undefined, 'oidc'].includes(providerOf(login));

const oidcOf = (login: Login): (() => Promise<string>) | undefined => {
  if (providerOf(login) !== 'oidc' || login.userEntry === undefined) return undefined;
  return oidcTokens({ ...login.userEntry, config: digMap(login.user, 'auth-provider', 'config') });
};

/** Headers as a map; nobody here sets others. */
export const headersOf = ({ headers }: https.RequestOptions): http.OutgoingHttpHeaders =>
  headers === undefined || Array.isArray(headers) ? {} : (headers as http.OutgoingHttpHeaders);

/** Dropping one of them would change who we are. */
const impersonationHeaders = (user: Login['user']): http.OutgoingHttpHeaders => {
  const who = digText(user, 'as');
  const groups = digList(user, 'as-groups').filter((group) => typeof group === 'string');
  const uid = digText(user, 'as-uid');
  const extra = Object.entries(digMap(user, 'as-user-extra')).map(([key, values]) => [
    `Impersonate-Extra-${encodeURIComponent(key)}`,
    digList(values).filter((value) => typeof value === 'string'),
  ]);
  return {
    ...(who !== undefined && { 'Impersonate-User': who }),
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
