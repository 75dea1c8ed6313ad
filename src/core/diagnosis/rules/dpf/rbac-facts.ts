/** Roles and bindings of an input, read by core/rbac, and whether all of them were read: a denial by absence needs that. */
import type { Binding } from '../../../rbac/policy.ts';
import { withDefaults } from '../../../rbac/default-policy.ts';
import { PolicyIndex } from '../../../rbac/policy-index.ts';
import { readBinding, readPolicy } from '../../../rbac/read-policy.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import type { Facts } from '../../facts.ts';

const RBAC = 'rbac.authorization.k8s.io';

export const bindingsOf = (facts: Facts): readonly { readonly entry: SnapshotObject; readonly binding: Binding }[] =>
  ['RoleBinding', 'ClusterRoleBinding'].flatMap((kind) =>
    facts.objects(kind).flatMap((entry) => {
      const binding = readBinding(entry.object, entry.origin);
      return binding === undefined ? [] : [{ entry, binding }];
    }),
  );

/** So many objects of a kind are no selection of a person: even a bare cluster has dozens of roles. */
const WHOLE_LIST = 20;

/**
 * True when roles and bindings were read as lists, so that what they do not give is not given. Single objects that somebody
 * picked show what is granted, and never that something is not.
 */
export const policyWasRead = (facts: Facts): boolean =>
  ['ClusterRole', 'ClusterRoleBinding', 'RoleBinding'].every(
    (kind) => facts.snapshot.listed.has(`${kind}.${RBAC}`) || facts.objects(kind).length >= WHOLE_LIST,
  );

const known = new WeakMap<Facts, PolicyIndex>();

export const policyIndex = (facts: Facts): PolicyIndex => {
  const before = known.get(facts);
  if (before !== undefined) return before;
  const index = new PolicyIndex(withDefaults(readPolicy(facts.snapshot.objects)));
  known.set(facts, index);
  return index;
};
