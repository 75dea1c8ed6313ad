/** The twin's API as clients other than ours meet it: the official client for JavaScript, other addresses, its clock. */
import net from 'node:net';
import os from 'node:os';
import {
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  Watch,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CONFIG_MAPS } from '../../core/model/kube-resource.ts';
import { seededRandom } from '../../twin/seeded-random.ts';
import { VirtualClock } from '../../twin/virtual-clock.ts';
import { createWorld, type World } from '../../twin/world/world.ts';
import { type ServedTwin, serveTwin } from './serve-twin.ts';

let world: World;
let served: ServedTwin;
let config: KubeConfig;
const bugs: unknown[] = [];

beforeAll(async () => {
  const clock = new VirtualClock(Date.UTC(2026, 10, 20));
  world = createWorld({ clock, random: seededRandom(1, 'serve') });
  served = await serveTwin({ world, clock, speed: 60, port: 0, now: Date.now(), onBug: (bug) => void bugs.push(bug) });
  config = new KubeConfig();
  config.loadFromString(served.kubeconfig);
});
afterAll(async () => {
  await served?.stop();
  expect(bugs).toEqual([]);
});

const map = (name: string, data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data,
});

test('the client for JavaScript lists, patches, applies and deletes', async () => {
  const core = config.makeApiClient(CoreV1Api);
  await core.createNamespacedConfigMap({ namespace: 'default', body: map('one', { a: '1' }) });
  const listed = await core.listNamespacedConfigMap({ namespace: 'default' });
  expect(listed.items.map((item) => item.metadata?.name)).toContain('one');
  const objects = KubernetesObjectApi.makeApiClient(config);
  const applied = await objects.patch(
    map('one', { b: '2' }),
    undefined,
    undefined,
    'tester',
    true,
    PatchStrategy.ServerSideApply,
  );
  expect(applied).toMatchObject({ data: { a: '1', b: '2' } });
  await core.deleteNamespacedConfigMap({ namespace: 'default', name: 'one' });
  await expect(core.readNamespacedConfigMap({ namespace: 'default', name: 'one' })).rejects.toMatchObject({
    code: 404,
  });
});

test('its watch and its informer see changes as they come', async () => {
  const seen: string[] = [];
  let isEnough: () => void = () => {};
  const enough = new Promise<void>((done) => {
    isEnough = done;
  });
  const controller = await new Watch(config).watch(
    '/api/v1/namespaces/default/configmaps',
    {},
    (phase: string, object: { metadata: { name: string } }) => {
      seen.push(`${phase} ${object.metadata.name}`);
      if (seen.length === 2) isEnough();
    },
    () => {},
  );
  const core = config.makeApiClient(CoreV1Api);
  const informer = makeInformer(config, '/api/v1/namespaces/default/configmaps', () =>
    core.listNamespacedConfigMap({ namespace: 'default' }),
  );
  const told = new Promise<string>((done) => informer.on('add', (object) => done(object.metadata?.name ?? '')));
  informer.on('error', () => {});
  await informer.start();
  const actor = world.actor('test');
  actor.create(CONFIG_MAPS, map('seen', { a: '1' }));
  actor.delete(CONFIG_MAPS, { namespace: 'default', name: 'seen' });
  await enough;
  expect(await told).toBe('seen');
  expect(seen).toEqual(['ADDED seen', 'DELETED seen']);
  controller.abort();
  await informer.stop();
});

test('it listens on the loopback address alone', async () => {
  const port = Number(new URL(served.url).port);
  const others = Object.values(os.networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal }) => !internal);
  const reaches = (host: string): Promise<boolean> =>
    new Promise((done) => {
      const socket = net.connect({ host, port, timeout: 2_000 });
      socket.on('connect', () => {
        socket.destroy();
        done(true);
      });
      socket.on('error', () => done(false));
      socket.on('timeout', () => done(false));
    });
  expect(await reaches('127.0.0.1')).toBe(true);
  for (const { address } of others) expect(await reaches(address), address).toBe(false);
});

test('a port that is taken is told to whoever starts it', async () => {
  const clock = new VirtualClock(0);
  const port = Number(new URL(served.url).port);
  await expect(
    serveTwin({
      world: createWorld({ clock, random: seededRandom(1, 'other') }),
      clock,
      speed: 1,
      port,
      now: Date.now(),
      onBug: () => {},
    }),
  ).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
