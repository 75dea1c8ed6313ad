/**
 * May this caller do that? The RBAC authorizer of kube-apiserver over a PolicyIndex: only rules that allow, any one is
 * enough, rules never combine (dpf.md 6.1; k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac/rbac.go).
 * Other authorizers (Node, webhooks) and admission are not known here; a verdict speaks of RBAC alone.
 */
import type { AccessAttributes, UserInfo } from '../ports/kube-api.ts';
import { showCaller } from './caller.ts';
import { nearestMiss } from './nearest-miss.ts';
import type { NearestMiss } from './nearest-miss.ts';
import { pathOf } from './policy.ts';
import type { Binding, PolicyRule, Role, Subject } from './policy.ts';
import type { Grant, PolicyIndex } from './policy-index.ts';
import { compileRequest, ruleCovers } from './rule-match.ts';
import type { CompiledRequest } from './rule-match.ts';

/** kube-apiserver allows this group everything before RBAC is asked. */
export const PRIVILEGED_GROUP = 'system:masters';

export interface AllowedBy {
  readonly binding: Binding;
  readonly role: Role;
  readonly rule: PolicyRule;
  /** 0-based place of the rule in the role. */
  readonly ruleIndex: number;
  readonly subject: Subject;
}

export interface Verdict {
  readonly allowed: boolean;
  readonly because: string;
  /** Every binding that allows it, cluster-wide ones first; empty on a denial and for system:masters. */
  readonly via: readonly AllowedBy[];
  /** What comes closest, on a denial. */
  readonly nearest?: NearestMiss;
  /** `ClusterRole/x` of bindings of this caller whose role does not exist. */
  readonly missingRoles: readonly string[];
}

const anyCovers = (grants: readonly Grant[] | undefined, request: CompiledRequest): boolean => {
  if (grants === undefined) return false;
  for (const { slot } of grants) for (const rule of slot.rules) if (ruleCovers(rule, request)) return true;
  return false;
};

/** The bare answer, for whoever asks many thousand times a second. */
export const isAllowed = (index: PolicyIndex, { username, groups }: UserInfo, request: AccessAttributes): boolean => {
  const asked = compileRequest(request);
  if (anyCovers(index.clusterGrants(username), asked)) return true;
  for (const group of groups)
    if (group === PRIVILEGED_GROUP || anyCovers(index.clusterGroupGrants(group), asked)) return true;
  if (asked.namespace === '') return false;
  const local = index.grantsIn(asked.namespace);
  if (local === undefined) return false;
  if (anyCovers(local.users.get(username), asked)) return true;
  for (const group of groups) if (anyCovers(local.groups.get(group), asked)) return true;
  return false;
};

/** Every grant of the caller that counts for requests in this namespace ('' = cluster scope or all namespaces). */
export const grantsFor = (index: PolicyIndex, { username, groups }: UserInfo, namespace: string): readonly Grant[] => {
  const local = namespace === '' ? undefined : index.grantsIn(namespace);
  const found = [
    ...(index.clusterGrants(username) ?? []),
    ...groups.flatMap((group) => index.clusterGroupGrants(group) ?? []),
    ...(local?.users.get(username) ?? []),
    ...groups.flatMap((group) => local?.groups.get(group) ?? []),
  ];
  // A binding may name the user and one of its groups.
  return found.filter((grant, at) => found.findIndex(({ binding }) => binding === grant.binding) === at);
};

/** The answer with its reasons. */
export const evaluate = (index: PolicyIndex, caller: UserInfo, request: AccessAttributes): Verdict => {
  if (caller.groups.includes(PRIVILEGED_GROUP))
    return {
      allowed: true,
      because: `group ${PRIVILEGED_GROUP} may do everything; the API server does not ask RBAC about it`,
      via: [],
      missingRoles: [],
    };
  const asked = compileRequest(request);
  const grants = grantsFor(index, caller, asked.namespace);
  const via = grants.flatMap(({ binding, subject, slot }) => {
    const ruleIndex = slot.rules.findIndex((rule) => ruleCovers(rule, asked));
    const rule = slot.rules[ruleIndex]?.rule;
    return rule === undefined || slot.role === undefined
      ? []
      : [{ binding, role: slot.role, rule, ruleIndex, subject }];
  });
  const missingRoles = grants
    .filter(({ slot }) => slot.role === undefined)
    .map(({ binding: { roleRef, namespace } }) =>
      roleRef.kind === 'Role' ? `Role/${namespace ?? ''}/${roleRef.name}` : `${roleRef.kind}/${roleRef.name}`,
    );
  const first = via[0];
  if (first !== undefined)
    return {
      allowed: true,
      because: `rule ${first.ruleIndex + 1} of ${pathOf(first.role)} allows it, by ${pathOf(first.binding)}`,
      via,
      missingRoles,
    };
  const nearest = nearestMiss(index, caller, request, grants);
  return {
    allowed: false,
    because: nearest?.because ?? `no rule that ${showCaller(caller)} has speaks of it, so it is denied by default`,
    via: [],
    ...(nearest === undefined ? {} : { nearest }),
    missingRoles,
  };
};

const describeSubject = ({ kind, name, namespace }: Subject, bindingNamespace: string): string =>
  kind === 'ServiceAccount' ? `${kind} "${name}/${namespace ?? bindingNamespace}"` : `${kind} "${name}"`;

/** `status.reason` of a SubjectAccessReview, in the API server's own words. */
export const reviewReason = ({ via, missingRoles }: Verdict): string => {
  const first = via[0];
  if (first !== undefined) {
    const { kind, name, namespace, roleRef } = first.binding;
    const binding = namespace === undefined ? name : `${name}/${namespace}`;
    return `RBAC: allowed by ${kind} "${binding}" of ${roleRef.kind} "${roleRef.name}" to ${describeSubject(first.subject, namespace ?? '')}`;
  }
  const errors = [...new Set(missingRoles)].map((path) => {
    const [kind = '', ...name] = path.split('/');
    return `${kind.toLowerCase()}.rbac.authorization.k8s.io "${name.at(-1) ?? ''}" not found`;
  });
  if (errors.length === 0) return '';
  return `RBAC: ${errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`}`;
};
