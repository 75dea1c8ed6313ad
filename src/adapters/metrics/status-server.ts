/** GET /healthz, /readyz and /metrics over HTTP, for the kubelet and Prometheus. Nothing else is answered. */
import { createServer } from 'node:http';
import { fail, ok, type Result } from '../../core/result.ts';

export interface StatusServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

export interface StatusSources {
  readonly metrics: () => string;
  /** Whether it may be counted on now, and the sentence that says why (not). */
  readonly state: () => { readonly ready: boolean; readonly because: string };
}

export const serveStatus = (port: number, { metrics, state }: StatusSources): Promise<Result<StatusServer>> =>
  new Promise((resolve) => {
    const server = createServer((request, response) => {
      const answer = (status: number, text: string): void => {
        response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
        response.end(text);
      };
      if (request.method !== 'GET') answer(405, 'only GET is answered\n');
      // Whoever answers is alive. What it cannot reach is no reason to be restarted: that shows in /readyz.
      else if (request.url === '/healthz') answer(200, 'ok\n');
      else if (request.url === '/readyz') {
        const { ready, because } = state();
        answer(ready ? 200 : 503, `${ready ? 'ready' : 'not ready'}: ${because}\n`);
      } else if (request.url === '/metrics') answer(200, metrics());
      else answer(404, 'there are /healthz, /readyz and /metrics\n');
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
