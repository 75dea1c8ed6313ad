/**
 * Joins findings by cause: a finding is explained by findings of the rules that its own rule names as causes, wherever
 * their scopes do not contradict. What is left without a cause are the roots; everything else is folded under them.
 */
import type { Finding, Scope } from './finding.ts';
import type { Rule } from './rule.ts';

export interface Found {
  readonly rule: Rule;
  readonly finding: Finding;
}

export interface Linked extends Found {
  readonly causes: readonly Linked[];
}

const SCOPE_KEYS = ['node', 'pci', 'resource', 'object', 'image'] as const satisfies readonly (keyof Scope)[];

/** Scopes agree when no part that both name differs. A cluster-wide scope agrees with every scope. */
export const scopesAgree = (a: Scope, b: Scope): boolean =>
  SCOPE_KEYS.every((key) => a[key] === undefined || b[key] === undefined || a[key] === b[key]);

/**
 * Every finding with its causes. `causedBy` is read nearest first: the first rule that has a matching finding is taken,
 * further ones only where they too match. Rules whose causes form a circle are a bug, and end the search there.
 */
export const linkCauses = (found: readonly Found[]): readonly Linked[] => {
  const byRule = Map.groupBy(found, ({ rule }) => rule.id);
  const done = new Map<Found, Linked>();
  const open = new Set<Found>();
  const link = (one: Found): Linked => {
    const known = done.get(one);
    if (known !== undefined) return known;
    if (open.has(one)) return { ...one, causes: [] };
    open.add(one);
    const candidates = (one.rule.causedBy ?? []).flatMap((id) => byRule.get(id) ?? []);
    const causes = candidates
      .filter((other) => other !== one && scopesAgree(other.finding.scope, one.finding.scope))
      .map(link);
    open.delete(one);
    const linked = { ...one, causes };
    done.set(one, linked);
    return linked;
  };
  return found.map(link);
};

/** The findings at the ends of all chains that start at `one`; itself when nothing explains it. */
export const rootsOf = (one: Linked): readonly Linked[] =>
  one.causes.length === 0 ? [one] : [...new Set(one.causes.flatMap(rootsOf))];
