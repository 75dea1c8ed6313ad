/** Contract of KubeApi: create, get, update, the status subresource, dry runs. */
import { expect } from 'vitest';
import { dig, digNumber, digText } from '../../../core/model/dig.ts';
import { CONFIG_MAPS, NODES, PODS } from '../../../core/model/kube-resource.ts';
import { configMap, type ContractTest, expectFault, good, keyOf, pod, versionOf, WIDGETS, widget } from './world.ts';

export const objectContract = (it: ContractTest): void => {
  it('create answers with what the server added', async ({ api }, namespace) => {
    const made = good(await api.create(CONFIG_MAPS, configMap(namespace, 'a', { k: 'v' })));
    expect(made).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { k: 'v' } });
    expect(made.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(versionOf(made)).toMatch(/^\d+$/);
    expect(made.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(good(await api.get(CONFIG_MAPS, keyOf(made)))).toEqual(made);
  });

  it('generateName is completed by the server', async ({ api }, namespace) => {
    const draft = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, generateName: 'gen-' } };
    const [one, two] = [good(await api.create(CONFIG_MAPS, draft)), good(await api.create(CONFIG_MAPS, draft))];
    expect(one.metadata.name).toMatch(/^gen-[a-z0-9]{5}$/);
    expect(two.metadata.name).not.toBe(one.metadata.name);
  });

  it('creating what is there is kube-already-exists', async ({ api }, namespace) => {
    good(await api.create(CONFIG_MAPS, configMap(namespace, 'a')));
    expectFault(await api.create(CONFIG_MAPS, configMap(namespace, 'a')), 'kube-already-exists', { status: 409 });
  });

  it('creating in a namespace that is absent is kube-not-found', async ({ api }) => {
    expectFault(await api.create(CONFIG_MAPS, configMap('no-such-namespace', 'a')), 'kube-not-found', { status: 404 });
  });

  it('a name that breaks the rules is kube-invalid, with the field', async ({ api }, namespace) => {
    const answer = await api.create(CONFIG_MAPS, configMap(namespace, 'Not_A_Name'));
    expectFault(answer, 'kube-invalid', { status: 422, reason: 'Invalid', causes: [{ field: 'metadata.name' }] });
  });

  it('an object that is absent is kube-not-found, a kind that is absent is kube-kind-absent', async ({
    api,
  }, namespace) => {
    expectFault(await api.get(CONFIG_MAPS, { namespace, name: 'none' }), 'kube-not-found', {
      status: 404,
      reason: 'NotFound',
    });
    expectFault(await api.get(NODES, { name: 'no-such-node' }), 'kube-not-found');
    const inGroup = { ...PODS, plural: 'nosuchthings', kind: 'NoSuchThing' };
    expectFault(await api.get(inGroup, { namespace, name: 'none' }), 'kube-kind-absent', { status: 404 });
    expectFault(await api.list({ ...inGroup, group: 'no.such.group' }), 'kube-kind-absent', { status: 404 });
    expectFault(await api.list({ ...PODS, version: 'v9' }), 'kube-kind-absent', { status: 404 });
  });

  it('update replaces the whole object and moves its version', async ({ api }, namespace) => {
    const made = good(await api.create(CONFIG_MAPS, configMap(namespace, 'a', { old: '1' })));
    const changed = good(await api.update(CONFIG_MAPS, { ...made, data: { fresh: '2' } }));
    expect(changed['data']).toEqual({ fresh: '2' });
    expect(changed.metadata.uid).toBe(made.metadata.uid);
    expect(BigInt(versionOf(changed))).toBeGreaterThan(BigInt(versionOf(made)));
  });

  it('update from an older version is kube-conflict and changes nothing', async ({ api }, namespace) => {
    const first = good(await api.create(CONFIG_MAPS, configMap(namespace, 'a', { n: '1' })));
    const second = good(await api.update(CONFIG_MAPS, { ...first, data: { n: '2' } }));
    expectFault(await api.update(CONFIG_MAPS, { ...first, data: { n: '3' } }), 'kube-conflict', { status: 409 });
    expect(good(await api.get(CONFIG_MAPS, keyOf(first)))).toEqual(second);
  });

  it('an update that changes nothing keeps the version', async ({ api }, namespace) => {
    const made = good(await api.create(CONFIG_MAPS, configMap(namespace, 'a', { n: '1' })));
    expect(versionOf(good(await api.update(CONFIG_MAPS, made)))).toBe(versionOf(made));
  });

  it('updating what is absent is kube-not-found', async ({ api }, namespace) => {
    expectFault(await api.update(CONFIG_MAPS, configMap(namespace, 'none')), 'kube-not-found');
  });

  it('a dry run answers as if, and stores nothing', async ({ api }, namespace) => {
    const draft = configMap(namespace, 'a', { n: '1' });
    expect(good(await api.create(CONFIG_MAPS, draft, { dryRun: true }))).toMatchObject({ data: { n: '1' } });
    expectFault(await api.get(CONFIG_MAPS, keyOf(draft)), 'kube-not-found');
    const made = good(await api.create(CONFIG_MAPS, draft));
    expect(good(await api.update(CONFIG_MAPS, { ...made, data: { n: '2' } }, { dryRun: true }))['data']).toEqual({
      n: '2',
    });
    expect(good(await api.get(CONFIG_MAPS, keyOf(draft)))).toEqual(made);
    expectFault(await api.create(CONFIG_MAPS, draft, { dryRun: true }), 'kube-already-exists');
  });

  it('spec and status are written apart, and only spec moves the generation', async ({ api }, namespace) => {
    const made = good(await api.create(WIDGETS, { ...widget(namespace, 'w', { size: 1 }), status: { seen: 'early' } }));
    expect(made['status']).toBeUndefined();
    expect(digNumber(made, 'metadata', 'generation')).toBe(1);
    const seen = good(
      await api.update(WIDGETS, { ...made, spec: { size: 9 }, status: { seen: 'yes' } }, { subresource: 'status' }),
    );
    expect(seen).toMatchObject({ spec: { size: 1 }, status: { seen: 'yes' }, metadata: { generation: 1 } });
    const grown = good(await api.update(WIDGETS, { ...seen, spec: { size: 2 }, status: { seen: 'no' } }));
    expect(grown).toMatchObject({ spec: { size: 2 }, status: { seen: 'yes' }, metadata: { generation: 2 } });
  });

  it("a pod's status is written by its subresource alone", async ({ api }, namespace) => {
    const made = good(await api.create(PODS, pod(namespace, 'p')));
    expect(digText(made, 'status', 'phase')).toBe('Pending');
    const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
    const change = { type: 'merge', body: { status } } as const;
    good(await api.patch(PODS, keyOf(made), change));
    expect(digText(good(await api.get(PODS, keyOf(made))), 'status', 'phase')).toBe('Pending');
    const running = good(await api.patch(PODS, keyOf(made), change, { subresource: 'status' }));
    expect(dig(running, 'status')).toMatchObject(status);
  });

  it('version and discover tell what is served', async ({ api }) => {
    expect(good(await api.version())).toMatch(/^v\d+\.\d+\./);
    const served = good(await api.discover());
    const pods = served.find(({ plural, group }) => plural === 'pods' && group === '');
    expect(pods).toMatchObject({ version: 'v1', kind: 'Pod', namespaced: true, preferred: true });
    expect(pods?.verbs).toEqual(expect.arrayContaining(['get', 'list', 'watch', 'create', 'patch', 'delete']));
    expect(pods?.subresources).toEqual(expect.arrayContaining(['status', 'log', 'exec', 'eviction']));
    expect(served.find(({ kind }) => kind === 'Widget')).toMatchObject({ ...WIDGETS, subresources: ['status'] });
  });
};
