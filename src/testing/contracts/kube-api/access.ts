/** Contract of KubeApi: who we are, who may what. */
import { expect } from 'vitest';
import type { KubeResource } from '../../../core/model/kube-resource.ts';
import { CONFIG_MAPS, PODS } from '../../../core/model/kube-resource.ts';
import { configMap, type ContractTest, eventually, expectFault, good } from './world.ts';

const rbac = (plural: string, kind: string): KubeResource => ({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural,
  kind,
  namespaced: true,
});
export const ROLES = rbac('roles', 'Role');
export const ROLE_BINDINGS = rbac('rolebindings', 'RoleBinding');

const ALICE = { username: 'alice', groups: ['team-a', 'team-b'] };

export const accessContract = (it: ContractTest): void => {
  it('whoAmI tells user and groups', async ({ alice }) => {
    const me = good(await alice.whoAmI());
    expect(me.username).toBe('alice');
    expect(me.groups).toEqual(expect.arrayContaining(['team-a', 'team-b', 'system:authenticated']));
  });

  it('what is not granted is kube-forbidden, whether it exists or not', async ({ api, alice }, namespace) => {
    good(await api.create(CONFIG_MAPS, configMap(namespace, 'a')));
    expectFault(await alice.get(CONFIG_MAPS, { namespace, name: 'a' }), 'kube-forbidden', {
      status: 403,
      reason: 'Forbidden',
    });
    expectFault(await alice.get(CONFIG_MAPS, { namespace, name: 'none' }), 'kube-forbidden');
    expectFault(await alice.list(PODS), 'kube-forbidden');
    expectFault(await alice.evict({ namespace, name: 'none' }), 'kube-forbidden');
    for await (const event of alice.watch(PODS))
      expect(event).toMatchObject({ type: 'FAILED', fault: { code: 'kube-forbidden' } });
  });

  it('a role opens exactly what it names', async (world, namespace) => {
    const { api, alice } = world;
    good(
      await api.create(ROLES, {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { namespace, name: 'reader' },
        rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }],
      }),
    );
    good(
      await api.create(ROLE_BINDINGS, {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { namespace, name: 'reader' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
        subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'team-b' }],
      }),
    );
    const asked = { verb: 'get', group: '', resource: 'configmaps', namespace };
    await eventually(world, async () => (good(await alice.canI(asked)).allowed ? true : undefined));
    for (const [attributes, allowed] of [
      [asked, true],
      [{ ...asked, verb: 'list' }, false],
      [{ ...asked, resource: 'pods' }, false],
      [{ ...asked, namespace: 'default' }, false],
      [{ ...asked, group: 'apps' }, false],
      [{ ...asked, subresource: 'status' }, false],
      [{ ...asked, name: 'x' }, true],
      [{ verb: 'get', path: '/metrics' }, false],
      [{ verb: 'get', path: '/version' }, true],
    ] as const) {
      expect(good(await alice.canI(attributes)), JSON.stringify(attributes)).toMatchObject({ allowed });
      expect(good(await api.can(ALICE_IN_FULL, attributes)), JSON.stringify(attributes)).toMatchObject({ allowed });
    }
  });

  it('asking about others needs a right of its own', async ({ api, alice }) => {
    const attributes = { verb: 'get', group: '', resource: 'pods' };
    expectFault(await alice.can(ALICE, attributes), 'kube-forbidden');
    expect(good(await api.can({ username: 'root', groups: ['system:masters'] }, attributes))).toMatchObject({
      allowed: true,
    });
    expect(good(await api.can(ALICE, attributes))).toMatchObject({ allowed: false, denied: false });
  });
};

/** A review takes the groups as they are given: the one that a log-in adds must be named too. */
const ALICE_IN_FULL = { ...ALICE, groups: [...ALICE.groups, 'system:authenticated'] };
