/** Contract of KubeApi: lists, selectors, pages. */
import { expect } from 'vitest';
import { CONFIG_MAPS, NAMESPACES, PODS } from '../../../core/model/kube-resource.ts';
import type { KubeApi, ListOptions } from '../../../core/ports/kube-api.ts';
import { configMap, type ContractTest, expectFault, good, pod, WIDGETS, widget } from './world.ts';

const names = async (api: KubeApi, options: ListOptions, kind = CONFIG_MAPS): Promise<readonly string[]> =>
  good(await api.list(kind, options)).items.map(({ metadata }) => metadata.name);

export const listContract = (it: ContractTest): void => {
  it('a list is in the order of names, and each item carries its kind', async ({ api }, namespace) => {
    for (const name of ['c', 'a', 'b']) good(await api.create(CONFIG_MAPS, configMap(namespace, name)));
    const page = good(await api.list(CONFIG_MAPS, { namespace }));
    expect(page.items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c']);
    for (const item of page.items) expect(item).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
    expect(page.resourceVersion).toMatch(/^\d+$/);
    expect(page.continue).toBeUndefined();
  });

  it('an empty list is a list', async ({ api }, namespace) => {
    expect(good(await api.list(WIDGETS, { namespace })).items).toEqual([]);
    expect(good(await api.list(CONFIG_MAPS, { namespace: 'no-such-namespace' })).items).toEqual([]);
  });

  it('without a namespace the list is of all of them, in the order of the texts namespace/name', async ({
    api,
  }, namespace) => {
    // A dash comes before a slash, so that "x-too/w" comes before "x/w".
    const other = `${namespace}-too`;
    good(await api.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: other } }));
    for (const space of [other, namespace]) good(await api.create(WIDGETS, widget(space, 'w')));
    const found = good(await api.list(WIDGETS)).items.map(({ metadata }) => metadata.namespace);
    expect(found.filter((space) => space === namespace || space === other)).toEqual([other, namespace]);
  });

  it('label selectors select', async ({ api }, namespace) => {
    good(await api.create(CONFIG_MAPS, configMap(namespace, 'blue', {}, { color: 'blue', big: '' })));
    good(await api.create(CONFIG_MAPS, configMap(namespace, 'red', {}, { color: 'red' })));
    good(await api.create(CONFIG_MAPS, configMap(namespace, 'none')));
    const select = (labelSelector: string): Promise<readonly string[]> => names(api, { namespace, labelSelector });
    expect(await select('color=blue')).toEqual(['blue']);
    expect(await select('color==red')).toEqual(['red']);
    expect(await select('color!=blue')).toEqual(['none', 'red']);
    expect(await select('color in (blue,red)')).toEqual(['blue', 'red']);
    expect(await select('color notin (blue)')).toEqual(['none', 'red']);
    expect(await select('color')).toEqual(['blue', 'red']);
    expect(await select('!color')).toEqual(['none']);
    expect(await select('color,big=')).toEqual(['blue']);
    expectFault(await api.list(CONFIG_MAPS, { namespace, labelSelector: '!!' }), 'kube-invalid', { status: 400 });
  });

  it('field selectors select, and unknown fields are kube-invalid', async ({ api }, namespace) => {
    good(await api.create(PODS, pod(namespace, 'here', { node: 'n1' })));
    good(await api.create(PODS, pod(namespace, 'there', { node: 'n2' })));
    good(await api.create(PODS, pod(namespace, 'nowhere')));
    const select = (fieldSelector: string): Promise<readonly string[]> =>
      names(api, { namespace, fieldSelector }, PODS);
    expect(await select('spec.nodeName=n1')).toEqual(['here']);
    expect(await select('spec.nodeName=')).toEqual(['nowhere']);
    expect(await select('spec.nodeName!=n1')).toEqual(['nowhere', 'there']);
    expect(await select('metadata.name=there')).toEqual(['there']);
    expect(await select('status.phase=Pending,spec.nodeName=n2')).toEqual(['there']);
    expectFault(await api.list(PODS, { namespace, fieldSelector: 'spec.color=red' }), 'kube-invalid', { status: 400 });
    expectFault(await api.list(WIDGETS, { namespace, fieldSelector: 'spec.size=1' }), 'kube-invalid', { status: 400 });
  });

  it('pages are cuts of one list at one version', async ({ api }, namespace) => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) good(await api.create(CONFIG_MAPS, configMap(namespace, name)));
    const first = good(await api.list(CONFIG_MAPS, { namespace, limit: 2 }));
    expect(first).toMatchObject({ continue: expect.any(String) as string, remaining: 3 });
    good(await api.create(CONFIG_MAPS, configMap(namespace, 'bb')));
    good(await api.delete(CONFIG_MAPS, { namespace, name: 'd' }));
    const second = good(await api.list(CONFIG_MAPS, { namespace, limit: 2, continue: first.continue ?? '' }));
    const third = good(await api.list(CONFIG_MAPS, { namespace, limit: 2, continue: second.continue ?? '' }));
    expect([first, second, third].map(({ items }) => items.map(({ metadata }) => metadata.name))).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e'],
    ]);
    expect([second.resourceVersion, third.resourceVersion]).toEqual([first.resourceVersion, first.resourceVersion]);
    expect(third.continue).toBeUndefined();
  });

  it('pages of a selection are full, and nobody counts the rest', async ({ api }, namespace) => {
    for (const name of ['a', 'b', 'c', 'd']) {
      good(
        await api.create(CONFIG_MAPS, configMap(namespace, name, {}, { odd: String(name === 'a' || name === 'c') })),
      );
    }
    const first = good(await api.list(CONFIG_MAPS, { namespace, limit: 1, labelSelector: 'odd=true' }));
    expect(first.items.map(({ metadata }) => metadata.name)).toEqual(['a']);
    expect(first.remaining).toBeUndefined();
    const rest = await names(api, { namespace, limit: 5, labelSelector: 'odd=true', continue: first.continue ?? '' });
    expect(rest).toEqual(['c']);
  });

  it('a continue token outlives its history by kube-gone', async ({ api, forgetHistory }, namespace) => {
    for (const name of ['a', 'b', 'c']) good(await api.create(CONFIG_MAPS, configMap(namespace, name)));
    const first = good(await api.list(CONFIG_MAPS, { namespace, limit: 1 }));
    good(await api.create(CONFIG_MAPS, configMap(namespace, 'd')));
    await forgetHistory();
    const late = await api.list(CONFIG_MAPS, { namespace, limit: 1, continue: first.continue ?? '' });
    expectFault(late, 'kube-gone', { status: 410, reason: 'Expired' });
  });

  it('a made-up continue token is kube-invalid', async ({ api }, namespace) => {
    expectFault(await api.list(CONFIG_MAPS, { namespace, limit: 1, continue: 'nonsense' }), 'kube-invalid', {
      status: 400,
    });
  });

  it('a list no older than a write has the write', async ({ api }, namespace) => {
    const made = good(await api.create(CONFIG_MAPS, configMap(namespace, 'a')));
    const options = { namespace, resourceVersion: made.metadata.resourceVersion ?? '', match: 'NotOlderThan' } as const;
    expect(await names(api, options)).toEqual(['a']);
  });

  it('a list at an exact version shows that version', async ({ api }, namespace) => {
    good(await api.create(CONFIG_MAPS, configMap(namespace, 'a')));
    const then = good(await api.list(CONFIG_MAPS, { namespace })).resourceVersion;
    good(await api.create(CONFIG_MAPS, configMap(namespace, 'b')));
    expect(await names(api, { namespace, resourceVersion: then, match: 'Exact' })).toEqual(['a']);
  });
};
