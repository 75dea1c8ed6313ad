/**
 * One request to a Redfish service and its whole answer: JSON in and out, limited in time and size, no redirect followed.
 * What the status means is left to the callers; who logs in, to redfish-session.ts.
 */
import http, { type IncomingMessage } from 'node:http';
import type { Signal } from '../../core/ports/clock.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { openTrustedSocket, type BmcTrust } from './trusted-socket.ts';

export interface RedfishRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface RedfishAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Undefined when the body is empty. */
  readonly body: unknown;
}

export interface ExchangeLimits {
  readonly connectMs: number;
  readonly answerMs: number;
  readonly signal?: Signal;
}

/** Far above any system resource; a service that sends more is not one. */
const MAX_BODY = 4 * 1024 * 1024;

const readBody = async (response: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw Object.assign(new Error('too large'), { code: `more than ${MAX_BODY} bytes` });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

const send = (
  socket: NonNullable<ReturnType<NonNullable<http.RequestOptions['createConnection']>>>,
  url: URL,
  { method, path, headers, body }: RedfishRequest,
  { answerMs, signal }: ExchangeLimits,
): Promise<{ readonly response: IncomingMessage; readonly body: Buffer }> =>
  new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const request = http.request(
      {
        createConnection: () => socket,
        method,
        path,
        headers: {
          host: url.host,
          accept: 'application/json',
          'odata-version': '4.0',
          // Compression makes ETags weak, and kept connections go stale unseen on several BMCs.
          'accept-encoding': 'identity',
          connection: 'close',
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...headers,
        },
      },
      (response) => {
        readBody(response).then((read) => resolve({ response, body: read }), reject);
      },
    );
    const stop = (code: string): void => {
      const error = Object.assign(new Error(code), { code });
      request.destroy(error);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => stop(`no whole answer within ${answerMs / 1000} s`), answerMs);
    const giveUp = (): void => stop('given up');
    signal?.addEventListener('abort', giveUp, { once: true });
    request.on('error', reject);
    request.on('close', () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
    });
    request.end(text);
  });

const parsed = (body: Buffer, at: string): Result<unknown> => {
  if (body.length === 0) return ok(undefined);
  try {
    return ok(JSON.parse(body.toString('utf8')) as unknown);
  } catch {
    return fail('bmc-answer', `${at} answered with something that is no JSON; is this a Redfish service?`, 'retry');
  }
};

/** Faults: `bmc-unreachable`, `bmc-certificate`, `bmc-redirect`, `bmc-answer`. Statuses are answers, not faults. */
export const exchangeRedfish = async (
  base: URL,
  trust: BmcTrust,
  request: RedfishRequest,
  limits: ExchangeLimits,
): Promise<Result<RedfishAnswer>> => {
  const at = `${request.method} ${base.origin}${request.path}`;
  const socket = await openTrustedSocket({
    url: base,
    trust,
    limitMs: limits.connectMs,
    ...(limits.signal === undefined ? {} : { signal: limits.signal }),
  });
  if (!socket.ok) return socket;
  try {
    const { response, body } = await send(socket.value, base, request, limits);
    const status = response.statusCode ?? 0;
    if (status >= 300 && status < 400)
      return fail(
        'bmc-redirect',
        `${at} points elsewhere (${status}, ${response.headers.location ?? 'nowhere'}), which is not followed: credentials are for this address only; give the address that it points to.`,
      );
    // An error page may be HTML; its status says enough.
    const read = parsed(body, at);
    if (!read.ok && status < 400) return read;
    return ok({ status, headers: response.headers, body: read.ok ? read.value : undefined });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return fail(
      'bmc-unreachable',
      `${at} was cut off before its answer was whole (${code ?? message}); whether it was carried out is not known: read the power state.`,
      'retry',
    );
  } finally {
    socket.value.destroy();
  }
};
