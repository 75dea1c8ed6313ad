/**
 * What the aggregation controller of kube-controller-manager does with ClusterRoles that have an aggregationRule: their
 * rules are replaced by those of all ClusterRoles that a selector selects, so a manual rule in one of them is lost.
 */
import { readLabelSelector, selects } from '../model/label-selector.ts';
import type { PolicyRule, Role } from './policy.ts';

const isSelected = (role: Role, by: Role): boolean =>
  role !== by &&
  (by.aggregationSelectors ?? []).some((selector) => {
    const read = readLabelSelector(selector);
    return read !== undefined && selects(read, role.labels);
  });

/**
 * The rules of every ClusterRole once the controller has come to rest. A role that a server had is left as it was read:
 * the controller has filled it there, and the roles that it was filled from may not be in a dump.
 */
export const aggregatedRules = (clusterRoles: readonly Role[]): ReadonlyMap<Role, readonly PolicyRule[]> => {
  const open = clusterRoles.filter(({ aggregationSelectors, served }) => aggregationSelectors !== undefined && !served);
  const chosenBy = new Map(
    open.map((role) => [role, clusterRoles.filter((other) => isSelected(other, role))] as const),
  );
  const settled = new Map<Role, readonly PolicyRule[]>();
  for (const role of open) {
    // Aggregated roles may select aggregated roles, even in a ring: gather over everything that can be reached.
    const seen = new Set<Role>([role]);
    const sources: Role[] = [];
    for (const at of seen)
      for (const chosen of chosenBy.get(at) ?? [])
        if (!seen.has(chosen)) {
          seen.add(chosen);
          if (!chosenBy.has(chosen)) sources.push(chosen);
        }
    settled.set(
      role,
      sources.flatMap(({ rules }) => rules),
    );
  }
  return settled;
};
