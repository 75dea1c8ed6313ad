/** Serves the BMCs of a twin over HTTPS on 127.0.0.1, one port each, as machines have one address each. */
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ServerCertificate } from '../certificate/self-signed.ts';
import type { RedfishReply, RedfishResponder } from './redfish-responder.ts';

export interface RedfishServer {
  readonly url: URL;
  readonly close: () => Promise<void>;
}

const MAX_BODY = 64 * 1024;

const send = (response: import('node:http').ServerResponse, { status, headers, body }: RedfishReply): void => {
  const text = body === undefined ? undefined : JSON.stringify(body);
  response.writeHead(status, {
    'odata-version': '4.0',
    'cache-control': 'no-store',
    ...(text === undefined
      ? {}
      : { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) }),
    ...(status === 401 ? { 'www-authenticate': 'Basic realm="BMC"' } : {}),
    ...headers,
  });
  response.end(text);
};

export const startRedfishServer = async (
  respond: RedfishResponder,
  { certificate, key }: ServerCertificate,
  port = 0,
): Promise<RedfishServer> => {
  const server = https.createServer({ cert: certificate, key }, (request, response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY) chunks.push(chunk);
    });
    request.on('error', () => response.destroy());
    request.on('end', () => {
      if (size > MAX_BODY) {
        send(response, { status: 413 });
        return;
      }
      const path = (request.url ?? '/').split('?')[0] ?? '/';
      const { method = 'GET', headers } = request;
      respond({ method, path, headers, body: Buffer.concat(chunks).toString('utf8') }).then(
        (reply) => (reply === undefined ? response.destroy() : send(response, reply)),
        () => send(response, { status: 500 }),
      );
    });
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}`),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
