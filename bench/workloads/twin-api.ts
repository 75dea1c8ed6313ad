/**
 * The twin's API under load, and a real kube-apiserver under the same load in the same run: a list of 10,000 pods as a table;
 * 2,000 merge patches over 16 connections; the same again while 100 watches of all pods are told of each. Both are asked by
 * the same client over HTTPS, which has a thread of its own.
 */
import https from 'node:https';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { digText } from '../../src/core/model/dig.ts';
import { PODS } from '../../src/core/model/kube-resource.ts';
import { seededRandom } from '../../src/twin/seeded-random.ts';
import { VirtualClock } from '../../src/twin/virtual-clock.ts';
import { createWorld } from '../../src/twin/world/world.ts';
import { serveTwin } from '../../src/faces/twin-api/serve-twin.ts';
import { startCluster, TOKENS } from '../../test/real/cluster.ts';
import { realPart } from '../../test/real/real-parts.ts';
import type { Measured, Workload } from '../workload.ts';

const POD_COUNT = 10_000;
const NAMESPACE = 'default';
const WATCHES = 100;
const PATCHES = 2_000;
const CONNECTIONS = 16;
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const MERGE = 'application/merge-patch+json';

interface Target {
  readonly url: string;
  readonly token: string;
}

interface Figures {
  readonly listMs: number;
  readonly listMb: number;
  readonly rows: number;
  readonly patchSeconds: number;
  /** With all the watches, until the last of them has seen the last change. */
  readonly toldSeconds: number;
  readonly events: number;
}

const podName = (at: number): string => `pod-${String(at).padStart(5, '0')}`;

const pod = (at: number) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: podName(at), namespace: NAMESPACE, labels: { app: `app-${at % 50}` } },
  spec: {
    nodeName: `node-${at % 100}`,
    containers: [
      { name: 'main', image: 'example.com/main:1', resources: { requests: { cpu: '100m', memory: '64Mi' } } },
    ],
  },
});

class Client {
  readonly #target: Target;
  readonly #agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false });

  constructor(target: Target) {
    this.#target = target;
  }

  request(path: string, options: { method?: string; accept?: string; type?: string; body?: string } = {}) {
    const { method = 'GET', accept = 'application/json', type = 'application/json', body } = options;
    const headers = {
      authorization: `Bearer ${this.#target.token}`,
      accept,
      ...(body !== undefined && { 'content-type': type, 'content-length': String(Buffer.byteLength(body)) }),
    };
    const request = https.request(`${this.#target.url}${path}`, { method, headers, agent: this.#agent });
    request.end(body);
    return request;
  }

  text(path: string, options?: Parameters<Client['request']>[1]): Promise<string> {
    return new Promise((resolve, reject) => {
      const request = this.request(path, options);
      request.on('error', reject);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          if ((response.statusCode ?? 500) < 300) resolve(text);
          else reject(new Error(`${response.statusCode}: ${text.slice(0, 200)}`));
        });
      });
    });
  }

  /** Counts events until it is closed; resolves once the server has begun to answer. */
  watch(path: string, onEvents: (count: number) => void): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const request = this.request(path);
      request.on('error', reject);
      request.on('response', (response) => {
        response.on('data', (chunk: Buffer) => {
          let count = 0;
          for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) count += 1;
          if (count > 0) onEvents(count);
        });
        response.on('error', () => {});
        resolve(() => request.destroy());
      });
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** `work` for 0 to `count - 1`, so many at a time. */
const each = async (count: number, atOnce: number, work: (at: number) => Promise<unknown>): Promise<void> => {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < count; at = next++) await work(at);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
};

const COLLECTION = `/api/v1/namespaces/${NAMESPACE}/pods`;

const load = async (target: Target): Promise<Figures> => {
  const clients = Array.from({ length: CONNECTIONS }, () => new Client(target));
  const client = clients[0] ?? new Client(target);
  // The first list fills caches on both sides; the second is what people wait for.
  await client.text(COLLECTION, { accept: TABLE });
  const listed = performance.now();
  const table = await client.text(COLLECTION, { accept: TABLE });
  const listMs = performance.now() - listed;
  const rows = (JSON.parse(table) as { rows: unknown[] }).rows.length;

  /** Every pod but once, over all connections. */
  const patchAll = async (step: string): Promise<number> => {
    const begin = performance.now();
    await each(PATCHES, CONNECTIONS, (at) =>
      (clients[at % CONNECTIONS] ?? client).text(`${COLLECTION}/${podName(at)}`, {
        method: 'PATCH',
        type: MERGE,
        body: JSON.stringify({ metadata: { labels: { step } } }),
      }),
    );
    return (performance.now() - begin) / 1000;
  };
  const patchSeconds = await patchAll('alone');

  const { metadata } = JSON.parse(await client.text(`${COLLECTION}?limit=1`)) as {
    metadata: { resourceVersion: string };
  };
  let events = 0;
  let allSeen = (): void => {};
  const seen = new Promise<void>((done) => {
    allSeen = done;
  });
  const watcher = new Client(target);
  const ends = await Promise.all(
    Array.from({ length: WATCHES }, () =>
      watcher.watch(`${COLLECTION}?watch=true&resourceVersion=${metadata.resourceVersion}`, (count) => {
        events += count;
        if (events >= PATCHES * WATCHES) allSeen();
      }),
    ),
  );
  const begin = performance.now();
  await patchAll('told');
  await seen;
  const toldSeconds = (performance.now() - begin) / 1000;
  for (const end of ends) end();
  for (const one of [...clients, watcher]) one.close();
  return { listMs, listMb: table.length / 1e6, rows, patchSeconds, toldSeconds, events };
};

/** In a thread of its own, so that the client's work is not the server's. */
const loadFromOutside = (target: Target): Promise<Figures> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: target });
    worker.once('message', (figures: Figures) => {
      resolve(figures);
      void worker.terminate();
    });
    worker.once('error', reject);
  });

const onTwin = async (): Promise<Figures> => {
  const clock = new VirtualClock(Date.now());
  const world = createWorld({ clock, random: seededRandom(1, 'bench'), garbageCollector: false });
  const api = world.api();
  for (let at = 0; at < POD_COUNT; at += 1) {
    const made = await api.create(PODS, pod(at), { fieldManager: 'bench' });
    if (!made.ok) throw new Error(made.fault.message);
  }
  const onBug = (bug: unknown): void => console.error(bug);
  const served = await serveTwin({ world, clock, speed: 1, port: 0, now: Date.now(), onBug });
  const token = digText(JSON.parse(served.kubeconfig), 'users', 0, 'user', 'token') ?? '';
  try {
    return await loadFromOutside({ url: served.url, token });
  } finally {
    await served.stop();
  }
};

const onRealServer = async (): Promise<Figures | string> => {
  const parts = realPart('realparts');
  if (parts.absent) return parts.title('kube-apiserver');
  const cluster = await startCluster();
  try {
    const target = { url: cluster.server, token: TOKENS.admin };
    const client = new Client(target);
    await each(POD_COUNT, 64, (at) => client.text(COLLECTION, { method: 'POST', body: JSON.stringify(pod(at)) }));
    client.close();
    return await loadFromOutside(target);
  } finally {
    await cluster.stop();
  }
};

const words = ({ listMs, listMb, patchSeconds, toldSeconds }: Figures): string =>
  `list ${Math.round(listMs)} ms (${listMb.toFixed(1)} MB), ${Math.round(PATCHES / patchSeconds)} patches/s alone, ${Math.round(PATCHES / toldSeconds)} patches/s told to ${WATCHES} watches (${Math.round((PATCHES * WATCHES) / toldSeconds)} events/s)`;

const run = async (): Promise<Measured> => {
  const ours = await onTwin();
  const real = await onRealServer();
  return {
    seconds: ours.listMs / 1000 + ours.patchSeconds + ours.toldSeconds,
    checksum: `${ours.rows} rows, ${ours.events} events`,
    detail: `${words(ours)}; kube-apiserver: ${typeof real === 'string' ? real : words(real)}`,
  };
};

export const workload: Workload = {
  name: `twin API, ${POD_COUNT} pods as a table, ${PATCHES} patches told to ${WATCHES} watches`,
  aim: 'at least 1,000 patches/s; no slower than kube-apiserver in the same run',
  run,
};

if (!isMainThread && parentPort !== null) parentPort.postMessage(await load(workerData as Target));
