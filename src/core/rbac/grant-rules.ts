/** Single permissions -> the fewest rules that give exactly them: names where they are known, no verb that is not asked for. */
import type { AccessAttributes } from '../ports/kube-api.ts';
import { combinedResource, isResourceRequest } from './access-request.ts';
import { NAMES_FOUND_AT_RUN_TIME } from './data/field-types.ts';
import type { PolicyRule } from './policy.ts';

/** Requests that carry no name, so that a rule with names never covers them. */
const NAMELESS = new Set(['create', 'deletecollection']);

const ORDER = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const byOrder = (a: string, b: string): number =>
  (ORDER.indexOf(a) + 1 || 99) - (ORDER.indexOf(b) + 1 || 99) || a.localeCompare(b);

export const isExpression = (name: string | undefined): boolean => name !== undefined && /^[~@]/.test(name);

/** Why a grant for this request cannot be limited to a name; undefined when it can. */
export const whyUnnamed = (request: AccessAttributes): string | undefined => {
  if (!isResourceRequest(request)) return undefined;
  const { verb, group, resource, subresource, name } = request;
  if (NAMELESS.has(verb) && subresource === undefined) return `a ${verb} request carries no name`;
  if (name === undefined) return `a ${verb} of all objects carries no name`;
  if (isExpression(name)) return `the name is known only as ${name.slice(1)}`;
  return NAMES_FOUND_AT_RUN_TIME[`${group}/${resource}`];
};

interface Wanted {
  readonly group: string;
  readonly resource: string;
  /** By name; '' stands for any name. */
  readonly verbs: Map<string, Set<string>>;
}

const collect = (requests: readonly AccessAttributes[]): readonly Wanted[] => {
  const wanted = new Map<string, Wanted>();
  for (const request of requests) {
    if (!isResourceRequest(request)) continue;
    const resource = combinedResource(request);
    const key = `${request.group}/${resource}`;
    const entry = wanted.get(key) ?? { group: request.group, resource, verbs: new Map<string, Set<string>>() };
    wanted.set(key, entry);
    const name = whyUnnamed(request) === undefined ? (request.name ?? '') : '';
    entry.verbs.set(name, (entry.verbs.get(name) ?? new Set()).add(request.verb));
  }
  return [...wanted.values()];
};

/** Rules of one resource: names with the same verbs together, and nothing that the rule without names gives already. */
const rulesOf = ({ group, resource, verbs }: Wanted): readonly PolicyRule[] => {
  const anyName = verbs.get('') ?? new Set<string>();
  const byVerbs = new Map<string, { verbs: string[]; names: string[] }>();
  for (const [name, wanted] of verbs) {
    const left = [...wanted].filter((verb) => name === '' || !anyName.has(verb)).toSorted(byOrder);
    if (left.length === 0) continue;
    const key = name === '' ? '' : left.join(' ');
    const entry = byVerbs.get(key) ?? { verbs: left, names: [] };
    if (name !== '') entry.names.push(name);
    byVerbs.set(key, entry);
  }
  return [...byVerbs.values()].map(({ verbs: ruleVerbs, names }) => ({
    apiGroups: [group],
    resources: [resource],
    resourceNames: names.toSorted(),
    verbs: ruleVerbs,
    nonResourceURLs: [],
  }));
};

const sameBut = (rule: PolicyRule): string => JSON.stringify([rule.apiGroups, rule.resourceNames, rule.verbs]);

export const grantRules = (requests: readonly AccessAttributes[]): readonly PolicyRule[] => {
  const merged = new Map<string, PolicyRule>();
  for (const rule of collect(requests).flatMap(rulesOf)) {
    const key = sameBut(rule);
    const before = merged.get(key);
    merged.set(
      key,
      before === undefined ? rule : { ...before, resources: [...before.resources, ...rule.resources].toSorted() },
    );
  }
  const paths = requests.flatMap((request) => (isResourceRequest(request) ? [] : [request]));
  const verbs = [...new Set(paths.map(({ verb }) => verb))].toSorted(byOrder);
  const forPaths = verbs.map((verb): PolicyRule => ({
    verbs: [verb],
    apiGroups: [],
    resources: [],
    resourceNames: [],
    nonResourceURLs: [...new Set(paths.filter((path) => path.verb === verb).map(({ path }) => path))].toSorted(),
  }));
  return [...merged.values(), ...forPaths];
};
