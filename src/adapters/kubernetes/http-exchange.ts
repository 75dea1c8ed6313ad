/** One HTTP request over node:http(s), as a promise: abortable, limited in time. It knows nothing of Kubernetes. */
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import type { Signal } from '../../core/ports/clock.ts';

export interface Exchange {
  readonly url: string;
  /** Method, headers, agent, TLS. */
  readonly options: https.RequestOptions;
  readonly body?: string;
  readonly signal?: Signal;
  /** Until the headers of the answer are there. */
  readonly limitMs: number;
}

export type Reply =
  | { readonly response: IncomingMessage }
  /** The server switched protocols, as asked; `head` is what it had already sent. */
  | { readonly socket: Duplex; readonly head: Buffer };

/** Rejects with the connection's error, or with `signal.reason`; aborting later destroys the answer with that reason. */
export const exchange = ({ url, options, body, signal, limitMs }: Exchange): Promise<Reply> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(reasonOf(signal));
      return;
    }
    const request = (url.startsWith('https:') ? https : http).request(url, options);
    const timer = setTimeout(() => request.destroy(timeout(limitMs)), limitMs);
    let response: IncomingMessage | undefined;
    const abort = (): void => {
      const reason = signal === undefined ? new Error('aborted') : reasonOf(signal);
      response?.destroy(reason);
      request.destroy(reason);
    };
    signal?.addEventListener('abort', abort);
    request.on('response', (message) => {
      clearTimeout(timer);
      response = message;
      resolve({ response: message });
    });
    request.on('upgrade', (_message, socket, head) => {
      clearTimeout(timer);
      resolve({ socket, head });
    });
    request.on('error', reject);
    request.on('close', () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    });
    request.end(body);
  });

/** The whole body. Rejects when the connection is cut before its end, or `limitMs` has passed. */
export const readAll = async (response: IncomingMessage, limitMs: number): Promise<Buffer> => {
  const timer = setTimeout(() => response.destroy(timeout(limitMs)), limitMs);
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(timer);
  }
};

const timeout = (limitMs: number): Error =>
  Object.assign(new Error(`no answer within ${limitMs / 1000} s`), { code: 'ETIMEDOUT' });

export const reasonOf = (signal: Signal): Error =>
  signal.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal.reason });
