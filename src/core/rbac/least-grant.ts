/**
 * A gap -> the least that closes it: own Roles and RoleBindings beside what is there, since RBAC only adds and an object
 * that another controller owns would be put back (dpf.md 5.1). A role that already fits is bound instead of written anew.
 */
import type { KubeObject } from '../model/kube-object.ts';
import type { AccessAttributes, UserInfo } from '../ports/kube-api.ts';
import { asServed, isResourceRequest } from './access-request.ts';
import { accountOf, showCaller, subjectFor } from './caller.ts';
import { grantsFor } from './evaluate.ts';
import type { JudgedNeed } from './gap.ts';
import { grantRules, isExpression, whyUnnamed } from './grant-rules.ts';
import { isDefaultBinding } from './default-policy.ts';
import { breakDown } from './escalation.ts';
import { pathOf, roleKey } from './policy.ts';
import type { Binding, PolicyRule, Role } from './policy.ts';
import type { PolicyIndex } from './policy-index.ts';
import { riskOf } from './risks.ts';
import { compileRequest, compileRule, ruleCovers } from './rule-match.ts';

export interface Advice {
  readonly level: 'info' | 'warn' | 'error';
  readonly text: string;
}

export interface GrantedRole {
  readonly role: Role;
  readonly binding: Binding;
  /** The role is there already and is only bound. */
  readonly existing: boolean;
}

export interface LeastGrant {
  readonly grants: readonly GrantedRole[];
  /** What could not be placed, and why. */
  readonly open: readonly { readonly request: AccessAttributes; readonly because: string }[];
  /** Roles of this caller that another controller keeps as they are. */
  readonly doNotTouch: readonly Role[];
  readonly advice: readonly Advice[];
}

export const MANAGED_BY = 'nicwright';

/** Object names are at most 253 characters; the account's own name says whom the role is for. */
const nameFor = (caller: UserInfo, namespace: string | undefined): string => {
  const account = accountOf(caller.username);
  const base = account === undefined ? caller.username.replaceAll(/[^a-z0-9.-]+/gi, '-').toLowerCase() : account.name;
  const home = namespace === undefined && account !== undefined ? `${account.namespace}-` : '';
  return `${MANAGED_BY}-${home}${base}`.slice(0, 253);
};

const newRole = (caller: UserInfo, namespace: string | undefined, rules: readonly PolicyRule[]): Role => ({
  ...(namespace === undefined ? { kind: 'ClusterRole' as const } : { kind: 'Role' as const, namespace }),
  name: nameFor(caller, namespace),
  labels: { 'app.kubernetes.io/managed-by': MANAGED_BY },
  rules,
  served: false,
});

const newBinding = (caller: UserInfo, namespace: string | undefined, role: Role): Binding => ({
  ...(namespace === undefined ? { kind: 'ClusterRoleBinding' as const } : { kind: 'RoleBinding' as const, namespace }),
  name: nameFor(caller, namespace),
  roleRef: { kind: role.kind, name: role.name },
  subjects: [subjectFor(caller)],
});

/**
 * Whether a single permission is among what is asked for. Without names it gives more than a new rule with names would:
 * that is no reason to write one for a ConfigMap, but it is for what opens more than it seems (risks.ts).
 */
const isAskedFor = (single: PolicyRule, requests: readonly AccessAttributes[]): boolean =>
  requests.some(
    (request) =>
      ruleCovers(compileRule(single), compileRequest(asServed(request))) &&
      (single.resourceNames.length > 0 ||
        whyUnnamed(request) !== undefined ||
        riskOf(single, scopeOf(request)).length === 0),
  );

/**
 * A role that gives all that is missing in this scope and no verb or resource beyond it, so that binding it is no wider
 * than writing a new one. One that a controller owns may change tomorrow and is not relied on.
 */
const fittingRole = (
  index: PolicyIndex,
  requests: readonly AccessAttributes[],
  namespace: string | undefined,
): Role | undefined => {
  const asked = requests.map((request) => compileRequest(asServed(request)));
  for (const { role, rules } of index.roles()) {
    if (role.owner !== undefined || role.labels['app.kubernetes.io/managed-by'] === MANAGED_BY) continue;
    if (role.kind === 'Role' ? role.namespace !== namespace : false) continue;
    const covers = asked.every((request) => rules.some((rule) => ruleCovers(rule, request)));
    const noMore = rules.every(({ rule }) => breakDown(rule).every((single) => isAskedFor(single, requests)));
    if (covers && noMore) return role;
  }
  return undefined;
};

const scopeOf = (request: AccessAttributes): string | undefined =>
  isResourceRequest(request) ? request.namespace : undefined;

const whyOpen = (request: AccessAttributes): string | undefined => {
  const namespace = scopeOf(request);
  return isExpression(namespace)
    ? `the namespace is known only as ${(namespace ?? '').slice(1)}: give the grant in each such namespace, once it is known`
    : undefined;
};

/** Roles that this caller has through a binding, without the defaults of the cluster. */
export const rolesOf = (index: PolicyIndex, caller: UserInfo): readonly Role[] => {
  const roles = new Set<Role>();
  for (const scope of ['', ...index.namespaces()])
    for (const { binding, slot } of grantsFor(index, caller, scope))
      if (slot.role !== undefined && !isDefaultBinding(binding)) roles.add(slot.role);
  return [...roles];
};

/** Our own role of that name keeps the rules it has: applying the grant must not take away an earlier one. */
const withEarlier = (index: PolicyIndex, role: Role): Role => {
  const key = roleKey(role.kind, role.name, role.namespace);
  const earlier = [...index.roles()].find((one) => roleKey(one.role.kind, one.role.name, one.role.namespace) === key);
  if (earlier === undefined) return role;
  const added = new Set(role.rules.map((rule) => JSON.stringify(rule)));
  return { ...role, rules: [...earlier.role.rules.filter((rule) => !added.has(JSON.stringify(rule))), ...role.rules] };
};

/** What a rule for the whole cluster gives in each namespace needs none there. */
const withoutDoubles = (
  byScope: ReadonlyMap<string | undefined, readonly AccessAttributes[]>,
): readonly (readonly [string | undefined, readonly AccessAttributes[]])[] => {
  const wide = grantRules(byScope.get(undefined) ?? []).map(compileRule);
  return [...byScope]
    .map(([namespace, requests]) =>
      namespace === undefined
        ? ([namespace, requests] as const)
        : ([
            namespace,
            requests.filter((request) => !wide.some((rule) => ruleCovers(rule, compileRequest(asServed(request))))),
          ] as const),
    )
    .filter(([, requests]) => requests.length > 0);
};

export const leastGrant = (
  index: PolicyIndex,
  caller: UserInfo,
  missing: readonly Pick<JudgedNeed, 'request'>[],
): LeastGrant => {
  const byScope = new Map<string | undefined, AccessAttributes[]>();
  const open: { request: AccessAttributes; because: string }[] = [];
  for (const { request } of missing) {
    const because = whyOpen(request);
    if (because !== undefined) {
      open.push({ request, because });
      continue;
    }
    const scope = scopeOf(request);
    byScope.set(scope, [...(byScope.get(scope) ?? []), request]);
  }
  const advice: Advice[] = [];
  const grants = withoutDoubles(byScope).map(([namespace, requests]): GrantedRole => {
    const fitting = fittingRole(index, requests, namespace);
    if (fitting !== undefined)
      advice.push({
        level: 'warn',
        text: `${pathOf(fitting)} fits, but no binding gives it to ${showCaller(caller)}: bind it instead of writing a new role`,
      });
    const role = fitting ?? withEarlier(index, newRole(caller, namespace, grantRules(requests)));
    return { role, binding: newBinding(caller, namespace, role), existing: fitting !== undefined };
  });
  for (const { role, existing } of grants)
    if (!existing) advice.push(...role.rules.flatMap((rule) => riskOf(rule, role.namespace)));
  const unnamed = new Set(missing.flatMap(({ request }) => unnamedAdvice(request)));
  return {
    grants,
    open,
    doNotTouch: rolesOf(index, caller).filter(({ owner }) => owner !== undefined),
    advice: [...advice, ...[...unnamed].map((text): Advice => ({ level: 'info', text }))],
  };
};

const unnamedAdvice = (request: AccessAttributes): readonly string[] => {
  if (!isResourceRequest(request) || request.name === undefined) return [];
  const why = whyUnnamed(request);
  return why === undefined ? [] : [`the grant on ${request.resource} names no object: ${why}`];
};

const withoutEmpty = (rule: PolicyRule): Record<string, readonly string[]> =>
  Object.fromEntries(
    (['apiGroups', 'resources', 'resourceNames', 'nonResourceURLs', 'verbs'] as const).flatMap((key) =>
      rule[key].length === 0 ? [] : [[key, rule[key]]],
    ),
  );

const metadataOf = ({ name, namespace }: Role | Binding, because: string) => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
  labels: { 'app.kubernetes.io/managed-by': MANAGED_BY },
  annotations: { 'nicwright.dev/because': because },
});

/** The grant as objects to apply. No ApplySet label is set: another controller would take that for its own. */
export const grantObjects = ({ grants }: LeastGrant, because: string): readonly KubeObject[] =>
  grants.flatMap(({ role, binding, existing }): readonly KubeObject[] => {
    const apiGroup = 'rbac.authorization.k8s.io';
    const apiVersion = `${apiGroup}/v1`;
    const bound: KubeObject = {
      apiVersion,
      kind: binding.kind,
      metadata: metadataOf(binding, because),
      roleRef: { apiGroup, ...binding.roleRef },
      subjects: binding.subjects.map((subject) => ({
        ...(subject.kind === 'ServiceAccount' ? {} : { apiGroup }),
        ...subject,
      })),
    };
    return existing
      ? [bound]
      : [
          { apiVersion, kind: role.kind, metadata: metadataOf(role, because), rules: role.rules.map(withoutEmpty) },
          bound,
        ];
  });
