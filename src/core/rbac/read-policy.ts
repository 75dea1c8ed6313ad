/**
 * Kubernetes objects -> policy. Parts of the wrong type are left out, since a rule that no API server would store grants
 * nothing; what they would have meant is for lint-rules.ts to say.
 */
import { dig, digList, digText, digTexts, isMap } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Origin } from '../snapshot/snapshot.ts';
import { ownerOf } from './owner.ts';
import type { Binding, Policy, PolicyRule, Role, Subject } from './policy.ts';

const RBAC_GROUP = 'rbac.authorization.k8s.io/';

const texts = (value: unknown, key: string): readonly string[] =>
  digList(value, key).filter((entry): entry is string => typeof entry === 'string');

export const readRule = (rule: unknown): PolicyRule => ({
  verbs: texts(rule, 'verbs'),
  apiGroups: texts(rule, 'apiGroups'),
  resources: texts(rule, 'resources'),
  resourceNames: texts(rule, 'resourceNames'),
  nonResourceURLs: texts(rule, 'nonResourceURLs'),
});

const readSubject = (subject: unknown): readonly Subject[] => {
  const kind = dig(subject, 'kind');
  const name = digText(subject, 'name');
  const namespace = digText(subject, 'namespace');
  if (name === undefined || (kind !== 'User' && kind !== 'Group' && kind !== 'ServiceAccount')) return [];
  return [{ kind, name, ...(namespace === undefined || namespace === '' ? {} : { namespace }) }];
};

/** Undefined when the object is no Role or ClusterRole. */
export const readRole = (object: KubeObject, origin?: Origin): Role | undefined => {
  const { kind, metadata } = object;
  if ((kind !== 'Role' && kind !== 'ClusterRole') || !isRbac(object)) return undefined;
  const owner = ownerOf(object, ['rules', 'aggregationRule']);
  const aggregation = dig(object, 'aggregationRule');
  return {
    kind,
    name: metadata.name,
    ...(kind === 'Role' ? { namespace: metadata.namespace ?? 'default' } : {}),
    labels: digTexts(object, 'metadata', 'labels'),
    rules: digList(object, 'rules').map(readRule),
    ...(kind === 'ClusterRole' && isMap(aggregation)
      ? { aggregationSelectors: digList(aggregation, 'clusterRoleSelectors') }
      : {}),
    served: typeof metadata.resourceVersion === 'string',
    ...(owner === undefined ? {} : { owner }),
    ...(origin === undefined ? {} : { origin }),
  };
};

/** Undefined when the object is no RoleBinding or ClusterRoleBinding. */
export const readBinding = (object: KubeObject, origin?: Origin): Binding | undefined => {
  const { kind, metadata } = object;
  if ((kind !== 'RoleBinding' && kind !== 'ClusterRoleBinding') || !isRbac(object)) return undefined;
  const owner = ownerOf(object, ['subjects', 'roleRef']);
  return {
    kind,
    name: metadata.name,
    ...(kind === 'RoleBinding' ? { namespace: metadata.namespace ?? 'default' } : {}),
    roleRef: { kind: digText(object, 'roleRef', 'kind') ?? '', name: digText(object, 'roleRef', 'name') ?? '' },
    subjects: digList(object, 'subjects').flatMap(readSubject),
    ...(owner === undefined ? {} : { owner }),
    ...(origin === undefined ? {} : { origin }),
  };
};

/** OpenShift serves the same four kinds once more under authorization.openshift.io; those are views of these. */
const isRbac = ({ apiVersion }: KubeObject): boolean => apiVersion.startsWith(RBAC_GROUP);

export const readPolicy = (objects: readonly { readonly object: KubeObject; readonly origin?: Origin }[]): Policy => ({
  roles: objects.flatMap(({ object, origin }) => readRole(object, origin) ?? []),
  bindings: objects.flatMap(({ object, origin }) => readBinding(object, origin) ?? []),
});
