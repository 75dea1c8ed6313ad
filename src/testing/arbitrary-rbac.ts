/** Roles, bindings and requests for property tests: few names, so that they meet; every form that a rule can have. */
import fc from 'fast-check';
import type { AccessAttributes } from '../core/ports/kube-api.ts';
import type { Binding, Policy, PolicyRule, Role, Subject } from '../core/rbac/policy.ts';

export const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'use'];
export const GROUPS = ['', 'apps', 'mellanox.com'];
export const RESOURCES = ['pods', 'secrets', 'nodes', 'deployments'];
export const SUBRESOURCES = ['log', 'exec', 'status'];
export const RBAC_NAMESPACES = ['ns1', 'ns2', 'ns3'];
const NAMES = ['a', 'b', 'c'];
const PATHS = ['/healthz', '/metrics', '/metrics/cadvisor', '/version'];

const some = (from: readonly string[], most = 3): fc.Arbitrary<string[]> =>
  fc.subarray([...from], { minLength: 1, maxLength: Math.min(most, from.length) });

const arbResourceRule: fc.Arbitrary<PolicyRule> = fc.record({
  verbs: fc.oneof({ weight: 5, arbitrary: some(VERBS) }, { weight: 1, arbitrary: fc.constant(['*']) }),
  apiGroups: fc.oneof({ weight: 5, arbitrary: some(GROUPS) }, { weight: 1, arbitrary: fc.constant(['*']) }),
  resources: fc.oneof(
    { weight: 5, arbitrary: some([...RESOURCES, 'pods/log', 'pods/exec', 'nodes/status']) },
    { weight: 1, arbitrary: fc.constantFrom(['*'], ['*/status'], ['pods/*'], ['*/*'], ['Pods']) },
  ),
  resourceNames: fc.oneof(
    { weight: 3, arbitrary: fc.constant<string[]>([]) },
    { weight: 1, arbitrary: some(NAMES, 2) },
  ),
  nonResourceURLs: fc.constant<string[]>([]),
});

const arbPathRule: fc.Arbitrary<PolicyRule> = fc.record({
  verbs: fc.constantFrom(['get'], ['*'], ['get', 'post']),
  apiGroups: fc.constant<string[]>([]),
  resources: fc.constant<string[]>([]),
  resourceNames: fc.constant<string[]>([]),
  nonResourceURLs: some([...PATHS, '/metrics/*', '*'], 2),
});

const arbSubject: fc.Arbitrary<Subject> = fc.constantFrom<Subject>(
  { kind: 'ServiceAccount', namespace: 'ns1', name: 'sa1' },
  { kind: 'ServiceAccount', namespace: 'ns2', name: 'sa1' },
  { kind: 'User', name: 'system:serviceaccount:ns1:sa1' },
  { kind: 'User', name: 'jane' },
  { kind: 'Group', name: 'system:serviceaccounts' },
  { kind: 'Group', name: 'system:serviceaccounts:ns2' },
  { kind: 'Group', name: 'team' },
);

/** `names`: of the roles, and so how often a binding meets one. Whatever their number, one binding in ten meets none. */
export const arbRole = (names: readonly string[]): fc.Arbitrary<Role> =>
  fc
    .record({
      name: fc.constantFrom(...names),
      namespace: fc.constantFrom(...RBAC_NAMESPACES, undefined),
      rules: fc.array(arbResourceRule, { maxLength: 3 }),
      paths: fc.array(arbPathRule, { maxLength: 1 }),
    })
    .map(({ name, namespace, rules, paths }) => ({
      ...(namespace === undefined ? { kind: 'ClusterRole' as const } : { kind: 'Role' as const, namespace }),
      name,
      labels: {},
      served: true,
      // The API server takes paths in ClusterRoles alone.
      rules: namespace === undefined ? [...rules, ...paths] : rules,
    }));

export const arbBinding = (roleNames: readonly string[], names: readonly string[]): fc.Arbitrary<Binding> =>
  fc
    .record({
      name: fc.constantFrom(...names),
      namespace: fc.constantFrom(...RBAC_NAMESPACES, undefined),
      role: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...roleNames) },
        { weight: 1, arbitrary: fc.constant('no-such-role') },
      ),
      toCluster: fc.boolean(),
      subjects: fc.uniqueArray(arbSubject, {
        minLength: 1,
        maxLength: 2,
        selector: (subject) => JSON.stringify(subject),
      }),
    })
    .map(({ name, namespace, role, toCluster, subjects }) =>
      namespace === undefined
        ? { kind: 'ClusterRoleBinding', name, roleRef: { kind: 'ClusterRole', name: role }, subjects }
        : {
            kind: 'RoleBinding',
            name,
            namespace,
            roleRef: { kind: toCluster ? 'ClusterRole' : 'Role', name: role },
            subjects,
          },
    );

const keyOf = ({ kind, name, namespace }: Role | Binding): string => `${kind}/${namespace ?? ''}/${name}`;

export const arbPolicyOf = (counts: {
  readonly roles: number;
  readonly bindings: number;
  readonly names: number;
}): fc.Arbitrary<Policy> => {
  const names = Array.from({ length: counts.names }, (_, at) => `r${at}`);
  const bindingNames = Array.from({ length: counts.names }, (_, at) => `b${at}`);
  return fc.record({
    roles: fc.uniqueArray(arbRole(names), { selector: keyOf, minLength: counts.roles, maxLength: counts.roles }),
    bindings: fc.uniqueArray(arbBinding(names, bindingNames), {
      selector: keyOf,
      minLength: counts.bindings,
      maxLength: counts.bindings,
    }),
  });
};

export const arbPolicy: fc.Arbitrary<Policy> = fc
  .record({ roles: fc.nat(4), bindings: fc.nat(4) })
  .chain(({ roles, bindings }) => arbPolicyOf({ roles, bindings, names: 3 }));

export const arbRequest: fc.Arbitrary<AccessAttributes> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record(
      {
        verb: fc.constantFrom(...VERBS),
        group: fc.constantFrom(...GROUPS),
        resource: fc.constantFrom(...RESOURCES),
        subresource: fc.constantFrom(...SUBRESOURCES),
        namespace: fc.constantFrom(...RBAC_NAMESPACES),
        name: fc.constantFrom(...NAMES),
      },
      { requiredKeys: ['verb', 'group', 'resource'] },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({ verb: fc.constantFrom('get', 'post'), path: fc.constantFrom(...PATHS, '/metricsx') }),
  },
);

/** As requests come: what creates or deletes a collection carries no name. */
const asSent = (request: AccessAttributes): AccessAttributes => {
  if (!('resource' in request) || !['create', 'deletecollection'].includes(request.verb)) return request;
  const { name: _name, ...nameless } = request;
  return request.subresource === undefined ? nameless : request;
};

export const arbRequests: fc.Arbitrary<readonly AccessAttributes[]> = fc.array(arbRequest.map(asSent), {
  minLength: 1,
  maxLength: 8,
});
