/** What is wrong with a request is answered by the twin as by a real kube-apiserver: the status, and the words. */
import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digList, digText } from '../../src/core/model/dig.ts';
import { type Cluster, startCluster, TOKENS } from './cluster.ts';
import { realPart } from './real-parts.ts';
import { type Answered, ask, type Server } from './twin-api/ask.ts';
import { BAD_REQUESTS } from './twin-api/bad-requests.ts';
import { type TwinOnTheNetwork, twinOnTheNetwork } from './twin-api/served-twin.ts';

const parts = realPart('realparts');

/** The answer as a client understands it: JSON as what it says, with how it is laid out left aside. */
const meaning = ({ code, contentType, text }: Answered): object => {
  const type = contentType.split(';')[0];
  if (type !== 'application/json' || text === '') return { code, text: text.trim() };
  return { code, said: JSON.parse(text) as unknown };
};

describe.skipIf(parts.absent)(parts.title('bad requests to the twin and to kube-apiserver'), () => {
  let cluster: Cluster;
  let twin: TwinOnTheNetwork;
  let real: Server;
  let ours: Server;
  beforeAll(async () => {
    cluster = await startCluster();
    twin = await twinOnTheNetwork();
    const config = JSON.parse(readFileSync(twin.kubeconfig, 'utf8')) as unknown;
    real = { url: cluster.server, token: TOKENS.admin };
    ours = { url: twin.url, token: digText(config, 'users', 0, 'user', 'token') ?? '' };
  });
  afterAll(async () => {
    await twin?.stop();
    await cluster?.stop();
  });

  test.each(BAD_REQUESTS)('$title', async ({ unlike, ...asked }) => {
    const [theirs, mine] = [await ask(real, asked), await ask(ours, asked)];
    if (unlike === undefined) expect(meaning(mine)).toEqual(meaning(theirs));
    else expect(mine.code).toBe(theirs.code);
    expect(twin.bugs).toEqual([]);
  });

  const AGGREGATED = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' };

  /** `pods.v1.`: what discovery tells of each resource. */
  const discovered = async (server: Server): Promise<ReadonlyMap<string, unknown>> => {
    const found = new Map<string, unknown>();
    for (const path of ['/api', '/apis']) {
      const { text } = await ask(server, { path, headers: AGGREGATED });
      for (const group of digList(JSON.parse(text), 'items'))
        for (const version of digList(group, 'versions'))
          for (const resource of digList(version, 'resources'))
            found.set(
              `${digText(resource, 'resource')}.${digText(version, 'version')}.${digText(group, 'metadata', 'name') ?? ''}`,
              resource,
            );
    }
    return found;
  };

  test('discovery tells the same of every kind that the twin serves', async () => {
    const [theirs, mine] = [await discovered(real), await discovered(ours)];
    expect(mine.size).toBeGreaterThan(50);
    for (const [name, resource] of mine) {
      const known = theirs.get(name);
      // Of kinds that nobody here needs the twin keeps the object alone (docs/twin-api.md).
      const isBare = digList(resource, 'subresources').length === 0;
      expect.soft(resource, name).toEqual(isBare ? { ...(known as object), subresources: undefined } : known);
    }
  });

  const raw = (server: Server, write: (socket: tls.TLSSocket) => void): Promise<string> =>
    new Promise((resolve) => {
      const { hostname, port } = new URL(server.url);
      const socket = tls.connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () =>
        write(socket),
      );
      let text = '';
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(text));
      socket.setTimeout(3_000, () => socket.destroy());
    });
  const statusOf = (text: string): string => text.split(' ')[1] ?? '';

  test('what is no HTTP at all is a 400', async () => {
    const write = (socket: tls.TLSSocket): void => void socket.write('hello\r\n\r\n');
    expect(statusOf(await raw(real, write))).toBe('400');
    expect(statusOf(await raw(ours, write))).toBe('400');
  });

  test('a request whose sending side was closed is answered or dropped, as by the real server, and the next is answered', async () => {
    const write =
      ({ token }: Server) =>
      (socket: tls.TLSSocket): void =>
        void socket.end(
          `GET /version HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
        );
    for (const server of [real, ours]) {
      // kube-apiserver takes it for a client that left: nothing, a time-out, or the answer, whichever is quicker.
      expect(['', '200', '504']).toContain(statusOf(await raw(server, write(server))));
      expect((await ask(server, { path: '/version' })).code).toBe(200);
    }
  });

  test('a client that leaves in the middle of a body, of a list or of a watch hurts nobody', async () => {
    const head = `Host: x\r\nAuthorization: Bearer ${ours.token}\r\n`;
    const starts = [
      `POST /api/v1/namespaces/default/configmaps HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a`,
      `GET /api/v1/pods?watch=true HTTP/1.1\r\n${head}\r\n`,
      `GET /api/v1/pods HTTP/1.1\r\n${head}\r\n`,
      'GET /api',
    ];
    for (const start of starts)
      await raw(ours, (socket) => {
        socket.write(start);
        setTimeout(() => socket.destroy(), 50);
      });
    expect((await ask(ours, { path: '/version' })).code).toBe(200);
    expect(twin.bugs).toEqual([]);
  });
});
