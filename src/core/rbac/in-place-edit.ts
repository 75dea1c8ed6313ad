/**
 * The founding document's own way: add the rule to the role that is there. It works until the owner puts the role back,
 * and it widens what everybody bound to that role may do; so it is offered only when asked for, and says both.
 */
import type { UserInfo } from '../ports/kube-api.ts';
import { isDefaultBinding } from './default-policy.ts';
import { grantsFor } from './evaluate.ts';
import type { LeastGrant } from './least-grant.ts';
import type { PolicyRule, Role } from './policy.ts';
import { pathOf } from './policy.ts';
import type { PolicyIndex } from './policy-index.ts';
import { predictRevert } from './revert.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';

export interface InPlaceEdit {
  readonly object: string;
  /** RFC 6902. The test refuses the edit when the role has changed since it was read. */
  readonly patch: readonly { readonly op: 'test' | 'add'; readonly path: string; readonly value: unknown }[];
  readonly temporary: true;
  readonly because: string;
}

const asJson = (rule: PolicyRule): Record<string, readonly string[]> =>
  Object.fromEntries(Object.entries(rule).filter(([, list]: [string, readonly string[]]) => list.length > 0));

const key = (rule: PolicyRule): string =>
  JSON.stringify(Object.values(rule).map((list: readonly string[]) => list.toSorted()));

export const editInPlace = (
  role: Role,
  rules: readonly PolicyRule[],
  resourceVersion: string | undefined,
): Result<InPlaceEdit> => {
  const present = new Set(role.rules.map(key));
  const absent = rules.filter((rule) => !present.has(key(rule)));
  if (absent.length === 0)
    return fail(
      'refused-duplicate',
      `${pathOf(role)} has the rule already; adding it again would only make a second copy`,
    );
  const { say } = predictRevert({
    object: pathOf(role),
    ...(role.owner === undefined ? {} : { owner: role.owner }),
    own: false,
  });
  return ok({
    object: pathOf(role),
    patch: [
      ...(resourceVersion === undefined
        ? []
        : [{ op: 'test' as const, path: '/metadata/resourceVersion', value: resourceVersion }]),
      ...absent.map((rule) => ({ op: 'add' as const, path: '/rules/-', value: asJson(rule) })),
    ],
    temporary: true,
    because: `temporary: ${say}; and everybody who is bound to ${pathOf(role)} gets the rule${role.kind === 'ClusterRole' ? ', in every namespace where it is bound cluster-wide' : ''}`,
  });
};

/** A role of the caller that holds in this scope; one of the scope's own before one of the whole cluster. */
const roleIn = (index: PolicyIndex, caller: UserInfo, namespace: string | undefined): Role | undefined =>
  grantsFor(index, caller, namespace ?? '')
    .filter(({ binding }) => !isDefaultBinding(binding))
    .toSorted((a, b) => Number(b.binding.namespace !== undefined) - Number(a.binding.namespace !== undefined))
    .flatMap(({ slot }) => slot.role ?? [])[0];

/** The grant as edits of the roles that the caller has already. Scopes in which it has none are left to the grant. */
export const inPlaceEdits = (
  index: PolicyIndex,
  caller: UserInfo,
  { grants }: LeastGrant,
  versionOf: (role: Role) => string | undefined,
): readonly InPlaceEdit[] => {
  const rules = new Map<Role, PolicyRule[]>();
  for (const { role } of grants) {
    const target = roleIn(index, caller, role.namespace);
    if (target !== undefined) rules.set(target, [...(rules.get(target) ?? []), ...role.rules]);
  }
  return [...rules].flatMap(([role, added]) => {
    const edit = editInPlace(role, added, versionOf(role));
    return edit.ok ? [edit.value] : [];
  });
};
