/**
 * Escalation prevention: may this caller write this Role, and bind it? kube-apiserver lets nobody hand out a permission
 * that he does not hold himself in that scope, unless he has `escalate` on the role or `bind` for the binding
 * (k8s.io/kubernetes/pkg/registry/rbac, k8s.io/component-helpers/auth/rbac/validation/policy_comparator.go; dpf.md 6.1).
 */
import type { AccessAttributes, UserInfo } from '../ports/kube-api.ts';
import { showRequest } from './access-request.ts';
import { showCaller } from './caller.ts';
import { grantsFor, isAllowed, PRIVILEGED_GROUP } from './evaluate.ts';
import type { Binding, PolicyRule, Role } from './policy.ts';
import { roleKey } from './policy.ts';
import type { PolicyIndex } from './policy-index.ts';

const RBAC = 'rbac.authorization.k8s.io';

export interface EscalationVerdict {
  readonly allowed: boolean;
  readonly because: string;
  /** The single permissions of the role that the caller does not hold. */
  readonly lacking: readonly PolicyRule[];
  /** The smallest rights that would let the caller write the role and bind it. */
  readonly smallestHelp: readonly AccessAttributes[];
}

/** One rule as single permissions, each of one verb on one resource (and name), or on one path. */
export const breakDown = (rule: PolicyRule): readonly PolicyRule[] => {
  const names = rule.resourceNames.length === 0 ? [[]] : rule.resourceNames.map((name) => [name]);
  const single: PolicyRule[] = [];
  for (const verb of rule.verbs) {
    for (const group of rule.apiGroups)
      for (const resource of rule.resources)
        for (const resourceNames of names)
          single.push({ verbs: [verb], apiGroups: [group], resources: [resource], resourceNames, nonResourceURLs: [] });
    for (const url of rule.nonResourceURLs)
      single.push({ verbs: [verb], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [url] });
  }
  return single;
};

const holds = (owned: readonly string[], asked: readonly string[]): boolean =>
  asked.every((entry) => owned.includes(entry));

const holdsResource = (owned: readonly string[], asked: string): boolean => {
  const slash = asked.indexOf('/');
  return owned.includes('*') || owned.includes(asked) || (slash >= 0 && owned.includes(`*${asked.slice(slash)}`));
};

const holdsPath = (owned: readonly string[], asked: string): boolean =>
  owned.some((url) => url === asked || (url.endsWith('*') && asked.startsWith(url.replace(/\*+$/, ''))));

/** Does one owned rule cover one single permission? Two rules never do together. */
const coversSingle = (owned: PolicyRule, single: PolicyRule): boolean =>
  (owned.verbs.includes('*') || holds(owned.verbs, single.verbs)) &&
  (owned.apiGroups.includes('*') || holds(owned.apiGroups, single.apiGroups)) &&
  single.resources.every((resource) => holdsResource(owned.resources, resource)) &&
  single.nonResourceURLs.every((url) => holdsPath(owned.nonResourceURLs, url)) &&
  (owned.resourceNames.length === 0 ||
    (single.resourceNames.length > 0 && holds(owned.resourceNames, single.resourceNames)));

const lackingOf = (
  index: PolicyIndex,
  caller: UserInfo,
  rules: readonly PolicyRule[],
  namespace: string,
): readonly PolicyRule[] => {
  const owned = grantsFor(index, caller, namespace).flatMap(({ slot }) => slot.rules.map(({ rule }) => rule));
  return rules.flatMap(breakDown).filter((single) => !owned.some((rule) => coversSingle(rule, single)));
};

const onRole = (verb: string, kind: string, name: string, namespace: string | undefined): AccessAttributes => ({
  verb,
  group: RBAC,
  resource: kind === 'Role' ? 'roles' : 'clusterroles',
  ...(namespace === undefined ? {} : { namespace }),
  name,
});

const PRIVILEGED: EscalationVerdict = {
  allowed: true,
  because: `group ${PRIVILEGED_GROUP} may hand out every permission`,
  lacking: [],
  smallestHelp: [],
};

const showSingle = ({ verbs, resources, apiGroups, resourceNames, nonResourceURLs }: PolicyRule): string => {
  const [group = ''] = apiGroups;
  const what = nonResourceURLs[0] ?? `${resources[0] ?? ''}${group === '' ? '' : `.${group}`}`;
  return `${verbs[0] ?? ''} ${what}${resourceNames.length === 0 ? '' : ` "${resourceNames[0] ?? ''}"`}`;
};

const showLacking = (lacking: readonly PolicyRule[]): string => {
  const shown = lacking.slice(0, 3).map(showSingle).join(', ');
  return lacking.length > 3 ? `${shown} and ${lacking.length - 3} more` : shown;
};

/**
 * May the caller write this role by server-side apply (a PATCH with its name) and bind it afterwards? A create by POST
 * carries no name, so `escalate` limited by resourceNames helps only where the role is applied or updated.
 */
export const checkRoleWrite = (
  index: PolicyIndex,
  caller: UserInfo,
  role: Pick<Role, 'kind' | 'name' | 'namespace' | 'rules'>,
): EscalationVerdict => {
  if (caller.groups.includes(PRIVILEGED_GROUP)) return PRIVILEGED;
  const { kind, name, namespace } = role;
  const where = namespace === undefined ? 'in the whole cluster' : `in namespace ${namespace}`;
  const writes = ['create', 'patch'].map((verb): AccessAttributes =>
    verb === 'create'
      ? {
          verb,
          group: RBAC,
          resource: kind === 'Role' ? 'roles' : 'clusterroles',
          ...(namespace === undefined ? {} : { namespace }),
        }
      : onRole(verb, kind, name, namespace),
  );
  const denied = writes.filter((request) => !isAllowed(index, caller, request));
  const lacking = lackingOf(index, caller, role.rules, namespace ?? '');
  const helps = lacking.length === 0 ? [] : ['escalate', 'bind'].map((verb) => onRole(verb, kind, name, namespace));
  const missingHelp = helps.filter((request) => !isAllowed(index, caller, request));
  if (denied.length === 0 && missingHelp.length === 0)
    return {
      allowed: true,
      because:
        lacking.length === 0
          ? `${showCaller(caller)} holds every permission of the role ${where}, so it may hand them out`
          : `${showCaller(caller)} may escalate and bind this role`,
      lacking,
      smallestHelp: [],
    };
  const reasons = [
    ...denied.map((request) => `${showCaller(caller)} may not ${showRequest(request)}`),
    ...(missingHelp.length === 0
      ? []
      : [
          `${showCaller(caller)} does not hold ${showLacking(lacking)} ${where}: nobody can hand out what he does not hold, without escalate on the role (to write it) and bind (to bind it)`,
        ]),
  ];
  return { allowed: false, because: reasons.join('; '), lacking, smallestHelp: [...denied, ...missingHelp] };
};

/** May the caller create this binding? It needs the role's permissions in the binding's scope, or `bind` on the role. */
export const checkBindingWrite = (
  index: PolicyIndex,
  caller: UserInfo,
  binding: Pick<Binding, 'kind' | 'name' | 'namespace' | 'roleRef'>,
): EscalationVerdict => {
  if (caller.groups.includes(PRIVILEGED_GROUP)) return PRIVILEGED;
  const { namespace, roleRef } = binding;
  const scope = namespace === undefined ? {} : { namespace };
  const write: AccessAttributes = {
    verb: 'create',
    group: RBAC,
    resource: binding.kind === 'RoleBinding' ? 'rolebindings' : 'clusterrolebindings',
    ...scope,
  };
  const bind: AccessAttributes = {
    verb: 'bind',
    group: RBAC,
    resource: roleRef.kind === 'Role' ? 'roles' : 'clusterroles',
    ...scope,
    name: roleRef.name,
  };
  const key = roleKey(roleRef.kind, roleRef.name, namespace);
  const found = [...index.roles()].find(({ role }) => roleKey(role.kind, role.name, role.namespace) === key);
  // A role that is not there gives nothing to compare with: the server refuses unless `bind` is held.
  const lacking =
    found === undefined
      ? []
      : lackingOf(
          index,
          caller,
          found.rules.map(({ rule }) => rule),
          namespace ?? '',
        );
  const needsBind = (found === undefined || lacking.length > 0) && !isAllowed(index, caller, bind);
  const help = [...(isAllowed(index, caller, write) ? [] : [write]), ...(needsBind ? [bind] : [])];
  if (help.length === 0)
    return {
      allowed: true,
      because: `${showCaller(caller)} may bind ${roleRef.kind} ${roleRef.name}`,
      lacking,
      smallestHelp: [],
    };
  const why =
    found === undefined
      ? `${roleRef.kind} ${roleRef.name} does not exist, so only bind on it would do`
      : `${showCaller(caller)} does not hold ${showLacking(lacking)}, which the role gives`;
  const reasons = [
    ...(isAllowed(index, caller, write) ? [] : [`${showCaller(caller)} may not ${showRequest(write)}`]),
    ...(needsBind ? [why] : []),
  ];
  return { allowed: false, because: reasons.join('; '), lacking, smallestHelp: help };
};
