/** The short forms of cases-rbac.yaml (its schema comment) -> the shapes of core/rbac. */
import { parseCaller } from '../../../core/rbac/caller.ts';
import type { Binding, Policy, Role, Subject } from '../../../core/rbac/policy.ts';
import { readRule } from '../../../core/rbac/read-policy.ts';
import { digList, digMap, digText, digTexts, isMap } from '../../../core/model/dig.ts';
import type { AccessAttributes, UserInfo } from '../../../core/ports/kube-api.ts';

const required = (value: string | undefined, what: string): string => {
  if (value === undefined) throw new Error(`the case gives no ${what}`);
  return value;
};

const roleOf = (role: unknown): Role => {
  const kind = digText(role, 'kind') === 'Role' ? 'Role' : 'ClusterRole';
  const namespace = digText(role, 'namespace');
  const owner = digText(role, 'owner');
  return {
    kind,
    name: required(digText(role, 'name'), 'name of a role'),
    ...(kind === 'Role' && namespace !== undefined ? { namespace } : {}),
    labels: digTexts(role, 'labels'),
    rules: digList(role, 'rules').map(readRule),
    ...(isMap(role) && 'aggregate' in role
      ? { aggregationSelectors: [{ matchLabels: digMap(role, 'aggregate') }] }
      : {}),
    served: false,
    ...(owner === undefined ? {} : { owner }),
  };
};

const KINDS: Readonly<Record<string, Subject['kind']>> = { sa: 'ServiceAccount', user: 'User', group: 'Group' };

export const subjectOf = (text: string): Subject => {
  const colon = text.indexOf(':');
  const kind = required(KINDS[text.slice(0, colon)], `subject kind in ${text}`) as Subject['kind'];
  const rest = text.slice(colon + 1);
  if (kind !== 'ServiceAccount') return { kind, name: rest };
  const slash = rest.indexOf('/');
  return slash < 0 ? { kind, name: rest } : { kind, namespace: rest.slice(0, slash), name: rest.slice(slash + 1) };
};

export const roleRefOf = (text: string): Binding['roleRef'] => {
  const slash = text.indexOf('/');
  return { kind: text.slice(0, slash), name: text.slice(slash + 1) };
};

const bindingOf = (binding: unknown): Binding => {
  const kind = digText(binding, 'kind') === 'RoleBinding' ? 'RoleBinding' : 'ClusterRoleBinding';
  const namespace = digText(binding, 'namespace');
  return {
    kind,
    name: required(digText(binding, 'name'), 'name of a binding'),
    ...(kind === 'RoleBinding' && namespace !== undefined ? { namespace } : {}),
    roleRef: roleRefOf(required(digText(binding, 'roleRef'), 'roleRef')),
    subjects: digList(binding, 'subjects').map((subject) => subjectOf(String(subject))),
  };
};

export const policyOf = (given: unknown): Policy => ({
  roles: digList(given, 'roles').map(roleOf),
  bindings: digList(given, 'bindings').map(bindingOf),
});

export const callerOf = (given: unknown): UserInfo => {
  const who = required(digText(given, 'who'), 'who');
  const extra = digList(given, 'extraGroups').map(String);
  const parsed = parseCaller(who);
  if (!parsed.ok) throw new Error(parsed.fault.message);
  return digText(given, 'groups') === 'explicit'
    ? { username: parsed.value.username, groups: extra }
    : { username: parsed.value.username, groups: [...parsed.value.groups, ...extra] };
};

export const requestOf = (request: unknown): AccessAttributes => {
  const verb = required(digText(request, 'verb'), 'verb');
  const url = digText(request, 'url');
  if (url !== undefined) return { verb, path: url };
  const subresource = digText(request, 'subresource');
  const namespace = digText(request, 'namespace');
  const name = digText(request, 'resourceName');
  return {
    verb,
    group: digText(request, 'apiGroup') ?? '',
    resource: required(digText(request, 'resource'), 'resource'),
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
};
