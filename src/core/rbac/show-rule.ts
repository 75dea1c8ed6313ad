/** A rule in one line, for tables and sentences: `get, list pods, pods/log "x" of apps`. */
import type { PolicyRule } from './policy.ts';

export const showRule = ({ verbs, resources, apiGroups, resourceNames, nonResourceURLs }: PolicyRule): string => {
  if (nonResourceURLs.length > 0) return `${verbs.join(', ')} ${nonResourceURLs.join(', ')}`;
  const names = resourceNames.length === 0 ? '' : ` ${resourceNames.map((name) => `"${name}"`).join(', ')}`;
  const groups = apiGroups.filter((group) => group !== '');
  return `${verbs.join(', ')} ${resources.join(', ')}${names}${groups.length === 0 ? '' : ` of ${groups.join(', ')}`}`;
};
