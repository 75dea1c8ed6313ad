/** Contract of KubeApi: server-side apply and the three kinds of patch. */
import { expect } from 'vitest';
import { dig } from '../../../core/model/dig.ts';
import { CONFIG_MAPS, PODS } from '../../../core/model/kube-resource.ts';
import { configMap, type ContractTest, expectFault, good, keyOf, pod, versionOf, WIDGETS, widget } from './world.ts';

export const writeContract = (it: ContractTest): void => {
  it('apply creates what is not there', async ({ api }, namespace) => {
    const made = good(await api.apply(CONFIG_MAPS, configMap(namespace, 'a', { n: '1' }), { fieldManager: 'one' }));
    expect(made).toMatchObject({ data: { n: '1' } });
    expect(dig(made, 'metadata', 'managedFields', 0)).toMatchObject({ manager: 'one', operation: 'Apply' });
  });

  it('applying the same again keeps the version', async ({ api }, namespace) => {
    const wanted = configMap(namespace, 'a', { n: '1' });
    const first = good(await api.apply(CONFIG_MAPS, wanted, { fieldManager: 'one' }));
    const again = good(await api.apply(CONFIG_MAPS, wanted, { fieldManager: 'one' }));
    expect(versionOf(again)).toBe(versionOf(first));
  });

  it('apply removes what its manager set before and names no more, and nothing else', async ({ api }, namespace) => {
    good(await api.apply(CONFIG_MAPS, configMap(namespace, 'a', { mine: '1', gone: '2' }), { fieldManager: 'one' }));
    good(await api.apply(CONFIG_MAPS, configMap(namespace, 'a', { theirs: '3' }), { fieldManager: 'two' }));
    const after = good(await api.apply(CONFIG_MAPS, configMap(namespace, 'a', { mine: '1' }), { fieldManager: 'one' }));
    expect(after['data']).toEqual({ mine: '1', theirs: '3' });
  });

  it('a field of another manager is kube-conflict with owner and field; force takes it', async ({ api }, namespace) => {
    good(await api.apply(CONFIG_MAPS, configMap(namespace, 'a', { n: '1' }), { fieldManager: 'one' }));
    const wanted = configMap(namespace, 'a', { n: '2' });
    const refused = await api.apply(CONFIG_MAPS, wanted, { fieldManager: 'two' });
    expectFault(refused, 'kube-conflict', {
      status: 409,
      causes: [{ reason: 'FieldManagerConflict', field: '.data.n', message: 'conflict with "one"' }],
    });
    const taken = good(await api.apply(CONFIG_MAPS, wanted, { fieldManager: 'two', force: true }));
    expect(taken['data']).toEqual({ n: '2' });
    const back = await api.apply(CONFIG_MAPS, configMap(namespace, 'a', { n: '1' }), { fieldManager: 'one' });
    expectFault(back, 'kube-conflict');
  });

  it('the same value from two managers is no conflict, and stays while one of them wants it', async ({
    api,
  }, namespace) => {
    const wanted = configMap(namespace, 'a', { n: '1' });
    good(await api.apply(CONFIG_MAPS, wanted, { fieldManager: 'one' }));
    good(await api.apply(CONFIG_MAPS, wanted, { fieldManager: 'two' }));
    const after = good(await api.apply(CONFIG_MAPS, configMap(namespace, 'a'), { fieldManager: 'one' }));
    expect(after['data']).toEqual({ n: '1' });
  });

  it('a dry run of apply stores nothing', async ({ api }, namespace) => {
    const wanted = configMap(namespace, 'a', { n: '1' });
    good(await api.apply(CONFIG_MAPS, wanted, { fieldManager: 'one', dryRun: true }));
    expectFault(await api.get(CONFIG_MAPS, keyOf(wanted)), 'kube-not-found');
  });

  it('lists of maps are applied by their keys', async ({ api }, namespace) => {
    good(await api.create(PODS, pod(namespace, 'p')));
    const condition = (type: string): object => ({ conditions: [{ type, status: 'True' }] });
    const wanted = (type: string) => ({ ...pod(namespace, 'p'), spec: undefined, status: condition(type) });
    good(await api.apply(PODS, wanted('example.com/a'), { fieldManager: 'a', subresource: 'status' }));
    const both = good(await api.apply(PODS, wanted('example.com/b'), { fieldManager: 'b', subresource: 'status' }));
    const types = (dig(both, 'status', 'conditions') as readonly { readonly type: string }[]).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['example.com/a', 'example.com/b']));
  });

  it('apply to the status leaves the spec alone', async ({ api }, namespace) => {
    good(await api.create(WIDGETS, widget(namespace, 'w', { size: 1 })));
    const wanted = { ...widget(namespace, 'w', { size: 9 }), status: { seen: 'yes' } };
    const after = good(await api.apply(WIDGETS, wanted, { fieldManager: 'one', subresource: 'status' }));
    expect(after).toMatchObject({ spec: { size: 1 }, status: { seen: 'yes' } });
  });

  it('a merge patch sets, removes by null, and replaces lists', async ({ api }, namespace) => {
    good(await api.create(WIDGETS, widget(namespace, 'w', { keep: 1, drop: 2, list: ['a', 'b'] })));
    const body = { spec: { drop: null, list: ['c'], fresh: 3 } };
    const after = good(await api.patch(WIDGETS, { namespace, name: 'w' }, { type: 'merge', body }));
    expect(after['spec']).toEqual({ keep: 1, list: ['c'], fresh: 3 });
  });

  it('a patch with an older version is kube-conflict', async ({ api }, namespace) => {
    const made = good(await api.create(CONFIG_MAPS, configMap(namespace, 'a', { n: '1' })));
    good(await api.update(CONFIG_MAPS, { ...made, data: { n: '2' } }));
    const body = { metadata: { resourceVersion: versionOf(made) }, data: { n: '3' } };
    expectFault(await api.patch(CONFIG_MAPS, keyOf(made), { type: 'merge', body }), 'kube-conflict');
  });

  it('a JSON patch is done whole or not at all', async ({ api }, namespace) => {
    const made = good(await api.create(CONFIG_MAPS, configMap(namespace, 'a', { n: '1', m: '2' }, { one: '1' })));
    const after = good(
      await api.patch(CONFIG_MAPS, keyOf(made), {
        type: 'json',
        operations: [
          { op: 'test', path: '/data/n', value: '1' },
          { op: 'replace', path: '/data/n', value: '5' },
          { op: 'remove', path: '/data/m' },
          { op: 'add', path: '/metadata/labels/a~1b', value: '6' },
        ],
      }),
    );
    expect(after).toMatchObject({ data: { n: '5' }, metadata: { labels: { one: '1', 'a/b': '6' } } });
    const refused = await api.patch(CONFIG_MAPS, keyOf(made), {
      type: 'json',
      operations: [
        { op: 'replace', path: '/data/n', value: '7' },
        { op: 'test', path: '/data/n', value: '1' },
      ],
    });
    expectFault(refused, 'kube-invalid', { status: 422 });
    expect(good(await api.get(CONFIG_MAPS, keyOf(made)))).toEqual(after);
  });

  it('a strategic merge patch merges lists by their keys on built-in kinds', async ({ api }, namespace) => {
    good(await api.create(PODS, pod(namespace, 'p')));
    const patch = {
      type: 'strategic',
      body: { spec: { containers: [{ name: 'main', image: 'example.com/main:2' }] } },
    } as const;
    const after = good(await api.patch(PODS, { namespace, name: 'p' }, patch));
    expect(dig(after, 'spec', 'containers')).toMatchObject([{ name: 'main', image: 'example.com/main:2' }]);
    const labels = { type: 'strategic', body: { metadata: { labels: { a: '1' } } } } as const;
    expect(good(await api.patch(PODS, { namespace, name: 'p' }, labels)).metadata.labels).toEqual({ a: '1' });
  });

  it('a strategic merge patch of a custom resource is kube-invalid', async ({ api }, namespace) => {
    good(await api.create(WIDGETS, widget(namespace, 'w', { size: 1 })));
    const patch = { type: 'strategic', body: { spec: { size: 2 } } } as const;
    expectFault(await api.patch(WIDGETS, { namespace, name: 'w' }, patch), 'kube-invalid', { status: 415 });
  });

  it('patching what is absent is kube-not-found', async ({ api }, namespace) => {
    const patch = { type: 'merge', body: { data: {} } } as const;
    expectFault(await api.patch(CONFIG_MAPS, { namespace, name: 'none' }, patch), 'kube-not-found');
  });
};
