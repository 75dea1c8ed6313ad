/**
 * The nouns of RBAC as this room reads them: rules, roles, bindings, subjects. Reading them out of Kubernetes objects is
 * left to read-policy.ts, what they allow to evaluate.ts.
 */
import type { Origin } from '../snapshot/snapshot.ts';

/** rbac.authorization.k8s.io/v1 PolicyRule. Rules only add; there is no rule that denies. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  /** Empty: any name, and requests without a name. */
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

export interface Role {
  readonly kind: 'Role' | 'ClusterRole';
  readonly name: string;
  /** Of a Role only. */
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly rules: readonly PolicyRule[];
  /** aggregationRule.clusterRoleSelectors, as read; the controller replaces `rules` by those of the selected roles. */
  readonly aggregationSelectors?: readonly unknown[];
  /** True when a server had it, so that the aggregation controller has already filled `rules`. */
  readonly served: boolean;
  /** Who writes this object and would undo a change of ours: a field manager, an owner, a Helm release. */
  readonly owner?: string;
  readonly origin?: Origin;
}

export interface Subject {
  readonly kind: 'User' | 'Group' | 'ServiceAccount';
  readonly name: string;
  readonly namespace?: string;
}

export interface Binding {
  readonly kind: 'RoleBinding' | 'ClusterRoleBinding';
  readonly name: string;
  /** Of a RoleBinding only. */
  readonly namespace?: string;
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects: readonly Subject[];
  readonly owner?: string;
  readonly origin?: Origin;
}

/** All roles and bindings that are known. Absent ones grant nothing: deny is the default. */
export interface Policy {
  readonly roles: readonly Role[];
  readonly bindings: readonly Binding[];
}

export const emptyPolicy: Policy = { roles: [], bindings: [] };

type Named = Pick<Role | Binding, 'kind' | 'name' | 'namespace'>;

/** `Role/ns/name` or `ClusterRole/name`: how verdicts and reports name an object. */
export const pathOf = ({ kind, name, namespace }: Named): string =>
  namespace === undefined ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;

/** The key a binding looks its role up by: a Role in the binding's own namespace, a ClusterRole anywhere. */
export const roleKey = (kind: string, name: string, namespace: string | undefined): string =>
  kind === 'ClusterRole' ? `ClusterRole/${name}` : `${kind}/${namespace ?? ''}/${name}`;
