/**
 * How `fix.create` of cases-rbac.yaml is compared: roles by what they grant, bindings by role and subjects. Names of new
 * objects are the author's; a binding that goes with a stated role may go unstated.
 */
import { dig, digList, digText } from '../../../core/model/dig.ts';
import { breakDown } from '../../../core/rbac/escalation.ts';
import type { GrantedRole } from '../../../core/rbac/least-grant.ts';
import type { PolicyRule, Role, Subject } from '../../../core/rbac/policy.ts';
import { readRule } from '../../../core/rbac/read-policy.ts';
import { Matcher } from '../matcher.ts';

const grantsOf = (rules: readonly PolicyRule[]): string =>
  rules
    .flatMap(breakDown)
    .map((single) => JSON.stringify(single))
    .toSorted()
    .join('\n');

const showSubject = ({ kind, namespace, name }: Subject): string =>
  kind === 'ServiceAccount' ? `sa:${namespace ?? ''}/${name}` : `${kind.toLowerCase()}:${name}`;

const isRoleItem = (item: unknown): boolean => digText(item, 'kind')?.endsWith('Role') === true;

const KEYS = ['kind', 'namespace', 'name', 'rules', 'roleRef', 'subjects'];

const sameRole = (expected: unknown, role: Role): boolean =>
  dig(expected, 'kind') === role.kind &&
  dig(expected, 'namespace') === role.namespace &&
  grantsOf(digList(expected, 'rules').map(readRule)) === grantsOf(role.rules);

const sameBinding = (
  expected: unknown,
  { binding, role, existing }: GrantedRole,
  created: ReadonlySet<string>,
): boolean => {
  const ref = digText(expected, 'roleRef') ?? '';
  const refFits = created.has(ref) ? !existing && ref.startsWith(`${role.kind}/`) : ref === `${role.kind}/${role.name}`;
  const subjects = digList(expected, 'subjects').map(String).toSorted();
  return (
    dig(expected, 'kind') === binding.kind &&
    dig(expected, 'namespace') === binding.namespace &&
    refFits &&
    JSON.stringify(subjects) === JSON.stringify(binding.subjects.map(showSubject).toSorted())
  );
};

const alterAt = (value: unknown, alter: (leaf: string) => string): readonly unknown[] => {
  if (typeof value === 'string') return [alter(value)];
  if (Array.isArray(value)) return value.flatMap((item, at) => alterAt(item, alter).map((one) => value.with(at, one)));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    alterAt(inner, alter).map((one) => ({ ...value, [key]: one })),
  );
};

const mutantsOf = (items: readonly unknown[]): readonly unknown[] =>
  items.flatMap((item, at) => {
    const map = item as Record<string, unknown>;
    const compared = Object.fromEntries(Object.entries(map).filter(([key]) => key !== 'name' && key !== 'roleRef'));
    const altered = alterAt(compared, (leaf) => `${leaf}-altered`) as Record<string, unknown>[];
    return [...altered.map((one) => items.with(at, { ...map, ...one })), items.with(at, { ...map, unknownKey: 1 })];
  });

export const grantMatcher = (grants: readonly GrantedRole[]): Matcher =>
  new Matcher(
    `grants ${JSON.stringify(grants.map(({ role, existing }) => ({ kind: role.kind, namespace: role.namespace, rules: role.rules, existing })))}`,
    (expected) => {
      if (!Array.isArray(expected)) return 'expected a list of objects to create';
      const strange = expected.flatMap((item) => Object.keys(item as object)).find((key) => !KEYS.includes(key));
      if (strange !== undefined) return `unknown key ${strange}`;
      const created = new Set(
        expected.filter(isRoleItem).map((item) => `${digText(item, 'kind') ?? ''}/${digText(item, 'name') ?? ''}`),
      );
      const newRoles = grants.filter(({ existing }) => !existing);
      const unmatched = new Set(newRoles);
      for (const item of expected) {
        const isRole = isRoleItem(item);
        const found = isRole
          ? [...unmatched].find(({ role }) => sameRole(item, role))
          : grants.find((grant) => sameBinding(item, grant, created));
        if (found === undefined) return `expected ${JSON.stringify(item)} among the grants`;
        if (isRole) unmatched.delete(found);
      }
      return unmatched.size === 0
        ? undefined
        : `not expected: ${[...unmatched].map(({ role }) => grantsOf(role.rules)).join(' ')}`;
    },
    (expected) => mutantsOf(expected as readonly unknown[]),
  );
