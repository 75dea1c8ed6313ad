/** The same small world on the twin and on real controllers, with kwok for kubelets, ends in the same objects. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { NODES } from '../../src/core/model/kube-resource.ts';
import { good } from '../../src/testing/contracts/kube-api/world.ts';
import { createTwin } from '../../src/twin/twin.ts';
import { plainScenario } from '../../src/twin/scenarios/plain-fleet.ts';
import { startCluster } from './cluster.ts';
import { apiOf } from './real-api.ts';
import { realPart } from './real-parts.ts';
import { playSmallWorld, SMALL_NODES, smallWorldOutcome } from './small-world.ts';

const parts = realPart('realparts');

type Outcome = Awaited<ReturnType<typeof smallWorldOutcome>>;

const onTwin = async (seed: number): Promise<Outcome> => {
  const twin = createTwin(plainScenario(SMALL_NODES), seed);
  const api = twin.world.api();
  const until = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
    for (let second = 0; second < 1_800; second += 1) {
      if (await isSo()) return;
      await twin.clock.run(1_000);
    }
    throw new Error(`on the twin it never came about that ${what}`);
  };
  await playSmallWorld({
    api,
    until,
    drain: async (node) => {
      twin.act({ do: 'drain', node });
      await twin.clock.run(300_000);
    },
  });
  await twin.clock.run(60_000);
  return smallWorldOutcome(api);
};

const onKwok = async (): Promise<Outcome> => {
  const cluster = await startCluster({ controllers: true, scheduler: true, kwok: true });
  try {
    const api = await apiOf(cluster);
    for (const name of SMALL_NODES) {
      const metadata = { name, annotations: { 'kwok.x-k8s.io/node': 'fake' } };
      const made = good(await api.create(NODES, { apiVersion: 'v1', kind: 'Node', metadata }));
      const room = { cpu: '8', memory: '16Gi', pods: '110' };
      const body = { status: { capacity: room, allocatable: room } };
      good(await api.patch(NODES, { name: made.metadata.name }, { type: 'merge', body }, { subresource: 'status' }));
    }
    const until = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
      const end = performance.now() + 60_000;
      while (!(await isSo())) {
        if (performance.now() > end) throw new Error(`on the real cluster it never came about that ${what}`);
        await sleep(200);
      }
    };
    await playSmallWorld({
      api,
      until,
      drain: async (node) => {
        const ran = await cluster.kubectl([
          'drain',
          node,
          '--ignore-daemonsets',
          '--delete-emptydir-data',
          '--force',
          '--timeout=60s',
        ]);
        if (ran.code !== 0) throw new Error(ran.stderr);
      },
    });
    await sleep(2_000);
    return await smallWorldOutcome(api);
  } finally {
    await cluster.stop();
  }
};

describe.skipIf(parts.absent)(parts.title('the small world on the twin and on real controllers'), () => {
  test('ends in the same objects', { timeout: 180_000 }, async () => {
    const real = await onKwok();
    const twin = await onTwin(1);
    expect(Object.keys(twin)).toEqual(Object.keys(real));
    expect(twin).toEqual(real);
    for (const seed of [2, 3]) expect(await onTwin(seed)).toEqual(twin);
  });
});
