/**
 * core/rbac against the API server's own authorizer: 10,000 questions about random roles and bindings, put as
 * SubjectAccessReviews, and grants that close a gap there and open it again without any one verb.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inParallel } from '../../src/adapters/kubernetes/in-parallel.ts';
import type { KubeObject } from '../../src/core/model/kube-object.ts';
import type { KubeResource } from '../../src/core/model/kube-resource.ts';
import { NAMESPACES } from '../../src/core/model/kube-resource.ts';
import type { AccessAttributes, KubeApi, UserInfo } from '../../src/core/ports/kube-api.ts';
import { serviceAccount } from '../../src/core/rbac/caller.ts';
import { evaluate } from '../../src/core/rbac/evaluate.ts';
import { grantObjects, leastGrant } from '../../src/core/rbac/least-grant.ts';
import type { Binding, Role } from '../../src/core/rbac/policy.ts';
import { PolicyIndex } from '../../src/core/rbac/policy-index.ts';
import { readPolicy } from '../../src/core/rbac/read-policy.ts';
import { arbPolicyOf, arbRequest, arbRequests, RBAC_NAMESPACES } from '../../src/testing/arbitrary-rbac.ts';
import { good } from '../../src/testing/contracts/kube-api/world.ts';
import { startCluster } from './cluster.ts';
import type { Cluster } from './cluster.ts';
import { apiOf } from './real-api.ts';
import { realPart } from './real-parts.ts';

const parts = realPart('realparts');
const QUESTIONS = 10_000;
const GRANTS = 15;
const AT_ONCE = 24;

const kind = (plural: string, name: string, namespaced: boolean): KubeResource => ({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural,
  kind: name,
  namespaced,
});
const KINDS = {
  Role: kind('roles', 'Role', true),
  ClusterRole: kind('clusterroles', 'ClusterRole', false),
  RoleBinding: kind('rolebindings', 'RoleBinding', true),
  ClusterRoleBinding: kind('clusterrolebindings', 'ClusterRoleBinding', false),
};

const metadataOf = ({ name, namespace }: Role | Binding) => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
});

const roleObject = (role: Role): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: role.kind,
  metadata: metadataOf(role),
  rules: role.rules.map((rule) => Object.fromEntries(Object.entries(rule).filter(([, list]) => list.length > 0))),
});

const bindingObject = (binding: Binding): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: binding.kind,
  metadata: metadataOf(binding),
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', ...binding.roleRef },
  subjects: binding.subjects.map((subject) => ({
    ...(subject.kind === 'ServiceAccount' ? {} : { apiGroup: 'rbac.authorization.k8s.io' }),
    ...subject,
  })),
});

const CALLERS: readonly UserInfo[] = [
  serviceAccount('ns1', 'sa1'),
  serviceAccount('ns2', 'sa1'),
  serviceAccount('ns3', 'other'),
  { username: 'jane', groups: ['team', 'system:authenticated'] },
  { username: 'joe', groups: ['system:authenticated'] },
  { username: 'system:anonymous', groups: ['system:unauthenticated'] },
];

const kindOf = (object: KubeObject): KubeResource => KINDS[object.kind as keyof typeof KINDS];

describe.skipIf(parts.absent)(parts.title('core/rbac against a real kube-apiserver'), () => {
  let cluster: Cluster;
  let api: KubeApi;

  beforeAll(async () => {
    cluster = await startCluster();
    api = await apiOf(cluster);
    for (const name of RBAC_NAMESPACES)
      good(await api.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  }, 60_000);
  afterAll(() => cluster?.stop());

  const createAll = (objects: readonly KubeObject[]) =>
    inParallel(AT_ONCE, objects, async (object) => good(await api.create(kindOf(object), object)));

  /** The authorizer reads from watches of its own, a moment behind. */
  const untilAnswered = async (who: UserInfo, request: AccessAttributes, allowed: boolean): Promise<boolean> => {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      if (good(await api.can(who, request)).allowed === allowed) return true;
      await new Promise((done) => setTimeout(done, 50));
    }
    return false;
  };

  /** Whatever was written before it is known to the authorizer once the last written binding is. */
  const settle = async (mark: string): Promise<void> => {
    const role: Role = {
      kind: 'ClusterRole',
      name: `mark-${mark}`,
      labels: {},
      served: true,
      rules: [{ verbs: ['get'], apiGroups: ['mark'], resources: [mark], resourceNames: [], nonResourceURLs: [] }],
    };
    await createAll([roleObject(role)]);
    await createAll([
      bindingObject({
        kind: 'ClusterRoleBinding',
        name: role.name,
        roleRef: { kind: 'ClusterRole', name: role.name },
        subjects: [{ kind: 'User', name: 'mark' }],
      }),
    ]);
    const asked = { verb: 'get', group: 'mark', resource: mark };
    expect(await untilAnswered({ username: 'mark', groups: [] }, asked, true)).toBe(true);
    // The four kinds come by four watches; the mark proves two of them.
    await new Promise((done) => setTimeout(done, 300));
  };

  const everything = async (): Promise<PolicyIndex> => {
    const lists = await Promise.all(Object.values(KINDS).map(async (one) => good(await api.list(one)).items));
    return new PolicyIndex(readPolicy(lists.flat().map((object) => ({ object }))));
  };

  test(
    `${QUESTIONS} random questions get the same answer, for a reason that we give, too`,
    { timeout: 120_000 },
    async () => {
      const [policy] = fc.sample(arbPolicyOf({ roles: 120, bindings: 120, names: 60 }), 1);
      if (policy === undefined) throw new Error('nothing was drawn');
      await createAll(policy.roles.map(roleObject));
      await createAll(policy.bindings.map(bindingObject));
      await settle('first');
      const index = await everything();
      const questions = fc.sample(fc.record({ who: fc.constantFrom(...CALLERS), request: arbRequest }), QUESTIONS);
      const seen = { allowed: 0, denied: 0, local: 0, missingRole: 0 };
      const answers = await inParallel(AT_ONCE, questions, async ({ who, request }) => ({
        who,
        request,
        theirs: good(await api.can(who, request)),
      }));
      for (const { who, request, theirs } of answers) {
        const ours = evaluate(index, who, request);
        expect({ who, request, allowed: ours.allowed }).toEqual({ who, request, allowed: theirs.allowed });
        seen[ours.allowed ? 'allowed' : 'denied'] += 1;
        const [, binding] = /allowed by \w+ "([^"]+)"/.exec(theirs.reason) ?? [];
        if (ours.allowed) {
          const names = ours.via.map(({ binding: { name, namespace } }) =>
            namespace === undefined ? name : `${name}/${namespace}`,
          );
          expect(names).toContain(binding);
          if (binding?.includes('/') === true) seen.local += 1;
        }
        if (theirs.reason.includes('no-such-role')) {
          seen.missingRole += 1;
          expect(ours.missingRoles.join()).toContain('no-such-role');
        }
      }
      expect(Math.min(...Object.values(seen))).toBeGreaterThan(20);
    },
  );

  test(
    `${GRANTS} grants close their gaps there, and open them again without any one verb`,
    { timeout: 120_000 },
    async () => {
      const index = await everything();
      const samples = fc.sample(arbRequests, GRANTS).map((requests, at) => ({ requests, at }));
      const worlds = await inParallel(4, samples, async ({ requests, at }) => {
        const caller = serviceAccount('ns1', `granted-${at}`);
        const missing = requests.filter((request) => !evaluate(index, caller, request).allowed);
        const grant = leastGrant(
          new PolicyIndex({ roles: [], bindings: [] }),
          caller,
          missing.map((request) => ({ request })),
        );
        await createAll(grantObjects(grant, 'test'));
        for (const request of missing) expect(await untilAnswered(caller, request, true)).toBe(true);
        let dropped = 0;
        for (const { role } of grant.grants)
          for (const [ruleAt, rule] of role.rules.entries())
            for (const verb of rule.verbs) {
              const rules = role.rules.with(ruleAt, { ...rule, verbs: rule.verbs.filter((one) => one !== verb) });
              const without = new PolicyIndex({
                roles: grant.grants.map((one) => (one.role === role ? { ...role, rules } : one.role)),
                bindings: grant.grants.map(({ binding }) => binding),
              });
              const open = missing.find((request) => !evaluate(without, caller, request).allowed);
              expect(open).toBeDefined();
              if (open === undefined) continue;
              // The API server takes no rule without verbs.
              const kept = rules.filter(({ verbs }) => verbs.length > 0);
              good(
                await api.patch(KINDS[role.kind], metadataOf(role), {
                  type: 'merge',
                  body: { rules: roleObject({ ...role, rules: kept })['rules'] },
                }),
              );
              expect(await untilAnswered(caller, open, false)).toBe(true);
              good(
                await api.patch(KINDS[role.kind], metadataOf(role), {
                  type: 'merge',
                  body: { rules: roleObject(role)['rules'] },
                }),
              );
              expect(await untilAnswered(caller, open, true)).toBe(true);
              dropped += 1;
            }
        return dropped;
      });
      expect(worlds.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(GRANTS);
    },
  );
});
