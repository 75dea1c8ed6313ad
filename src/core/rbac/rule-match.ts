/**
 * Does one rule cover one request: the comparison of the RBAC authorizer, to the letter
 * (k8s.io/component-helpers/auth/rbac and k8s.io/kubernetes/pkg/apis/rbac/v1/evaluation_helpers.go; dpf.md 6.1).
 * Which rules a caller has at all is left to evaluate.ts.
 */
import type { AccessAttributes } from '../ports/kube-api.ts';
import { combinedResource, isResourceRequest } from './access-request.ts';
import type { PolicyRule } from './policy.ts';

/** A rule with its wildcards worked out once, since a busy index asks each rule many thousand times. */
export interface CompiledRule {
  readonly rule: PolicyRule;
  readonly anyVerb: boolean;
  /** The common verbs as bits: most rules are ruled out by their verb, and a bit costs no comparison of strings. */
  readonly verbBits: number;
  readonly anyGroup: boolean;
  readonly anyResource: boolean;
  /** SUB of every `*` + `/SUB`. `pods/` + `*` is no wildcard: it is an ordinary string that no request has. */
  readonly anyWithSubresource: readonly string[];
  readonly anyName: boolean;
}

const COMMON_VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const VERB_BITS: ReadonlyMap<string, number> = new Map(COMMON_VERBS.map((verb, at) => [verb, 1 << at] as const));

/** 0 for a verb outside the common ones, which then is compared as a string. */
const bitOf = (verb: string): number => VERB_BITS.get(verb) ?? 0;

export const compileRule = (rule: PolicyRule): CompiledRule => ({
  rule,
  anyVerb: rule.verbs.includes('*'),
  verbBits: rule.verbs.includes('*') ? -1 : rule.verbs.reduce((bits, verb) => bits | bitOf(verb), 0),
  anyGroup: rule.apiGroups.includes('*'),
  anyResource: rule.resources.includes('*'),
  anyWithSubresource: rule.resources.filter((resource) => resource.startsWith('*/')).map((text) => text.slice(2)),
  anyName: rule.resourceNames.length === 0,
});

/** A request with what is asked of every rule worked out once. */
export interface CompiledRequest {
  readonly verb: string;
  readonly verbBit: number;
  readonly path: string | undefined;
  readonly group: string;
  readonly combined: string;
  readonly subresource: string;
  readonly name: string;
  readonly namespace: string;
}

export const compileRequest = (request: AccessAttributes): CompiledRequest =>
  isResourceRequest(request)
    ? {
        verb: request.verb,
        verbBit: bitOf(request.verb),
        path: undefined,
        group: request.group,
        combined: combinedResource(request),
        subresource: request.subresource ?? '',
        name: request.name ?? '',
        namespace: request.namespace ?? '',
      }
    : {
        verb: request.verb,
        verbBit: bitOf(request.verb),
        path: request.path,
        group: '',
        combined: '',
        subresource: '',
        name: '',
        namespace: '',
      };

const coversVerb = (compiled: CompiledRule, { verb, verbBit }: CompiledRequest): boolean =>
  (compiled.verbBits & verbBit) !== 0 || (verbBit === 0 && (compiled.anyVerb || compiled.rule.verbs.includes(verb)));

const coversGroup = (compiled: CompiledRule, group: string): boolean =>
  compiled.anyGroup || compiled.rule.apiGroups.includes(group);

const coversResource = (compiled: CompiledRule, combined: string, subresource: string): boolean =>
  compiled.anyResource ||
  compiled.rule.resources.includes(combined) ||
  (subresource !== '' && compiled.anyWithSubresource.includes(subresource));

/** A create or deletecollection carries no name, so a rule with resourceNames never covers it. */
const coversName = (compiled: CompiledRule, name: string): boolean =>
  compiled.anyName || compiled.rule.resourceNames.includes(name);

const coversPath = (urls: readonly string[], path: string): boolean =>
  urls.some((url) => url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.replace(/\*+$/, ''))));

export const ruleCovers = (compiled: CompiledRule, request: CompiledRequest): boolean =>
  request.path === undefined
    ? coversVerb(compiled, request) &&
      coversGroup(compiled, request.group) &&
      coversResource(compiled, request.combined, request.subresource) &&
      coversName(compiled, request.name)
    : coversVerb(compiled, request) && coversPath(compiled.rule.nonResourceURLs, request.path);

export type RulePart = 'verb' | 'group' | 'resource' | 'name' | 'path';

/** The parts of the rule that do not cover the request; empty when it does. */
export const missedParts = (compiled: CompiledRule, request: CompiledRequest): readonly RulePart[] => {
  const missed: RulePart[] = [];
  if (!coversVerb(compiled, request)) missed.push('verb');
  if (request.path !== undefined) {
    if (!coversPath(compiled.rule.nonResourceURLs, request.path)) missed.push('path');
    return missed;
  }
  if (!coversGroup(compiled, request.group)) missed.push('group');
  if (!coversResource(compiled, request.combined, request.subresource)) missed.push('resource');
  if (!coversName(compiled, request.name)) missed.push('name');
  return missed;
};
