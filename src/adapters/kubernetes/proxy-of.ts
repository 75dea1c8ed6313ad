/**
 * Which proxy leads to the API server: the cluster's proxy-url, else HTTPS_PROXY/HTTP_PROXY unless NO_PROXY names the
 * host. The rules are those of Go's golang.org/x/net/http/httpproxy, which kubectl follows.
 */
import { BlockList, isIP } from 'node:net';

type Env = Readonly<Record<string, string | undefined>>;

/** Undefined: straight there. */
export const proxyOf = (server: string, proxyUrl: string | undefined, env: Env): string | undefined => {
  if (proxyUrl !== undefined && proxyUrl !== '') return proxyUrl;
  const { protocol, hostname, port } = new URL(server);
  const name = protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const proxy = env[name] ?? env[name.toLowerCase()] ?? '';
  if (proxy === '') return undefined;
  const host = hostname.replace(/^\[|\]$/g, '');
  const usedPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  if (isLoopback(host) || isExcepted(host, usedPort, env['NO_PROXY'] ?? env['no_proxy'] ?? '')) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
};

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

const isExcepted = (host: string, port: string, noProxy: string): boolean =>
  noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) => matches(entry, host.toLowerCase(), port));

/** Entries are `host`, `.domain`, `*.domain`, an address, any of these with `:port`, or an address range. */
const matches = (entry: string, host: string, port: string): boolean => {
  if (entry === '*') return true;
  if (entry.includes('/')) return isInRange(entry, host);
  const { name, onlyPort } = splitPort(entry);
  if (onlyPort !== undefined && onlyPort !== port) return false;
  if (name.startsWith('*.')) return host.endsWith(name.slice(1));
  if (name.startsWith('.')) return host.endsWith(name);
  return host === name || (isIP(name) === 0 && host.endsWith(`.${name}`));
};

const splitPort = (entry: string): { readonly name: string; readonly onlyPort?: string } => {
  // A bare IPv6 address has colons of its own.
  if (isIP(entry) !== 0) return { name: entry };
  const [, name, onlyPort] = /^(.+):(\d+)$/.exec(entry) ?? [];
  if (name === undefined || onlyPort === undefined) return { name: entry.replace(/^\[|\]$/g, '') };
  return { name: name.replace(/^\[|\]$/g, ''), onlyPort };
};

const isInRange = (range: string, host: string): boolean => {
  const [net = '', bits = ''] = range.split('/');
  const family = isIP(host);
  if (family === 0 || isIP(net) !== family) return false;
  const prefix = Number(bits);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(net, prefix, type);
  return list.check(host, type);
};
