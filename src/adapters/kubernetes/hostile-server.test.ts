/** What the adapter makes of servers that fail, lie or go away: one sentence each, never an exception, never a hang. */
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { CONFIG_MAPS, PODS } from '../../core/model/kube-resource.ts';
import type { KubeApi } from '../../core/ports/kube-api.ts';
import { connect } from './connection.ts';
import { kubeApi } from './kube-api.ts';

let server: http.Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const portOf = (of: http.Server): number => (of.address() as AddressInfo).port;

/** A KubeApi of a server that answers everything in one way. */
const against = async (answer: Answer, user: Readonly<Record<string, unknown>> = {}): Promise<KubeApi> => {
  const created = http.createServer(answer);
  server = created;
  await new Promise<void>((resolve) => created.listen(0, '127.0.0.1', resolve));
  return toPort(portOf(created), user);
};

const toPort = async (port: number, user: Readonly<Record<string, unknown>> = {}): Promise<KubeApi> => {
  const login = { source: 'context x', server: `http://127.0.0.1:${port}`, namespace: 'default', cluster: {}, user };
  return kubeApi(await connect(login, {}));
};

const says =
  (status: number, body: string, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(status, headers);
    response.end(body);
  };

const LIST = JSON.stringify({ kind: 'List', metadata: { resourceVersion: '1' }, items: [{ metadata: { name: 'a' } }] });

const cutAfter =
  (text: string): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-length': '100000' });
    response.write(text, () => response.destroy());
  };

test.for([
  ['a proxy’s page', says(200, '<html>Please log in</html>'), 'kube-broken-answer', /it is no JSON/],
  ['another kind of JSON', says(200, '[1, 2]'), 'kube-broken-answer', /it is no list/],
  ['an empty answer', says(200, ''), 'kube-broken-answer', /it is no JSON/],
  ['a list that is cut', cutAfter(LIST.slice(0, 40)), 'kube-unreachable', /the connection was cut|aborted/],
  ['a gateway without a server', says(502, 'Bad Gateway'), 'kube-server-error', /Bad Gateway/],
  ['an old token', says(401, '{"kind":"Status","code":401}'), 'kube-unauthorized', /log in again/],
  [
    'a busy server',
    says(429, 'slow down', { 'retry-after': '7' }),
    'kube-throttled',
    /is busy and put "list pods" off/,
  ],
  ['a redirect', says(302, '', { location: 'https://elsewhere' }), 'kube-server-error', /HTTP 302/],
] as const)('%s', async ([, answer, code, message]) => {
  const listed = await (await against(answer)).list(PODS);
  expect(listed).toMatchObject({ ok: false, fault: { code } });
  expect(listed.ok ? '' : listed.fault.message).toMatch(message);
  expect(listed.ok ? '' : listed.fault.message).not.toContain('\n');
});

test('Retry-After is kept', async () => {
  const listed = await (await against(says(429, '', { 'retry-after': '7' }))).list(PODS);
  expect(listed).toMatchObject({ fault: { retryAfterMs: 7_000 } });
});

test('a port on which nobody listens', async () => {
  const gone = http.createServer();
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
  const port = portOf(gone);
  await new Promise((resolve) => gone.close(resolve));
  const listed = await (await toPort(port)).list(PODS);
  expect(listed).toMatchObject({ ok: false, fault: { code: 'kube-unreachable', next: 'retry' } });
  expect(listed.ok ? '' : listed.fault.message).toMatch(
    /^context x \(http:\/\/127\.0\.0\.1:\d+\) gives no answer to "list pods": nothing listens there; check the server's address/,
  );
});

test('a name that does not resolve', async () => {
  const login = {
    source: 'context x',
    server: 'https://no-such-host.invalid',
    namespace: 'default',
    cluster: {},
    user: {},
  };
  const listed = await kubeApi(await connect(login, {})).list(PODS);
  expect(listed.ok ? '' : listed.fault.message).toMatch(/its name does not resolve|the name service does not answer/);
});

test('a login plugin that fails, and its hint', async () => {
  const exec = { command: 'no-such-plugin', apiVersion: 'client.authentication.k8s.io/v1', installHint: 'Install it.' };
  const listed = await (await against(says(200, LIST), { exec })).list(PODS);
  expect(listed).toMatchObject({ ok: false, fault: { code: 'kube-unauthorized' } });
  expect(listed.ok ? '' : listed.fault.message).toMatch(
    /The log-in at context x .* failed: .*ENOENT; run "no-such-plugin" by hand to see what it needs; its hint: Install it\.$/,
  );
});

test('after a refusal a plugin is asked anew', async () => {
  const seen: (string | undefined)[] = [];
  // The plugin's answer never expires by its own word, and differs each time.
  const script = `echo '{"status":{"token":"t'$(date +%N)'"}}'`;
  const exec = { command: '/bin/sh', args: ['-c', script], apiVersion: 'client.authentication.k8s.io/v1' };
  const api = await against(
    (request, response) => {
      seen.push(request.headers.authorization);
      says(seen.length === 2 ? 401 : 200, LIST)(request, response);
    },
    { exec },
  );
  for (const ok of [true, false, true]) expect(await api.list(PODS)).toMatchObject({ ok });
  expect(seen[1]).toBe(seen[0]);
  expect(seen[2]).not.toBe(seen[0]);
});

test('impersonated users and groups are passed on whole', async () => {
  const headers: http.IncomingHttpHeaders[] = [];
  const user = { token: 't', as: 'alice', 'as-groups': ['a', 'b'], 'as-uid': '7', 'as-user-extra': { reason: ['x'] } };
  const api = await against((request, response) => {
    headers.push(request.headers);
    says(200, LIST)(request, response);
  }, user);
  await api.list(PODS);
  expect(headers[0]).toMatchObject({
    authorization: 'Bearer t',
    'impersonate-user': 'alice',
    'impersonate-group': 'a, b',
    'impersonate-uid': '7',
    'impersonate-extra-reason': 'x',
  });
});

const EVENT = `${JSON.stringify({ type: 'ADDED', object: { kind: 'ConfigMap', metadata: { name: 'a' } } })}\n`;

test.for([
  ['ends in the middle of an event', (r: ServerResponse) => r.end(EVENT + EVENT.slice(0, 20)), 'kube-broken-answer'],
  ['is cut', (r: ServerResponse) => r.write(EVENT, () => r.destroy()), 'kube-unreachable'],
  ['holds no JSON', (r: ServerResponse) => r.end(`${EVENT}nonsense\n`), 'kube-broken-answer'],
  [
    'holds events of no known type',
    (r: ServerResponse) => r.end(`${EVENT}{"type":"ODD","object":{}}\n`),
    'kube-broken-answer',
  ],
  [
    'holds an event without an object',
    (r: ServerResponse) => r.end(`${EVENT}{"type":"ADDED"}\n`),
    'kube-broken-answer',
  ],
  [
    'tells of an error',
    (r: ServerResponse) => r.end(`${EVENT}{"type":"ERROR","object":{"kind":"Status","code":410}}\n`),
    'kube-gone',
  ],
] as const)('a watch that %s: what came before is given, then the fault', async ([, end, code]) => {
  const api = await against((_request, response) => {
    response.writeHead(200);
    end(response);
  });
  const events: string[] = [];
  for await (const event of api.watch(CONFIG_MAPS))
    events.push(event.type === 'FAILED' ? event.fault.code : event.type);
  expect(events).toEqual(['ADDED', code]);
});

test('events that arrive in pieces, and many in one piece', async () => {
  const lines = Array.from({ length: 50 }, (_, n) => EVENT.replace('"a"', `"é${n}"`)).join('');
  const bytes = Buffer.from(lines);
  const api = await against((_request, response) => {
    response.writeHead(200);
    const piece = (from: number, size: number): void => {
      if (from >= bytes.length) response.end();
      else response.write(bytes.subarray(from, from + size), () => piece(from + size, (size * 7 + 3) % 500));
    };
    piece(0, 1);
  });
  const names: string[] = [];
  for await (const event of api.watch(CONFIG_MAPS)) if (event.type === 'ADDED') names.push(event.object.metadata.name);
  expect(names).toEqual(Array.from({ length: 50 }, (_, n) => `é${n}`));
});

test('leaving a watch closes its connection', async () => {
  let closed = false;
  const api = await against((_request, response) => {
    response.writeHead(200);
    response.write(EVENT);
    response.on('close', () => {
      closed = true;
    });
  });
  for await (const event of api.watch(CONFIG_MAPS)) {
    expect(event.type).toBe('ADDED');
    break;
  }
  await expect.poll(() => closed).toBe(true);
});

test('an exec that is refused tells what the server says', async () => {
  const body = '{"kind":"Status","code":403,"message":"pods \\"p\\" is forbidden: no exec here"}';
  const api = await against(says(403, body));
  const ran = await api.exec({ namespace: 'x', name: 'p' }, ['ls'], { timeoutMs: 1_000, maxBytes: 10 });
  expect(ran).toMatchObject({ ok: false, fault: { code: 'kube-forbidden' } });
  expect(ran.ok ? '' : ran.fault.message).toContain('no exec here');
});

test('a server that never answers an exec is given up', async () => {
  const api = await against(() => {});
  const ran = await api.exec({ namespace: 'x', name: 'p' }, ['ls'], { timeoutMs: 100, maxBytes: 10 });
  expect(ran).toMatchObject({ ok: false, fault: { code: 'kube-exec-timeout' } });
});

test('addressing an object without its name is a bug, and sends nothing', async () => {
  const api = await against(says(200, '{}'));
  await expect((async () => api.delete(PODS, { namespace: 'x', name: '' }))()).rejects.toThrow('without a name');
  await expect((async () => api.delete(PODS, { name: 'p' }))()).rejects.toThrow('with a namespace');
});
