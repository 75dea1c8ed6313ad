/** Who may what in the world: the RBAC of core/rbac over the roles and bindings that are stored, kept as they change. */
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { KubeResource } from '../../core/model/kube-resource.ts';
import type { AccessAttributes, AccessVerdict, UserInfo } from '../../core/ports/kube-api.ts';
import { asServed, forbiddenMessage, isResourceRequest } from '../../core/rbac/access-request.ts';
import { grantsFor, isAllowed } from '../../core/rbac/evaluate.ts';
import { emptyPolicy, type PolicyRule } from '../../core/rbac/policy.ts';
import { PolicyIndex } from '../../core/rbac/policy-index.ts';
import { readBinding, readRole } from '../../core/rbac/read-policy.ts';
import { forbidden, type Refused } from './status.ts';
import type { Store } from './store.ts';

const RBAC_PLURALS = ['clusterroles', 'roles', 'clusterrolebindings', 'rolebindings'];

export interface Access {
  readonly verdict: (user: UserInfo, attributes: AccessAttributes) => AccessVerdict;
  /** The server's refusal, or undefined where the user may. */
  readonly refusal: (user: UserInfo, kind: KubeResource, attributes: AccessAttributes) => Refused | undefined;
  /** Every rule that this user has in this namespace. */
  readonly rules: (user: UserInfo, namespace: string) => readonly PolicyRule[];
}

export const accessOf = (store: Store): Access => {
  const index = new PolicyIndex(emptyPolicy);
  const set = (object: KubeObject): void => {
    const role = readRole(object);
    if (role !== undefined) index.setRole(role);
    const binding = readBinding(object);
    if (binding !== undefined) index.setBinding(binding);
  };
  const drop = (object: KubeObject): void => {
    const role = readRole(object);
    if (role !== undefined) index.removeRole(role);
    const binding = readBinding(object);
    if (binding !== undefined) index.removeBinding(binding);
  };
  for (const plural of RBAC_PLURALS)
    store.subscribe({ group: 'rbac.authorization.k8s.io', plural }, ({ type, object }) =>
      type === 'DELETED' ? drop(object) : set(object),
    );
  const may = (user: UserInfo, attributes: AccessAttributes): boolean => isAllowed(index, user, asServed(attributes));
  return {
    verdict: (user, attributes) => ({ allowed: may(user, attributes), denied: false, reason: '' }),
    refusal: (user, kind, attributes) => {
      if (may(user, attributes)) return undefined;
      const name = isResourceRequest(attributes) ? (attributes.name ?? '') : '';
      return forbidden(kind, name, forbiddenMessage(user, asServed(attributes)));
    },
    rules: (user, namespace) =>
      grantsFor(index, user, namespace).flatMap(({ slot }) => slot.rules.map(({ rule }) => rule)),
  };
};
