/**
 * The way to one API server: requests with our log-in on kept-alive connections, and their failures as values.
 * What is asked for is left to kube-api.ts.
 */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { RequestOptions } from 'node:https';
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { digText } from '../../core/model/dig.ts';
import { kubeFault } from '../../core/model/kube-status.ts';
import type { Signal } from '../../core/ports/clock.ts';
import type { KubeFault, KubeResult } from '../../core/ports/kube-fault.ts';
import { clientLogin, headersOf } from './client-login.ts';
import { brokenAnswer, faultOfAnswer, faultOfError } from './fault-of.ts';
import { exchange, readAll, type Reply } from './http-exchange.ts';
import type { Login, LoginOptions } from './kubeconfig.ts';

export interface Request {
  /** For messages: `list pods in namespace x`. */
  readonly what: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query, below the server's address. */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: Signal | undefined;
}

export interface Connection {
  readonly where: string;
  /** The whole answer of a request that succeeded, as text. */
  readonly text: (request: Request) => Promise<KubeResult<string>>;
  readonly json: (request: Request) => Promise<KubeResult<unknown>>;
  /** The answer as it comes. Whoever opens it reads it to its end or destroys it. */
  readonly open: (request: Request) => Promise<KubeResult<IncomingMessage>>;
  /** A two-way stream of WebSocket frames, after the server agreed to `protocol`. */
  readonly webSocket: (request: Request, protocol: string) => Promise<KubeResult<OpenSocket>>;
}

export interface OpenSocket {
  readonly socket: Duplex;
  /** What the server sent together with its agreement. */
  readonly head: Buffer;
}

// kube-apiserver gives up on a request of its own after 60 s.
const ANSWER_LIMIT_MS = 65_000;

export const connect = async (login: Login, env: LoginOptions['env']): Promise<Connection> => {
  const who = await clientLogin(login, env);
  const where = `${login.source} (${login.server})`;

  const reach = async (request: Request, headers: OutgoingHttpHeaders = {}): Promise<KubeResult<Reply>> => {
    const asked = { what: request.what, where };
    let options: RequestOptions;
    try {
      options = await who.requestOptions();
    } catch (error) {
      who.forget();
      return { ok: false, fault: loginFault(where, login, error) };
    }
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    try {
      const reply = await exchange({
        url: `${login.server}${request.path}`,
        options: {
          ...options,
          method: request.method ?? 'GET',
          headers: { ...headersOf(options), ...commonHeaders(request, body), ...headers },
        },
        limitMs: ANSWER_LIMIT_MS,
        ...(body !== undefined && { body }),
        ...(request.signal !== undefined && { signal: request.signal }),
      });
      if (!('response' in reply) || isSuccess(reply.response)) return { ok: true, value: reply };
      const { statusCode = 0, headers: answered } = reply.response;
      if (statusCode === 401) who.forget();
      const text = (await readAll(reply.response, ANSWER_LIMIT_MS)).toString('utf8');
      return { ok: false, fault: faultOfAnswer(asked, statusCode, answered['retry-after'], text) };
    } catch (error) {
      if (request.signal?.aborted === true) throw error;
      return { ok: false, fault: faultOfError(asked, error) };
    }
  };

  const open = async (request: Request): Promise<KubeResult<IncomingMessage>> => {
    const reply = await reach(request);
    if (!reply.ok) return reply;
    if ('response' in reply.value) return { ok: true, value: reply.value.response };
    return { ok: false, fault: brokenAnswer({ what: request.what, where }, 'it switched protocols unasked') };
  };

  const text = async (request: Request): Promise<KubeResult<string>> => {
    const response = await open(request);
    if (!response.ok) return response;
    try {
      return { ok: true, value: (await readAll(response.value, ANSWER_LIMIT_MS)).toString('utf8') };
    } catch (error) {
      if (request.signal?.aborted === true) throw error;
      return { ok: false, fault: faultOfError({ what: request.what, where }, error) };
    }
  };

  const json = async (request: Request): Promise<KubeResult<unknown>> => {
    const answer = await text(request);
    if (!answer.ok) return answer;
    try {
      return { ok: true, value: JSON.parse(answer.value) as unknown };
    } catch {
      return { ok: false, fault: brokenAnswer({ what: request.what, where }, 'it is no JSON') };
    }
  };

  const webSocket = async (request: Request, protocol: string): Promise<KubeResult<OpenSocket>> => {
    const reply = await reach(request, {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
      'sec-websocket-protocol': protocol,
    });
    if (!reply.ok) return reply;
    if ('socket' in reply.value) return { ok: true, value: reply.value };
    reply.value.response.destroy();
    return { ok: false, fault: brokenAnswer({ what: request.what, where }, 'it does not speak WebSocket') };
  };

  return { where, text, json, open, webSocket };
};

const commonHeaders = (request: Request, body: string | undefined): OutgoingHttpHeaders => ({
  accept: request.accept ?? 'application/json',
  'user-agent': 'nicwright',
  ...(body !== undefined && {
    'content-type': request.contentType ?? 'application/json',
    'content-length': Buffer.byteLength(body),
  }),
});

const isSuccess = ({ statusCode = 0 }: IncomingMessage): boolean => statusCode >= 200 && statusCode < 300;

const loginFault = (where: string, { user }: Login, error: unknown): KubeFault => {
  const why = (error instanceof Error ? error.message : String(error)).trim().split('\n')[0] ?? '';
  const command = digText(user, 'exec', 'command');
  const hint = digText(user, 'exec', 'installHint')?.trim().replace(/\.$/, '');
  const wayOut =
    command === undefined
      ? "check the user's entry in the kubeconfig"
      : `run "${command}" by hand to see what it needs${hint === undefined ? '' : `; its hint: ${hint}`}`;
  return kubeFault('kube-unauthorized', `The log-in at ${where} failed: ${why}; ${wayOut}.`);
};
