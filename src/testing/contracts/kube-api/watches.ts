/** Contract of KubeApi: watches. */
import { expect } from 'vitest';
import { CONFIG_MAPS, PODS } from '../../../core/model/kube-resource.ts';
import type { KubeApi, WatchEvent, WatchOptions } from '../../../core/ports/kube-api.ts';
import { configMap, type ContractTest, good, keyOf, versionOf } from './world.ts';

/** `ADDED a`, `BOOKMARK`, `FAILED kube-gone`. */
const short = (event: WatchEvent): string => {
  if (event.type === 'BOOKMARK') return event.initialEventsEnd ? 'BOOKMARK end' : 'BOOKMARK';
  return event.type === 'FAILED' ? `FAILED ${event.fault.code}` : `${event.type} ${event.object.metadata.name}`;
};

/** Events until there are `count`, bookmarks of the server's own left out, or until the watch ends. */
const take = async (api: KubeApi, options: WatchOptions, count: number): Promise<readonly WatchEvent[]> => {
  const events: WatchEvent[] = [];
  for await (const event of api.watch(CONFIG_MAPS, options)) {
    if (event.type === 'BOOKMARK' && !event.initialEventsEnd) continue;
    events.push(event);
    if (events.length === count) break;
  }
  return events;
};

export const watchContract = (it: ContractTest): void => {
  it('a watch from a list misses nothing and repeats nothing', async ({ api }, namespace) => {
    good(await api.create(CONFIG_MAPS, configMap(namespace, 'before')));
    const { resourceVersion } = good(await api.list(CONFIG_MAPS, { namespace }));
    const made = good(await api.create(CONFIG_MAPS, configMap(namespace, 'a', { n: '1' })));
    const changed = good(await api.update(CONFIG_MAPS, { ...made, data: { n: '2' } }));
    good(await api.delete(CONFIG_MAPS, keyOf(made)));
    const events = await take(api, { namespace, resourceVersion, timeoutSeconds: 20 }, 3);
    expect(events.map(short)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
    const [added, modified, deleted] = events.map((event) => ('object' in event ? event.object : undefined));
    expect(added).toEqual(made);
    expect(modified).toEqual(changed);
    expect(deleted).toMatchObject({ kind: 'ConfigMap', data: { n: '2' } });
    expect(BigInt(deleted === undefined ? 0 : versionOf(deleted))).toBeGreaterThan(BigInt(versionOf(changed)));
  });

  it('omitManagedFields leaves out managedFields and nothing else', async ({ api }, namespace) => {
    const made = good(await api.create(CONFIG_MAPS, configMap(namespace, 'a', { n: '1' })));
    const options = { namespace, initialEvents: true, timeoutSeconds: 20 };
    const [whole] = await take(api, options, 1);
    const [less] = await take(api, { ...options, omitManagedFields: true }, 1);
    const { managedFields, ...metadata } = made.metadata;
    expect(managedFields).toBeDefined();
    expect(whole).toEqual({ type: 'ADDED', object: made });
    expect(less).toEqual({ type: 'ADDED', object: { ...made, metadata } });
  });

  it('events come while the watch is open', async ({ api, sleep }, namespace) => {
    const { resourceVersion } = good(await api.list(CONFIG_MAPS, { namespace }));
    const events = take(api, { namespace, resourceVersion, timeoutSeconds: 20 }, 2);
    await sleep(50);
    good(await api.create(CONFIG_MAPS, configMap(namespace, 'a')));
    good(await api.create(CONFIG_MAPS, configMap(namespace, 'b')));
    expect((await events).map(short)).toEqual(['ADDED a', 'ADDED b']);
  });

  it('initialEvents gives all there is, then says that this was all, then goes on', async ({
    api,
    sleep,
  }, namespace) => {
    for (const name of ['a', 'b']) good(await api.create(CONFIG_MAPS, configMap(namespace, name)));
    const events = take(api, { namespace, initialEvents: true, timeoutSeconds: 20 }, 4);
    await sleep(200);
    good(await api.create(CONFIG_MAPS, configMap(namespace, 'c')));
    const seen = (await events).map(short);
    expect(seen.slice(0, 2).toSorted()).toEqual(['ADDED a', 'ADDED b']);
    expect(seen.slice(2)).toEqual(['BOOKMARK end', 'ADDED c']);
  });

  it('a bookmark can be resumed from', async ({ api }, namespace) => {
    good(await api.create(CONFIG_MAPS, configMap(namespace, 'a')));
    const all = await take(api, { namespace, initialEvents: true, timeoutSeconds: 20 }, 2);
    const mark = all.find((event) => event.type === 'BOOKMARK');
    good(await api.create(CONFIG_MAPS, configMap(namespace, 'b')));
    const resumed = await take(api, { namespace, resourceVersion: mark?.resourceVersion ?? '', timeoutSeconds: 20 }, 1);
    expect(resumed.map(short)).toEqual(['ADDED b']);
  });

  it('an object that leaves the selection is DELETED for it, one that enters is ADDED', async ({ api }, namespace) => {
    const { resourceVersion } = good(await api.list(CONFIG_MAPS, { namespace }));
    const relabel = async (name: string, color: string): Promise<void> => {
      const body = { metadata: { labels: { color } } };
      good(await api.patch(CONFIG_MAPS, { namespace, name }, { type: 'merge', body }));
    };
    good(await api.create(CONFIG_MAPS, configMap(namespace, 'a', {}, { color: 'red' })));
    good(await api.create(CONFIG_MAPS, configMap(namespace, 'b', {}, { color: 'blue' })));
    await relabel('a', 'blue');
    await relabel('b', 'red');
    const selection = { namespace, resourceVersion, labelSelector: 'color=red', timeoutSeconds: 20 };
    const events = await take(api, selection, 3);
    expect(events.map(short)).toEqual(['ADDED a', 'DELETED a', 'ADDED b']);
  });

  it('the end of its time is no fault', async ({ api, sleep }, namespace) => {
    const { resourceVersion } = good(await api.list(CONFIG_MAPS, { namespace }));
    const events = take(api, { namespace, resourceVersion, timeoutSeconds: 1 }, 1);
    await sleep(1_500);
    expect(await events).toEqual([]);
  });

  it('a bookmark tells of what passes by elsewhere', async ({ api, sleep }, namespace) => {
    const { resourceVersion } = good(await api.list(CONFIG_MAPS, { namespace }));
    const watching = (async (): Promise<readonly string[]> => {
      const marks: string[] = [];
      for await (const event of api.watch(CONFIG_MAPS, { namespace, resourceVersion, timeoutSeconds: 6 }))
        if (event.type === 'BOOKMARK') marks.push(event.resourceVersion);
      return marks;
    })();
    await sleep(1_000);
    const elsewhere = good(await api.create(CONFIG_MAPS, configMap('default', namespace)));
    // The watch ends by the world's own time.
    await sleep(6_000);
    expect(await watching).toContain(versionOf(elsewhere));
  });

  it('a version that is forgotten is kube-gone', async ({ api, forgetHistory }, namespace) => {
    const { resourceVersion } = good(await api.list(CONFIG_MAPS, { namespace }));
    good(await api.create(CONFIG_MAPS, configMap(namespace, 'a')));
    await forgetHistory();
    const events = await take(api, { namespace, resourceVersion, timeoutSeconds: 5 }, 1);
    expect(events.map(short)).toEqual(['FAILED kube-gone']);
  });

  it('a kind that is absent fails once and ends', async ({ api }, namespace) => {
    const events: string[] = [];
    for await (const event of api.watch({ ...PODS, plural: 'nosuchthings' }, { namespace })) events.push(short(event));
    expect(events).toEqual(['FAILED kube-kind-absent']);
  });

  it('aborting throws the reason', async ({ api, sleep }, namespace) => {
    const abort = new AbortController();
    const watching = (async () => {
      for await (const event of api.watch(CONFIG_MAPS, { namespace, signal: abort.signal })) short(event);
    })();
    const outcome = watching.then(
      () => 'ended',
      (error: unknown) => error,
    );
    await sleep(200);
    const reason = new Error('enough');
    abort.abort(reason);
    expect(await outcome).toBe(reason);
  });
};
