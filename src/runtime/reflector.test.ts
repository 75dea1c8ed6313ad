import { expect, test } from 'vitest';
import { CONFIG_MAPS } from '../core/model/kube-resource.ts';
import type { KubeApi, Page, WatchEvent, WatchOptions } from '../core/ports/kube-api.ts';
import type { Log } from '../core/ports/log.ts';
import type { Metrics } from '../core/ports/metrics.ts';
import {
  added,
  anObject,
  bookmark,
  deleted,
  failedWith,
  modified,
  refused,
  scriptedKubeApi,
} from '../testing/scripted-kube-api.ts';
import { VirtualClock } from '../twin/virtual-clock.ts';
import { createReflector, type Reflector } from './reflector.ts';
import type { Change } from './reflector-store.ts';

/** Events of one watch; `open` leaves it open until it is aborted, `forever` until its time is up. */
type Script = readonly (WatchEvent | { readonly waitMs: number } | 'open')[];

interface Bench {
  readonly clock: VirtualClock;
  readonly reflector: Reflector<string>;
  readonly changes: string[];
  readonly asked: string[];
  /** When each watch was asked for. */
  readonly times: number[];
  /** For how long each was asked for. */
  readonly seconds: number[];
  readonly logged: string[];
  readonly counted: string[];
  readonly stop: () => Promise<void>;
}

const begin = (
  watches: readonly Script[],
  more: Partial<KubeApi> = {},
  onChange?: (change: Change<string>) => void,
): Bench => {
  const clock = new VirtualClock();
  const changes: string[] = [];
  const asked: string[] = [];
  const times: number[] = [];
  const seconds: number[] = [];
  const logged: string[] = [];
  const counted: string[] = [];
  const scripts = [...watches];
  const api = scriptedKubeApi({
    watch: (_kind, options = {}) => {
      asked.push(describe(options));
      times.push(clock.now());
      seconds.push(options.timeoutSeconds ?? 0);
      return play(clock, scripts.shift() ?? ['open'], options);
    },
    ...more,
  });
  const say = (message: string): void => void logged.push(message);
  const log: Log = { debug: say, info: say, warn: say, error: say };
  const metrics: Metrics = { count: (name) => void counted.push(name), gauge: () => {}, observe: () => {} };
  const reflector = createReflector({
    api,
    kind: CONFIG_MAPS,
    project: (object) => object.metadata.resourceVersion ?? '',
    handler: (change) => {
      onChange?.(change);
      changes.push(`${change.type} ${change.key}`);
    },
    clock,
    random: { next: () => 0 },
    log,
    metrics,
  });
  const abort = new AbortController();
  const running = reflector.run(abort.signal);
  const stop = async (): Promise<void> => {
    abort.abort();
    await running;
  };
  return { clock, reflector, changes, asked, times, seconds, logged, counted, stop };
};

const describe = ({ resourceVersion, initialEvents }: WatchOptions): string =>
  initialEvents === true ? 'watch-list' : `watch from ${resourceVersion ?? 'now'}`;

async function* play(clock: VirtualClock, script: Script, { signal }: WatchOptions): AsyncGenerator<WatchEvent> {
  for (const step of script) {
    if (step === 'open') await clock.sleep(1e12, signal);
    else if ('waitMs' in step) await clock.sleep(step.waitMs, signal);
    else yield step;
  }
}

const all = ({ store }: Reflector<string>): string[] =>
  [...store.keys()].toSorted().map((key) => `${key}@${store.get(key)}`);

test('it lists and watches in one stream, and says when it has all', async () => {
  const bench = begin([
    [
      added('a', '1'),
      added('b', '2'),
      { waitMs: 10 },
      bookmark('5', true),
      modified('a', '6'),
      deleted('b', '7'),
      'open',
    ],
  ]);
  let synced = false;
  void bench.reflector.whenSynced().then(() => {
    synced = true;
  });
  await bench.clock.run(9);
  expect(synced).toBe(false);
  await bench.clock.run(1);
  expect(synced).toBe(true);
  expect(all(bench.reflector)).toEqual(['default/a@6']);
  expect(bench.changes).toEqual(['added default/a', 'added default/b', 'changed default/a', 'removed default/b']);
  await bench.stop();
});

test('a watch that ends is resumed where it was, by event or bookmark', async () => {
  const bench = begin([
    [bookmark('5', true), added('a', '6'), { waitMs: 2_000 }],
    [{ waitMs: 2_000 }, bookmark('9'), { waitMs: 2_000 }],
    ['open'],
  ]);
  await bench.clock.run(60_000);
  expect(bench.asked).toEqual(['watch-list', 'watch from 6', 'watch from 9']);
  expect(bench.reflector.trouble()).toBeUndefined();
  await bench.stop();
});

test('what the server has forgotten is listed anew, and only what differs is told', async () => {
  const bench = begin([
    [added('kept', '1'), added('changed', '2'), added('gone', '3'), bookmark('5', true), { waitMs: 2_000 }],
    [failedWith('kube-gone')],
    [added('kept', '1'), added('changed', '8'), added('fresh', '9'), bookmark('10', true), 'open'],
  ]);
  await bench.clock.run(10_000);
  expect(bench.asked).toEqual(['watch-list', 'watch from 5', 'watch-list']);
  expect(all(bench.reflector)).toEqual(['default/changed@8', 'default/fresh@9', 'default/kept@1']);
  expect(bench.changes.slice(3)).toEqual(['changed default/changed', 'added default/fresh', 'removed default/gone']);
  await bench.stop();
});

test('failures back off, grow, and are over with the first thing that comes', async () => {
  const failure = [failedWith('kube-unreachable')];
  const bench = begin([failure, failure, failure, [bookmark('1', true), ...failure], ['open']]);
  await bench.clock.run(1_000);
  expect(bench.reflector.trouble()).toMatchObject({ code: 'kube-unreachable' });
  await bench.clock.run(60_000);
  expect(bench.times).toEqual([0, 800, 800 + 1_600, 800 + 1_600 + 3_200, 800 + 1_600 + 3_200 + 800]);
  await bench.stop();
});

test('after a failure a short watch proves that all is well again', async () => {
  const quiet = [{ waitMs: 30_000 }];
  const bench = begin([[bookmark('1', true), { waitMs: 2_000 }], [failedWith('kube-unreachable')], quiet, ['open']]);
  await bench.clock.run(10_000);
  expect(bench.reflector.trouble()).toMatchObject({ code: 'kube-unreachable' });
  await bench.clock.run(30_000);
  expect(bench.reflector.trouble()).toBeUndefined();
  expect(bench.seconds).toEqual([300, 300, 30, 300]);
  await bench.stop();
});

test('Retry-After is kept to', async () => {
  const fault = { code: 'kube-throttled', message: 'busy', next: 'retry', retryAfterMs: 20_000 } as const;
  const bench = begin([[{ type: 'FAILED', fault }], ['open']]);
  await bench.clock.run(60_000);
  expect(bench.times).toEqual([0, 20_000]);
  await bench.stop();
});

test('a server that refuses watch-list is listed in pages', async () => {
  const pages: Record<string, Page> = {
    first: { items: [anObject('a', '1')], resourceVersion: '7', continue: 'second' },
    second: { items: [anObject('b', '2')], resourceVersion: '7' },
  };
  const bench = begin([[failedWith('kube-invalid')], ['open']], {
    list: (_kind, options = {}) => {
      bench.asked.push(`list ${options.continue ?? 'first'} of ${options.limit}`);
      const page = pages[options.continue ?? 'first'];
      return Promise.resolve(page === undefined ? refused('kube-invalid') : { ok: true, value: page });
    },
  });
  await bench.clock.run(10);
  expect(bench.asked).toEqual(['watch-list', 'list first of 500', 'list second of 500', 'watch from 7']);
  expect(all(bench.reflector)).toEqual(['default/a@1', 'default/b@2']);
  await bench.stop();
});

test('a server that does not know watch-list is found out by its silence', async () => {
  const bench = begin([[added('a', '1'), { waitMs: 300_000 }], ['open']], {
    list: () => Promise.resolve({ ok: true, value: { items: [anObject('a', '1')], resourceVersion: '3' } }),
  });
  await bench.clock.run(301_000);
  expect(bench.asked).toEqual(['watch-list', 'watch from 3']);
  expect(bench.changes).toEqual(['added default/a']);
  await bench.stop();
});

test('a list that the server forgets between two pages begins anew, and not in a hot loop', async () => {
  let lists = 0;
  const bench = begin([[failedWith('kube-invalid')]], {
    list: (_kind, options = {}) => {
      if (options.continue !== undefined) return Promise.resolve(refused('kube-gone'));
      lists += 1;
      return Promise.resolve({ ok: true, value: { items: [anObject('a', '1')], resourceVersion: '3', continue: 'x' } });
    },
  });
  await bench.clock.run(10_000);
  expect(lists).toBeGreaterThan(2);
  expect(lists).toBeLessThan(7);
  await bench.stop();
});

test('a watch that hangs beyond its own time is given up', async () => {
  const bench = begin([[bookmark('5', true), 'open'], ['open']]);
  await bench.clock.run(329_000);
  expect(bench.asked).toEqual(['watch-list']);
  await bench.clock.run(2_000);
  expect(bench.asked).toEqual(['watch-list', 'watch-list']);
  expect(bench.reflector.trouble()?.message).toContain('did not end within 330 s');
  await bench.stop();
});

test('a watch that ends at once with nothing in it is not asked for again at once', async () => {
  const bench = begin([[bookmark('5', true)], [], [], [], []]);
  await bench.clock.run(3_000);
  expect(bench.asked.length).toBeLessThan(5);
  expect(bench.reflector.trouble()).toMatchObject({ code: 'kube-broken-answer' });
  await bench.stop();
});

test('a handler that throws is counted and logged, and gets the change again', async () => {
  let angry = 2;
  const bench = begin([[added('a', '1'), added('b', '2'), bookmark('5', true), 'open']], {}, ({ key }) => {
    if (key === 'default/a' && angry-- > 0) throw new Error('a bug');
  });
  await bench.clock.run(500);
  expect(bench.changes).toEqual(['added default/b']);
  expect(all(bench.reflector)).toEqual(['default/a@1', 'default/b@2']);
  await bench.clock.run(10_000);
  expect(bench.changes).toEqual(['added default/b', 'added default/a']);
  expect(bench.counted.filter((name) => name === 'nicwright_reflector_handler_errors_total')).toHaveLength(2);
  expect(bench.logged.filter((line) => line.includes('a bug in a handler of ConfigMap: added default/a'))).toHaveLength(
    2,
  );
  await bench.stop();
});

test('a handler that always throws is left alone at last', async () => {
  let calls = 0;
  const bench = begin([[added('a', '1'), bookmark('5', true), 'open']], {}, () => {
    calls += 1;
    throw new Error('a bug');
  });
  await bench.clock.run(3_600_000);
  expect(calls).toBe(8);
  await bench.stop();
});

test('a change that was refused and is overtaken comes once', async () => {
  let angry = true;
  const bench = begin([[added('a', '1'), bookmark('5', true), { waitMs: 500 }, modified('a', '6'), 'open']], {}, () => {
    if (angry) {
      angry = false;
      throw new Error('a bug');
    }
  });
  await bench.clock.run(60_000);
  expect(bench.changes).toEqual(['changed default/a']);
  await bench.stop();
});

test('stopping ends a sleep, a watch and the run', async () => {
  const open = begin([['open']]);
  await open.clock.run(10);
  await open.stop();
  const asleep = begin([[failedWith('kube-unreachable')]]);
  await asleep.clock.run(10);
  await asleep.stop();
});
