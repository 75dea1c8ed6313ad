/**
 * What comes closest to allowing a denied request, in one sentence: a rule that fails in one part, the same right in
 * another namespace, a role that fits but is not bound, a binding whose role does not exist.
 */
import type { AccessAttributes, UserInfo } from '../ports/kube-api.ts';
import { isResourceRequest, showRequest } from './access-request.ts';
import { showCaller } from './caller.ts';
import { pathOf } from './policy.ts';
import type { Binding, PolicyRule, Role } from './policy.ts';
import type { Grant, PolicyIndex } from './policy-index.ts';
import { compileRequest, missedParts, ruleCovers } from './rule-match.ts';
import type { CompiledRequest, CompiledRule, RulePart } from './rule-match.ts';

export interface NearestMiss {
  /** `verb`, `group`, ...: the one part of a rule that fails; else why the fitting rule does not count. */
  readonly missed: RulePart | 'other-namespace' | 'cluster-scope' | 'not-bound' | 'missing-role';
  readonly because: string;
  readonly role?: Role;
  readonly rule?: PolicyRule;
  readonly binding?: Binding;
}

const NAMELESS = new Set(['create', 'deletecollection']);

const sentence = (part: RulePart, rule: PolicyRule, at: string, asked: CompiledRequest): string => {
  const quote = (items: readonly string[]): string => (items.length === 0 ? 'none' : items.join(', '));
  switch (part) {
    case 'verb':
      return `${at} has the verbs ${quote(rule.verbs)}, not ${asked.verb}`;
    case 'group':
      return `${at} is for the API group ${quote(rule.apiGroups.map((group) => `"${group}"`))}, and the request is for "${asked.group}"`;
    case 'resource': {
      const [plain] = asked.combined.split('/');
      if (rule.resources.includes(`${plain}/*`))
        return `${at} names ${plain}/*, which is no wildcard and matches nothing; only * and */SUBRESOURCE are`;
      if (asked.subresource !== '' && plain !== undefined && rule.resources.includes(plain))
        return `${at} covers ${plain}, which does not include ${asked.combined}`;
      return `${at} is for ${quote(rule.resources)}, not ${asked.combined}`;
    }
    case 'name':
      if (NAMELESS.has(asked.verb))
        return `${at} is limited to names, and a ${asked.verb} request carries no name, so it never matches`;
      return asked.name === ''
        ? `${at} is limited to ${quote(rule.resourceNames)}, and the request names no object`
        : `${at} is limited to ${quote(rule.resourceNames)}, not ${asked.name}`;
    case 'path':
      return `${at} is for the paths ${quote(rule.nonResourceURLs)}, not ${asked.path ?? ''}`;
  }
};

/** Of two rules that fail in one part, the one that fails in the smaller thing is nearer. */
const ORDER: readonly RulePart[] = ['name', 'verb', 'path', 'resource', 'group'];

/** Less is nearer. A rule for pods, or for `pods/` + `*`, is nearer to pods/log than one for nodes. */
const distanceOf = (part: RulePart, { rule }: CompiledRule, { combined }: CompiledRequest): number => {
  const [plain = ''] = combined.split('/');
  const isOfKin = part !== 'resource' || rule.resources.some((resource) => resource.split('/')[0] === plain);
  return ORDER.indexOf(part) * 2 + (isOfKin ? 0 : 1);
};

const missByOnePart = (grants: readonly Grant[], asked: CompiledRequest): NearestMiss | undefined => {
  let best: { part: RulePart; grant: Grant; rule: CompiledRule; at: number; distance: number } | undefined;
  for (const grant of grants)
    grant.slot.rules.forEach((rule, at) => {
      const [part, ...more] = missedParts(rule, asked);
      if (part === undefined || more.length > 0) return;
      const distance = distanceOf(part, rule, asked);
      if (best === undefined || distance < best.distance) best = { part, grant, rule, at, distance };
    });
  if (best === undefined) return undefined;
  const { part, grant, rule, at } = best;
  const { role } = grant.slot;
  const where = `rule ${at + 1} of ${role === undefined ? grant.slot.key : pathOf(role)}`;
  return {
    missed: part,
    because: sentence(part, rule.rule, where, asked),
    rule: rule.rule,
    binding: grant.binding,
    ...(role === undefined ? {} : { role }),
  };
};

const missByScope = (index: PolicyIndex, caller: UserInfo, asked: CompiledRequest): NearestMiss | undefined => {
  for (const namespace of index.namespaces()) {
    if (namespace === asked.namespace) continue;
    const scope = index.grantsIn(namespace);
    const grants = [
      ...(scope?.users.get(caller.username) ?? []),
      ...caller.groups.flatMap((group) => scope?.groups.get(group) ?? []),
    ];
    const fitting = grants.find(({ slot }) => slot.rules.some((rule) => ruleCovers(rule, asked)));
    if (fitting === undefined) continue;
    const binding = pathOf(fitting.binding);
    const narrowed = `${binding} grants it in namespace ${namespace} only`;
    return {
      missed: asked.namespace === '' ? 'cluster-scope' : 'other-namespace',
      because:
        asked.namespace === ''
          ? `${narrowed}, and the request is for the whole cluster: that takes a ClusterRoleBinding`
          : `${narrowed}, and the request is for namespace ${asked.namespace}`,
      binding: fitting.binding,
      ...(fitting.slot.role === undefined ? {} : { role: fitting.slot.role }),
    };
  }
  return undefined;
};

const missingRole = (grants: readonly Grant[]): NearestMiss | undefined => {
  const dangling = grants.find(({ slot }) => slot.role === undefined);
  if (dangling === undefined) return undefined;
  const { binding } = dangling;
  const { roleRef, namespace } = binding;
  const where = roleRef.kind === 'Role' ? `${roleRef.name} in namespace ${namespace ?? '(none)'}` : roleRef.name;
  return {
    missed: 'missing-role',
    because: `${pathOf(binding)} points at ${roleRef.kind} ${where}, which does not exist`,
    binding,
  };
};

/** A role whose rules would cover the request if it were bound to the caller in its own scope. */
export const fittingRole = (index: PolicyIndex, asked: CompiledRequest): Role | undefined => {
  for (const { role, rules } of index.roles())
    if (
      (role.kind === 'ClusterRole' || role.namespace === asked.namespace) &&
      rules.some((rule) => ruleCovers(rule, asked))
    )
      return role;
  return undefined;
};

export const nearestMiss = (
  index: PolicyIndex,
  caller: UserInfo,
  request: AccessAttributes,
  grants: readonly Grant[],
): NearestMiss | undefined => {
  const asked = compileRequest(request);
  const near =
    missByOnePart(grants, asked) ?? (isResourceRequest(request) ? missByScope(index, caller, asked) : undefined);
  if (near !== undefined) return near;
  const dangling = missingRole(grants);
  if (dangling !== undefined) return dangling;
  const role = fittingRole(index, asked);
  return role === undefined
    ? undefined
    : {
        missed: 'not-bound',
        because: `${pathOf(role)} would allow ${showRequest(request)}, but no binding gives it to ${showCaller(caller)}`,
        role,
      };
};
