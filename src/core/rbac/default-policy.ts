/**
 * What every cluster grants to whoever it knows: the four bootstrap roles that kube-apiserver itself keeps
 * (k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy; dpf.md 6.1). Rendered manifests never hold them.
 */
import type { Binding, Policy, PolicyRule, Role } from './policy.ts';

const OWNER = 'kube-apiserver';

const rule = (verbs: readonly string[], more: Partial<PolicyRule>): PolicyRule => ({
  verbs,
  apiGroups: [],
  resources: [],
  resourceNames: [],
  nonResourceURLs: [],
  ...more,
});

const creates = (group: string, resources: readonly string[]): PolicyRule =>
  rule(['create'], { apiGroups: [group], resources });

const reads = (...nonResourceURLs: readonly string[]): PolicyRule => rule(['get'], { nonResourceURLs });

const ROLES: readonly {
  readonly name: string;
  readonly groups: readonly string[];
  readonly rules: readonly PolicyRule[];
}[] = [
  {
    name: 'system:basic-user',
    groups: ['system:authenticated'],
    rules: [
      creates('authorization.k8s.io', ['selfsubjectaccessreviews', 'selfsubjectrulesreviews']),
      creates('authentication.k8s.io', ['selfsubjectreviews']),
    ],
  },
  {
    name: 'system:discovery',
    groups: ['system:authenticated'],
    rules: [
      reads(
        '/api',
        '/api/*',
        '/apis',
        '/apis/*',
        '/healthz',
        '/livez',
        '/openapi',
        '/openapi/*',
        '/readyz',
        '/version',
        '/version/',
      ),
    ],
  },
  {
    name: 'system:public-info-viewer',
    groups: ['system:authenticated', 'system:unauthenticated'],
    rules: [reads('/healthz', '/livez', '/readyz', '/version', '/version/')],
  },
  {
    name: 'system:service-account-issuer-discovery',
    groups: ['system:serviceaccounts'],
    rules: [
      reads(
        '/.well-known/openid-configuration',
        '/.well-known/openid-configuration/',
        '/openid/v1/jwks',
        '/openid/v1/jwks/',
      ),
    ],
  },
];

const roleOf = ({ name, rules }: (typeof ROLES)[number]): Role => ({
  kind: 'ClusterRole',
  name,
  labels: {},
  rules,
  served: true,
  owner: OWNER,
});

const bindingOf = ({ name, groups }: (typeof ROLES)[number]): Binding => ({
  kind: 'ClusterRoleBinding',
  name,
  roleRef: { kind: 'ClusterRole', name },
  subjects: groups.map((group) => ({ kind: 'Group', name: group })),
  owner: OWNER,
});

/** The policy with the defaults, where it does not have its own of the same name. */
export const withDefaults = ({ roles, bindings }: Policy): Policy => {
  const known = new Set([...roles, ...bindings].map(({ kind, name }) => `${kind}/${name}`));
  const absent = ROLES.filter(({ name }) => !known.has(`ClusterRole/${name}`));
  const unbound = ROLES.filter(({ name }) => !known.has(`ClusterRoleBinding/${name}`));
  return { roles: [...roles, ...absent.map(roleOf)], bindings: [...bindings, ...unbound.map(bindingOf)] };
};

export const isDefaultBinding = ({ owner }: Binding): boolean => owner === OWNER;
