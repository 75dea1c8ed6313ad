/**
 * Which SecurityContextConstraints an account may use, as far as an input tells: by bindings to OpenShift's own cluster roles
 * (`system:openshift:scc:NAME` grants `use` of NAME), by rules that core/rbac finds, and by the SCC's own list of users.
 */
import { digList } from '../../../model/dig.ts';
import { serviceAccount } from '../../../rbac/caller.ts';
import { isAllowed } from '../../../rbac/evaluate.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import type { Facts } from '../../facts.ts';
import { bindingsOf, policyIndex } from './rbac-facts.ts';

const SCC_ROLE = /^system:openshift:scc:(?<scc>.+)$/;

export interface SccBinding {
  readonly entry: SnapshotObject;
  readonly scc: string;
  /** Accounts in it, as `NAMESPACE/NAME`. */
  readonly accounts: readonly string[];
}

/** Every binding to one of OpenShift's cluster roles for an SCC. */
export const sccBindings = (facts: Facts): readonly SccBinding[] =>
  bindingsOf(facts).flatMap(({ entry, binding }) => {
    const scc = SCC_ROLE.exec(binding.roleRef.name)?.groups?.['scc'];
    if (scc === undefined) return [];
    const accounts = binding.subjects.flatMap(({ kind, name, namespace }) =>
      kind === 'ServiceAccount' ? [`${namespace ?? binding.namespace ?? ''}/${name}`] : [],
    );
    return [{ entry, scc, accounts }];
  });

/** SCCs that this account may use, beside those that every account may. */
export const usableSccs = (facts: Facts, namespace: string, account: string): ReadonlySet<string> => {
  const caller = serviceAccount(namespace, account);
  const found = new Set(
    sccBindings(facts)
      .filter(({ accounts }) => accounts.includes(`${namespace}/${account}`))
      .map(({ scc }) => scc),
  );
  const sccs = facts.objects('SecurityContextConstraints');
  const index = policyIndex(facts);
  for (const { object } of sccs) {
    const { name } = object.metadata;
    const users = [...digList(object, 'users'), ...digList(object, 'groups')];
    const isListed = [caller.username, ...caller.groups].some((who) => users.includes(who));
    const request = {
      verb: 'use',
      group: 'security.openshift.io',
      resource: 'securitycontextconstraints',
      name,
      namespace,
    };
    if (isListed || isAllowed(index, caller, request)) found.add(name);
  }
  return found;
};
