/**
 * The twin's API as a server: HTTPS on 127.0.0.1 and nowhere else. It reads requests, finds out whose they are, lets the
 * routes answer and sends that. Whatever comes in, it goes on serving.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { UserInfo } from '../../core/ports/kube-api.ts';
import type { Answer } from '../../twin/world/status.ts';
import { type ApiAnswer, statusAnswer } from './answer.ts';
import type { ApiParts, ApiRequest } from './api-request.ts';
import { impersonated, userOfToken } from './authenticate.ts';
import { readBody, tooLarge } from './body.ts';
import type { ServerCertificate } from './certificate/self-signed.ts';
import { execSocket } from './exec-socket.ts';
import { acceptedForm, type Form } from './media-types.ts';
import { answerOf } from './routes.ts';
import { sendAnswer } from './send-answer.ts';

/** One request that was answered, for logs. */
export interface RequestEntry {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly user: string;
  readonly code: number;
  readonly agent: string;
}

export interface ApiServerOptions {
  readonly parts: Omit<ApiParts, 'address'>;
  readonly certificate: ServerCertificate;
  /** 0: any that is free. */
  readonly port: number;
  readonly onRequest?: (entry: RequestEntry) => void;
  /** What should never happen, and was answered with a 500. */
  readonly onBug: (error: unknown) => void;
}

export interface ApiServer {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

const HOST = '127.0.0.1';

/** Rejects when the port is taken. */
export const startApiServer = async (options: ApiServerOptions): Promise<ApiServer> => {
  const { certificate, port } = options;
  const server = https.createServer({ key: certificate.key, cert: certificate.certificate, keepAliveTimeout: 90_000 });
  let listensOn = port;
  const parts: ApiParts = { ...options.parts, address: () => `${HOST}:${listensOn}` };
  const sockets = new Set<Duplex>();
  // Also of those that never got as far as TLS.
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  // Clients come and go as they like.
  server.on('secureConnection', (socket) => socket.on('error', () => socket.destroy()));
  server.on('request', (request, response) => void serve(parts, options, request, response));
  server.on('upgrade', (request, socket) => void serveUpgrade(parts, options, request, socket));
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    else socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      resolve();
    });
  });
  listensOn = (server.address() as AddressInfo).port;
  return {
    port: listensOn,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
};

const NOT_ACCEPTABLE: ApiAnswer = statusAnswer({
  code: 406,
  reason: 'NotAcceptable',
  message:
    '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/json;stream=watch',
  details: {},
});

const serve = async (
  parts: ApiParts,
  options: ApiServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new Error('the client is gone')));
  const form = formOf(request);
  const user = await whoAsks(parts, request);
  try {
    const answer = await answerTo(parts, { request, user, form, gone });
    if (request.method !== 'HEAD') note(options, request, user, codeOf(answer));
    if (answer.kind === 'object' && answer.code === 413) response.setHeader('connection', 'close');
    if (response.destroyed) return;
    await sendAnswer(response, answer, { form: form ?? JSON_FORM, pretty: isForEyes(request) });
  } catch (error) {
    if (gone.signal.aborted) return;
    options.onBug(error);
    note(options, request, user, 500);
    if (response.headersSent) response.destroy();
    else await sendAnswer(response, internal(error), { form: JSON_FORM, pretty: false });
  }
};

const JSON_FORM: Form = { encoding: 'json' };

/** Undefined where the client takes nothing that we can give. OpenAPI documents have media types of their own. */
const formOf = (request: IncomingMessage): Form | undefined =>
  request.url?.startsWith('/openapi/') === true ? JSON_FORM : acceptedForm(request.headers.accept);

interface Incoming {
  readonly request: IncomingMessage;
  readonly user: Answer<UserInfo>;
  readonly form: Form | undefined;
  readonly gone: AbortController;
}

const answerTo = async (parts: ApiParts, { request, user, form, gone }: Incoming): Promise<ApiAnswer> => {
  if (!user.ok) return statusAnswer(user.status);
  if (form === undefined) return NOT_ACCEPTABLE;
  const body = await readBody(request);
  if (body === undefined) return statusAnswer(tooLarge().status);
  return answerOf(apiRequest(parts, { request, user: user.value, form, body, gone }));
};

const apiRequest = (
  parts: ApiParts,
  {
    request,
    user,
    form,
    body,
    gone,
  }: { request: IncomingMessage; user: UserInfo; form: Form; body: Buffer; gone: AbortController },
): ApiRequest => {
  const { pathname, searchParams } = urlOf(request);
  return {
    ...parts,
    method: request.method ?? 'GET',
    path: pathname,
    query: searchParams,
    contentType: request.headers['content-type'],
    agent: request.headers['user-agent'] ?? '',
    body,
    form,
    user,
    api: parts.world.api(user),
    signal: gone.signal,
  };
};

/** A path that is none is one that nobody has. */
const urlOf = ({ url = '/' }: IncomingMessage): URL =>
  URL.parse(`https://twin${url.startsWith('/') ? '' : '/'}${url}`) ?? new URL('https://twin/unreadable');

const whoAsks = async (parts: ApiParts, { headers }: IncomingMessage): Promise<Answer<UserInfo>> => {
  const user = userOfToken(headers, parts.tokens);
  return user.ok ? impersonated(headers, user.value, parts.world) : user;
};

const serveUpgrade = async (
  parts: ApiParts,
  options: ApiServerOptions,
  request: IncomingMessage,
  socket: Duplex,
): Promise<void> => {
  const gone = new AbortController();
  try {
    const user = await whoAsks(parts, request);
    const answer = user.ok
      ? await execSocket(
          apiRequest(parts, { request, user: user.value, form: JSON_FORM, body: Buffer.alloc(0), gone }),
          request,
          socket,
          gone,
        )
      : statusAnswer(user.status);
    note(options, request, user, answer === undefined ? 101 : codeOf(answer));
    if (answer !== undefined) refuseUpgrade(socket, answer);
  } catch (error) {
    options.onBug(error);
    socket.destroy();
  }
};

const refuseUpgrade = (socket: Duplex, answer: ApiAnswer): void => {
  if (answer.kind !== 'object') {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(answer.object);
  socket.end(
    `HTTP/1.1 ${answer.code} Refused\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
};

/** The server writes with line breaks for whoever reads by eye. */
const isForEyes = (request: IncomingMessage): boolean => {
  const asked = urlOf(request).searchParams.get('pretty');
  if (asked !== null) return asked !== 'false' && asked !== '0';
  return /^(?:curl|Wget|Mozilla)/.test(request.headers['user-agent'] ?? '');
};

const codeOf = (answer: ApiAnswer): number =>
  answer.kind === 'object' || answer.kind === 'text' ? answer.code : answer.kind === 'cut' ? 0 : 200;

const note = (
  { onRequest }: ApiServerOptions,
  { method = '', url = '', headers }: IncomingMessage,
  user: Answer<UserInfo>,
  code: number,
): void =>
  onRequest?.({ method, url, user: user.ok ? user.value.username : '', code, agent: headers['user-agent'] ?? '' });

const internal = (error: unknown): ApiAnswer =>
  statusAnswer({
    code: 500,
    reason: 'InternalError',
    message: `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`,
  });
