/** What every cluster has from its first second: the system's namespaces, and the roles without which nobody may even look. */
import type { KubeResource } from '../../core/model/kube-resource.ts';
import { NAMESPACES } from '../../core/model/kube-resource.ts';
import type { ActorApi } from './actor-api.ts';

const SYSTEM_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

const RBAC = 'rbac.authorization.k8s.io';
const rbac = (plural: string, kind: string): KubeResource => ({
  group: RBAC,
  version: 'v1',
  plural,
  kind,
  namespaced: false,
});
const CLUSTER_ROLES = rbac('clusterroles', 'ClusterRole');
const CLUSTER_ROLE_BINDINGS = rbac('clusterrolebindings', 'ClusterRoleBinding');

interface SystemRole {
  readonly name: string;
  readonly groups: readonly string[];
  readonly rules: readonly object[];
}

const HEALTH = ['/healthz', '/livez', '/readyz', '/version', '/version/'];

/** Of k8s.io/kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go, those that everybody has. */
const SYSTEM_ROLES: readonly SystemRole[] = [
  {
    name: 'cluster-admin',
    groups: ['system:masters'],
    rules: [
      { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
      { nonResourceURLs: ['*'], verbs: ['*'] },
    ],
  },
  {
    name: 'system:discovery',
    groups: ['system:authenticated'],
    rules: [
      { nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*', ...HEALTH], verbs: ['get'] },
    ],
  },
  {
    name: 'system:public-info-viewer',
    groups: ['system:authenticated', 'system:unauthenticated'],
    rules: [{ nonResourceURLs: HEALTH, verbs: ['get'] }],
  },
  {
    name: 'system:basic-user',
    groups: ['system:authenticated'],
    rules: [
      {
        apiGroups: ['authorization.k8s.io'],
        resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
        verbs: ['create'],
      },
      { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
    ],
  },
];

const LABELS = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };

export const bootstrap = (server: ActorApi): void => {
  for (const name of SYSTEM_NAMESPACES)
    server.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (const { name, groups, rules } of SYSTEM_ROLES) {
    server.create(CLUSTER_ROLES, {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRole',
      metadata: { name, labels: LABELS },
      rules,
    });
    server.create(CLUSTER_ROLE_BINDINGS, {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name, labels: LABELS },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
      subjects: groups.map((group) => ({ apiGroup: RBAC, kind: 'Group', name: group })),
    });
  }
};
