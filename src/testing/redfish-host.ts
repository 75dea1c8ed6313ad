/** A Redfish service of one host, small and with switches, for tests of what a client makes of it. The twin has a fuller one. */
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

export interface RedfishHostOptions {
  readonly user?: readonly [name: string, password: string];
  /** PEM of key and certificate; without them it speaks http. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly sessions?: boolean;
  readonly system?: Readonly<Record<string, unknown>>;
  readonly systems?: readonly string[];
  /** Answers in place of the service; true when it has done so. */
  readonly before?: (request: IncomingMessage, response: ServerResponse, body: string) => boolean;
}

export interface RedfishHost {
  readonly url: URL;
  /** `METHOD PATH BODY` of each request, in order; headers of the last. */
  readonly asked: string[];
  readonly headers: () => http.IncomingHttpHeaders;
  power: string | null;
  /** From now on no session is known any more. */
  readonly forgetSessions: () => void;
  readonly close: () => Promise<void>;
}

const SYSTEM = '/redfish/v1/Systems/DGX';
const RESET = `${SYSTEM}/Actions/ComputerSystem.Reset`;
const SESSIONS = '/redfish/v1/SessionService/Sessions';

export const startRedfishHost = async (options: RedfishHostOptions = {}): Promise<RedfishHost> => {
  const { user = ['admin', 'secret'], sessions = true, systems = [SYSTEM] } = options;
  const asked: string[] = [];
  let headers: http.IncomingHttpHeaders = {};
  let tokens = new Set<string>();
  let made = 0;

  const json = (response: ServerResponse, status: number, body?: unknown, more: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...more });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
  const isKnown = ({ headers: given }: IncomingMessage): boolean =>
    given.authorization === `Basic ${Buffer.from(user.join(':')).toString('base64')}` ||
    tokens.has(String(given['x-auth-token']));

  const system = () => ({
    '@odata.id': SYSTEM,
    Manufacturer: 'NVIDIA',
    Model: 'DGX',
    SerialNumber: 'S-030',
    UUID: '8A3C2E00-0000-0000-0000-000000000030',
    PowerState: host.power,
    Actions: {
      '#ComputerSystem.Reset': {
        target: RESET,
        'ResetType@Redfish.AllowableValues': ['On', 'ForceOff', 'GracefulShutdown', 'ForceRestart'],
      },
    },
    ...options.system,
  });

  const logIn = (response: ServerResponse, body: string): void => {
    const given = JSON.parse(body) as { UserName?: string; Password?: string };
    if (!sessions) json(response, 404, { error: { message: 'no such resource' } });
    else if (given.UserName !== user[0] || given.Password !== user[1]) json(response, 401);
    else {
      made += 1;
      tokens.add(`t${made}`);
      json(response, 201, {}, { 'x-auth-token': `t${made}`, location: `${SESSIONS}/${made}` });
    }
  };

  const reset = (response: ServerResponse, body: string): void => {
    const type = (JSON.parse(body) as { ResetType?: string }).ResetType;
    host.power = type === 'On' ? 'On' : 'Off';
    json(response, 204);
  };

  const answer = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    const path = request.url ?? '';
    if (options.before?.(request, response, body) === true) return;
    if (path === '/redfish/v1/')
      return json(response, 200, {
        Systems: { '@odata.id': '/redfish/v1/Systems' },
        ...(sessions ? { Links: { Sessions: { '@odata.id': SESSIONS } } } : {}),
      });
    if (path === SESSIONS && request.method === 'POST') return logIn(response, body);
    if (!isKnown(request)) return json(response, 401);
    if (request.method === 'DELETE') return json(response, 204);
    if (path === '/redfish/v1/Systems')
      return json(response, 200, { Members: systems.map((one) => ({ '@odata.id': one })) });
    if (path === RESET) return reset(response, body);
    if (path === SYSTEM && request.method === 'PATCH') return json(response, 200, {});
    if (path === SYSTEM) return json(response, 200, system(), { etag: 'W/"1"' });
    return json(response, 404, { error: { message: 'no such resource' } });
  };

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      asked.push(`${request.method} ${request.url}${body === '' ? '' : ` ${body}`}`);
      headers = request.headers;
      answer(request, response, body);
    });
  };
  const server = options.tls === undefined ? http.createServer(listener) : https.createServer(options.tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host: RedfishHost = {
    url: new URL(
      `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ),
    asked,
    headers: () => headers,
    power: 'On',
    forgetSessions: () => {
      tokens = new Set();
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return host;
};
