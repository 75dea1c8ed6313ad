/** Reflector and leader election at a real kube-apiserver, which is killed, forgets, and comes back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { CONFIG_MAPS } from '../../src/core/model/kube-resource.ts';
import type { KubeApi } from '../../src/core/ports/kube-api.ts';
import { silentLog } from '../../src/core/ports/log.ts';
import { noMetrics } from '../../src/core/ports/metrics.ts';
import { runAsLeader } from '../../src/runtime/leader.ts';
import { createReflector } from '../../src/runtime/reflector.ts';
import { configMap, good } from '../../src/testing/contracts/kube-api/world.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { forgetHistory } from './forget-history.ts';
import { apiOf } from './real-api.ts';
import { realPart } from './real-parts.ts';

const parts = realPart('realparts');
const random = { next: Math.random };

describe.skipIf(parts.absent)(parts.title('the runtime at a real kube-apiserver'), () => {
  let cluster: Cluster;
  let api: KubeApi;
  beforeAll(async () => {
    cluster = await startCluster();
    api = await apiOf(cluster);
  });
  afterAll(() => cluster?.stop());

  const write = async (name: string, n: number): Promise<void> => {
    good(
      await api.apply(CONFIG_MAPS, configMap('default', name, { n: String(n) }), { fieldManager: 'test', force: true }),
    );
  };

  const stored = async (): Promise<unknown> => {
    const { items } = good(await api.list(CONFIG_MAPS, { namespace: 'default' }));
    return Object.fromEntries(items.map((item) => [`default/${item.metadata.name}`, item['data']]));
  };

  test.for([
    ['a restart', (): Promise<void> => cluster.restartApiServer()],
    ['a restart that forgets', (): Promise<void> => forgetHistory(cluster, api)],
  ] as const)('a reflector has what the server has, after %s too', async ([, trouble]) => {
    for (let n = 0; n < 30; n += 1) await write(`r-${n}`, 0);
    const counted: string[] = [];
    const reflector = createReflector({
      api,
      kind: CONFIG_MAPS,
      selection: { namespace: 'default' },
      project: (object) => object['data'],
      clock: systemClock,
      random,
      log: silentLog,
      metrics: { ...noMetrics, count: (name) => void counted.push(name) },
    });
    const held = (): unknown =>
      Object.fromEntries([...reflector.store.keys()].map((key) => [key, reflector.store.get(key)]));
    const agrees = async (): Promise<boolean> => isDeepStrictEqual(held(), await stored());
    const abort = new AbortController();
    const running = reflector.run(abort.signal);
    await reflector.whenSynced();
    expect(await agrees()).toBe(true);
    await write('r-1', 1);
    await trouble();
    await write('r-2', 2);
    good(await api.delete(CONFIG_MAPS, { namespace: 'default', name: 'r-3' }));
    await expect.poll(agrees, { timeout: 20_000, interval: 200 }).toBe(true);
    expect(reflector.trouble()).toBeUndefined();
    abort.abort();
    await running;
  });

  test('a leader that is gone is followed by another, and one that gives back at once', async () => {
    const lease = { namespace: 'default', name: 'leader' };
    const terms: string[] = [];
    const candidate = (identity: string): { readonly stop: () => Promise<void> } => {
      const abort = new AbortController();
      const timing = { leaseMs: 3_000, renewMs: 2_000, retryMs: 300 };
      const options = { api, lease, identity, clock: systemClock, random, log: silentLog, ...timing };
      const work = (term: { readonly signal: AbortSignal }): Promise<void> => {
        terms.push(identity);
        return new Promise((resolve) => term.signal.addEventListener('abort', () => resolve()));
      };
      const running = runAsLeader(options, work, abort.signal);
      return {
        stop: async () => {
          abort.abort();
          await running;
        },
      };
    };
    const one = candidate('one');
    await expect.poll(() => terms, { timeout: 5_000 }).toEqual(['one']);
    const two = candidate('two');
    await sleep(1_500);
    expect(terms).toEqual(['one']);
    await one.stop();
    await expect.poll(() => terms, { timeout: 2_500 }).toEqual(['one', 'two']);
    await two.stop();
  });
});
