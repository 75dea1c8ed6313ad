/** GET /healthz and GET /metrics over HTTP, for the kubelet and Prometheus. Nothing else is answered. */
import { createServer } from 'node:http';
import { fail, ok, type Result } from '../../core/result.ts';

export interface StatusServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

export const serveStatus = (
  port: number,
  { metrics, isWell }: { readonly metrics: () => string; readonly isWell: () => boolean },
): Promise<Result<StatusServer>> =>
  new Promise((resolve) => {
    const server = createServer((request, response) => {
      const answer = (status: number, text: string): void => {
        response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
        response.end(text);
      };
      if (request.method !== 'GET') answer(405, 'only GET is answered\n');
      else if (request.url === '/healthz') answer(isWell() ? 200 : 503, isWell() ? 'ok\n' : 'not well\n');
      else if (request.url === '/metrics') answer(200, metrics());
      else answer(404, 'there are /healthz and /metrics\n');
    });
    server.once('error', (error) =>
      resolve(
        fail('usage-port', `Port ${port} cannot be listened on: ${error.message}; choose another with --listen.`),
      ),
    );
    server.listen(port, () => {
      const address = server.address();
      resolve(
        ok({
          port: typeof address === 'object' && address !== null ? address.port : port,
          close: () => new Promise((closed) => server.close(() => closed())),
        }),
      );
    });
  });
