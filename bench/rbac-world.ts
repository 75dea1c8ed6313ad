/**
 * Workload R: 10,000 roles and bindings and 100,000 questions about them, the same on every machine. The draws stand in a
 * fixed order, so that the check sum over the answers stays comparable with figures measured elsewhere.
 */
import type { AccessAttributes, UserInfo } from '../src/core/ports/kube-api.ts';
import type { Binding, Policy, PolicyRule, Role, Subject } from '../src/core/rbac/policy.ts';
import { roleKey } from '../src/core/rbac/policy.ts';
import { serviceAccount } from '../src/core/rbac/caller.ts';
import { randomBelow } from './random.ts';

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const GROUPS = [
  '',
  'apps',
  'batch',
  'rbac.authorization.k8s.io',
  'networking.k8s.io',
  'sriovnetwork.openshift.io',
  'mellanox.com',
  'nv-ipam.nvidia.com',
  'configuration.net.nvidia.com',
  'provisioning.dpu.nvidia.com',
];
const RESOURCES = [
  'pods',
  'pods/log',
  'pods/exec',
  'pods/eviction',
  'nodes',
  'nodes/status',
  'services',
  'secrets',
  'configmaps',
  'events',
  'deployments',
  'daemonsets',
  'jobs',
  'nicclusterpolicies',
  'sriovnetworknodestates',
  'sriovnetworknodepolicies',
  'ippools',
  'nicdevices',
  'dpus',
  'dpus/status',
];
const PATHS = ['/healthz', '/healthz/*', '/metrics', '/version', '/api/*', '/readyz'];
const NAMESPACES = 200;
const CLUSTER_ROLES = 1000;
const CLUSTER_BINDINGS = 1000;
const PER_NAMESPACE = 20;
const ACCOUNTS = 10;
const USERS = 500;
const USER_GROUPS = 100;

export interface Question {
  readonly caller: UserInfo;
  readonly request: AccessAttributes;
}

export interface RbacWorld {
  readonly policy: Policy;
  readonly questions: readonly Question[];
}

export const rbacWorld = (questionCount = 100_000): RbacWorld => {
  const below = randomBelow(1);
  const pick = (from: readonly string[]): string => from[below(from.length)] ?? '';
  /** `count` different entries, in their own order. */
  const some = (from: readonly string[], count: number): readonly string[] => {
    const chosen = new Set<number>();
    while (chosen.size < count) chosen.add(below(from.length));
    return from.filter((_, at) => chosen.has(at));
  };

  const rule = (cluster: boolean): PolicyRule => {
    const none: readonly string[] = [];
    if (cluster && below(20) === 0)
      return {
        verbs: ['get'],
        apiGroups: none,
        resources: none,
        resourceNames: none,
        nonResourceURLs: some(PATHS, 1 + below(2)),
      };
    const verbs = below(20) === 0 ? ['*'] : some(VERBS, 1 + below(4));
    const apiGroups = below(40) === 0 ? ['*'] : some(GROUPS, 1 + below(2));
    const resources = below(40) === 0 ? ['*'] : some(RESOURCES, 1 + below(4));
    const resourceNames = below(10) === 0 ? [`obj-${below(100)}`, `obj-${below(100)}`] : none;
    return { verbs, apiGroups, resources, resourceNames, nonResourceURLs: none };
  };
  const rules = (cluster: boolean): readonly PolicyRule[] => Array.from({ length: 1 + below(5) }, () => rule(cluster));
  const subject = (): Subject => {
    const kind = below(10);
    if (kind < 6)
      return { kind: 'ServiceAccount', namespace: `ns-${below(NAMESPACES)}`, name: `sa-${below(ACCOUNTS)}` };
    return kind < 8
      ? { kind: 'User', name: `user-${below(USERS)}` }
      : { kind: 'Group', name: `group-${below(USER_GROUPS)}` };
  };
  const subjects = (): readonly Subject[] => Array.from({ length: 1 + below(3) }, subject);

  const role = (name: string, namespace?: string): Role => ({
    ...(namespace === undefined ? { kind: 'ClusterRole' as const } : { kind: 'Role' as const, namespace }),
    name,
    labels: {},
    served: true,
    rules: rules(namespace === undefined),
  });
  const everyNamespace = <T>(make: (namespace: string, at: number) => T): readonly T[] =>
    Array.from({ length: NAMESPACES }, (_, n) =>
      Array.from({ length: PER_NAMESPACE }, (__, i) => make(`ns-${n}`, i)),
    ).flat();

  const clusterRoles = Array.from({ length: CLUSTER_ROLES }, (_, i) => role(`cr-${i}`));
  const roles = everyNamespace((namespace, i) => role(`r-${i}`, namespace));
  const clusterBindings = Array.from({ length: CLUSTER_BINDINGS }, (_, i): Binding => {
    const roleRef = { kind: 'ClusterRole', name: `cr-${below(CLUSTER_ROLES)}` };
    return { kind: 'ClusterRoleBinding', name: `crb-${i}`, roleRef, subjects: subjects() };
  });
  const bindings = everyNamespace((namespace, i): Binding => {
    let roleRef = { kind: 'Role', name: `r-${below(PER_NAMESPACE)}` };
    if (below(4) === 0) roleRef = { kind: 'ClusterRole', name: `cr-${below(CLUSTER_ROLES)}` };
    return { kind: 'RoleBinding', namespace, name: `rb-${i}`, roleRef, subjects: subjects() };
  });

  const rulesByKey = new Map(
    [...clusterRoles, ...roles].map((one) => [roleKey(one.kind, one.name, one.namespace), one.rules]),
  );
  const rulesOf = ({ roleRef, namespace }: Binding): readonly PolicyRule[] =>
    rulesByKey.get(roleKey(roleRef.kind, roleRef.name, namespace)) ?? [];

  const callerOf = ({ kind, name, namespace }: Subject): UserInfo => {
    if (kind === 'ServiceAccount') return serviceAccount(namespace ?? '', name);
    return kind === 'User'
      ? { username: name, groups: ['system:authenticated'] }
      : { username: `member-of-${name}`, groups: [name, 'system:authenticated'] };
  };
  const at = <T>(list: readonly T[]): T => list[below(list.length)] as T;

  const question = (): Question => {
    let namespace = `ns-${below(NAMESPACES)}`;
    let binding: Binding;
    let asker: Subject;
    if (below(4) === 0) {
      binding = at(clusterBindings);
      asker = at(binding.subjects);
    } else {
      binding = at(bindings);
      asker = at(binding.subjects);
      namespace = binding.namespace ?? '';
    }
    const caller = callerOf(asker);
    const resourceRequest = (verb: string, group: string, combined: string, name: string): Question => {
      const [resource = '', subresource] = combined.split('/');
      return {
        caller,
        request: {
          verb,
          group,
          resource,
          ...(subresource === undefined ? {} : { subresource }),
          namespace,
          name,
        },
      };
    };
    if (below(2) === 0) {
      const from = at(rulesOf(binding));
      let verb = at(from.verbs);
      if (verb === '*') verb = pick(VERBS);
      if (from.nonResourceURLs.length > 0) return { caller, request: { verb, path: from.nonResourceURLs[0] ?? '' } };
      let group = at(from.apiGroups);
      if (group === '*') group = pick(GROUPS);
      let combined = at(from.resources);
      if (combined === '*') combined = pick(RESOURCES);
      return resourceRequest(verb, group, combined, from.resourceNames[0] ?? `obj-${below(100)}`);
    }
    const verb = pick(VERBS);
    const group = pick(GROUPS);
    const combined = pick(RESOURCES);
    return resourceRequest(verb, group, combined, `obj-${below(100)}`);
  };

  const questions = Array.from({ length: questionCount }, question);
  return {
    policy: { roles: [...clusterRoles, ...roles], bindings: [...clusterBindings, ...bindings] },
    questions,
  };
};
