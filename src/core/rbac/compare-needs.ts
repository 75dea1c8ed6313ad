/**
 * What a new version of a script needs that the old one had no need for, or that the old Role does not give: an upgrade that
 * would stop at a denial, seen before it is rolled out.
 */
import type { UserInfo } from '../ports/kube-api.ts';
import type { SnapshotObject } from '../snapshot/snapshot.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { parseCaller, serviceAccount } from './caller.ts';
import { withDefaults } from './default-policy.ts';
import type { Binding, Policy, Role } from './policy.ts';
import { PolicyIndex } from './policy-index.ts';
import { readPolicy } from './read-policy.ts';
import { askKey } from './script/recorder.ts';
import type { Need } from './script/recorder.ts';

/** Stands for the namespace of a pod that is not known. */
const ANY_POD = '@pod';

const bindingFor = (role: Role, { namespace, name }: { namespace: string; name: string }): Binding => ({
  ...(role.namespace === undefined
    ? { kind: 'ClusterRoleBinding' as const }
    : { kind: 'RoleBinding' as const, namespace: role.namespace }),
  name: `as if bound: ${role.name}`,
  roleRef: { kind: role.kind, name: role.name },
  subjects: [{ kind: 'ServiceAccount', namespace, name }],
});

const accountsIn = ({ bindings }: Policy): readonly string[] => [
  ...new Set(
    bindings.flatMap(({ subjects, namespace: home }) =>
      subjects.flatMap(({ kind, name, namespace }) =>
        kind === 'ServiceAccount' ? [`sa:${namespace ?? home ?? 'default'}/${name}`] : [],
      ),
    ),
  ),
];

export interface OldRights {
  readonly caller: UserInfo;
  readonly index: PolicyIndex;
}

/**
 * The rights of a file with roles. With bindings those of the account that they name; without, as if every role were bound
 * to the account. `namespace`: the pod's, where it is known.
 */
export const oldRights = (
  objects: readonly SnapshotObject[],
  given: { readonly account?: UserInfo; readonly namespace?: string },
): Result<OldRights> => {
  const policy = readPolicy(objects);
  const accounts = accountsIn(policy);
  if (policy.roles.length === 0)
    return fail(
      'input-no-role',
      'The file of --against holds no Role or ClusterRole; give the one that the old version has.',
    );
  if (accounts.length > 0) {
    const [only = '', ...more] = accounts;
    if (given.account === undefined && more.length > 0)
      return fail(
        'usage-account',
        `The file binds its roles to ${accounts.join(', ')}; say with --as which one runs the script.`,
      );
    const parsed = given.account === undefined ? parseCaller(only) : ok(given.account);
    return parsed.ok ? ok({ caller: parsed.value, index: new PolicyIndex(withDefaults(policy)) }) : parsed;
  }
  const homes = new Set(policy.roles.flatMap(({ namespace }) => namespace ?? []));
  const home = given.namespace ?? (homes.size === 1 ? [...homes][0] : undefined) ?? ANY_POD;
  const account = { namespace: home, name: 'script' };
  const bound: Policy = {
    roles: policy.roles,
    bindings: [...policy.bindings, ...policy.roles.map((role) => bindingFor(role, account))],
  };
  return ok({ caller: serviceAccount(home, account.name), index: new PolicyIndex(withDefaults(bound)) });
};

/** Needs that the old version did not have, on any way through it. */
export const newNeeds = (needs: readonly Need[], old: readonly Need[]): readonly Need[] => {
  const had = new Set(old.map(askKey));
  return needs.filter((need) => !had.has(askKey(need)));
};
