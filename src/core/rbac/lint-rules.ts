/** Rules that do not mean what they seem to: strings that match nothing, names where no request has one, wildcards. */
import type { Advice } from './least-grant.ts';
import { pathOf } from './policy.ts';
import type { PolicyRule, Role } from './policy.ts';

const NAMELESS = ['create', 'deletecollection'];

const lintRule = (rule: PolicyRule, at: string, role: Role): readonly Advice[] => {
  const found: Advice[] = [];
  const warn = (text: string): void => {
    found.push({ level: 'warn', text: `${at}: ${text}` });
  };
  for (const resource of rule.resources) {
    if (/^[^*]+\/\*$/.test(resource))
      warn(`${resource} is no wildcard and matches nothing; write the subresources, or */SUBRESOURCE`);
    if (resource !== resource.toLowerCase()) warn(`${resource} matches nothing: resources are plurals in lower case`);
  }
  for (const group of rule.apiGroups)
    if (group === 'core' || /^v\d/.test(group) || group.includes('/'))
      warn(`API group "${group}" matches nothing; the core group is "", and a group is named without its version`);
  for (const verb of rule.verbs)
    if (verb !== verb.toLowerCase()) warn(`verb ${verb} matches nothing: verbs are in lower case`);
  const nameless = rule.verbs.filter((verb) => NAMELESS.includes(verb));
  if (rule.resourceNames.length > 0 && nameless.length > 0)
    warn(`${nameless.join(' and ')} with resourceNames matches nothing, since such a request carries no name`);
  if (rule.nonResourceURLs.length > 0 && role.kind === 'Role')
    warn('nonResourceURLs in a Role are never looked at; they need a ClusterRole and a ClusterRoleBinding');
  if (rule.nonResourceURLs.length === 0 && (rule.apiGroups.length === 0 || rule.resources.length === 0))
    warn('without apiGroups or resources the rule matches nothing');
  return found;
};

export const lintRole = (role: Role): readonly Advice[] =>
  role.rules.flatMap((rule, index) => lintRule(rule, `rule ${index + 1} of ${pathOf(role)}`, role));
