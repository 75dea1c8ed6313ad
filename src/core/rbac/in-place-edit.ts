/**
 * The founding document's own way: add the rule to the role that is there. It works until the owner puts the role back,
 * and it widens what everybody bound to that role may do; so it is offered only when asked for, and says both.
 */
import type { PolicyRule, Role } from './policy.ts';
import { pathOf } from './policy.ts';
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
