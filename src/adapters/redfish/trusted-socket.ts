/**
 * Opens the connection to a BMC and proves whom it belongs to before a byte of ours is sent: by a pinned CA, by the
 * fingerprint of the certificate, or by the system's CAs. It knows nothing of HTTP.
 */
import net from 'node:net';
import tls from 'node:tls';
import type { Signal } from '../../core/ports/clock.ts';
import { fail, ok, type Result } from '../../core/result.ts';

export interface BmcTrust {
  /** PEM of the CA, or of the BMC's own certificate. */
  readonly ca?: string;
  /** SHA-256 of the BMC's certificate, hexadecimal, with or without colons. */
  readonly fingerprint?: string;
}

export interface SocketRequest {
  readonly url: URL;
  readonly trust: BmcTrust;
  readonly limitMs: number;
  readonly signal?: Signal;
}

const bare = (fingerprint: string): string => fingerprint.replaceAll(':', '').toUpperCase();

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (net.isIPv4(host) && host.startsWith('127.'));

/** Also right for a server that speaks no TLS at all: its first bytes make no handshake. */
const unreachable = ({ url }: SocketRequest, error: NodeJS.ErrnoException): Result<never> =>
  error.code?.startsWith('ERR_SSL') === true || error.code === 'EPROTO'
    ? fail('bmc-certificate', `${url.host} does not speak TLS (${error.code}); check the address and the port.`)
    : fail(
        'bmc-unreachable',
        `${url.host} gave no answer (${error.code ?? error.message}); check its address and that the management network is reached from here.`,
        'retry',
      );

/**
 * Whether the certificate is the pinned one, or one that TLS trusts; a pin takes the place of every other proof. The
 * handshake is let through and judged here, since a refused one no longer tells its fingerprint.
 */
const proved = ({ url, trust: { fingerprint } }: SocketRequest, socket: tls.TLSSocket): Result<net.Socket> => {
  const { fingerprint256: seen } = socket.getPeerCertificate();
  const isPinned = fingerprint !== undefined && seen !== undefined && bare(seen) === bare(fingerprint);
  if (fingerprint === undefined ? socket.authorized : isPinned) return ok(socket);
  const why = String(socket.authorizationError);
  socket.destroy();
  return fail(
    'bmc-certificate',
    fingerprint === undefined
      ? `The certificate of ${url.host} is not trusted (${why}); give its CA, or its fingerprint if this is it: ${seen ?? 'none was shown'}.`
      : `The certificate of ${url.host} has changed: its fingerprint is ${seen ?? 'not shown'}, and ${fingerprint} is pinned; find out why before the new one is trusted.`,
  );
};

/** A connected socket whose other side is proved. Faults: `bmc-unreachable`, `bmc-certificate`. */
export const openTrustedSocket = (request: SocketRequest): Promise<Result<net.Socket>> => {
  const { url, trust, limitMs, signal } = request;
  const isTls = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port === '' ? (isTls ? 443 : 80) : url.port);
  if (!isTls && !isLoopback(host))
    return Promise.resolve(
      fail('bmc-certificate', `${url.host} is given by http, which would send the password in the clear; use https.`),
    );
  return new Promise((resolve) => {
    const socket = isTls
      ? tls.connect({
          host,
          port,
          ...(net.isIP(host) === 0 ? { servername: host } : {}),
          ...(trust.ca === undefined ? {} : { ca: trust.ca }),
          rejectUnauthorized: false,
        })
      : net.connect({ host, port });
    const timer = setTimeout(
      () => socket.destroy(Object.assign(new Error('no answer'), { code: `no connection within ${limitMs / 1000} s` })),
      limitMs,
    );
    const giveUp = (): void => {
      socket.destroy(Object.assign(new Error('given up'), { code: 'given up' }));
    };
    const settle = (result: Result<net.Socket>): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      resolve(result);
    };
    if (signal?.aborted === true) giveUp();
    signal?.addEventListener('abort', giveUp, { once: true });
    socket.once(isTls ? 'secureConnect' : 'connect', () =>
      settle(socket instanceof tls.TLSSocket ? proved(request, socket) : ok(socket)),
    );
    socket.on('error', (error: NodeJS.ErrnoException) => settle(unreachable(request, error)));
  });
};
