/**
 * Joins findings by cause: a finding is explained by findings of the rules that its own rule names as causes, wherever
 * their scopes do not contradict. What is left without a cause are the roots; everything else is folded under them.
 *
 * Thousands of nodes with the same fault, and thousands of pods that wait for it, are the usual case: causes are found by
 * node, and findings whose scopes differ in nothing that their causes name share one list.
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
const scopesAgree = (a: Scope, b: Scope): boolean =>
  SCOPE_KEYS.every((key) => a[key] === undefined || b[key] === undefined || a[key] === b[key]);

/** The findings that may explain those of one rule, in the order of `causedBy`. */
interface Candidates {
  /** Parts of a scope that one of them names: the others cannot contradict. */
  readonly keys: readonly (keyof Scope)[];
  readonly all: readonly Found[];
  /** Those that name a node, by it, each with its place in `all`; and those that name none. */
  readonly byNode: ReadonlyMap<string | undefined, readonly { readonly one: Found; readonly at: number }[]>;
}

const candidatesOf = (rule: Rule, byRule: ReadonlyMap<string, readonly Found[]>): Candidates => {
  const all = (rule.causedBy ?? []).flatMap((id) => byRule.get(id) ?? []);
  return {
    all,
    keys: SCOPE_KEYS.filter((key) => all.some(({ finding }) => finding.scope[key] !== undefined)),
    byNode: Map.groupBy(
      all.map((one, at) => ({ one, at })),
      ({ one }) => one.finding.scope.node,
    ),
  };
};

const agreeing = ({ all, byNode }: Candidates, scope: Scope): readonly Found[] => {
  if (scope.node === undefined) return all.filter(({ finding }) => scopesAgree(finding.scope, scope));
  return [...(byNode.get(scope.node) ?? []), ...(byNode.get(undefined) ?? [])]
    .filter(({ one }) => scopesAgree(one.finding.scope, scope))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one);
};

/**
 * Every finding with its causes. `causedBy` is read nearest first: the first rule that has a matching finding is taken,
 * further ones only where they too match. Rules whose causes form a circle are a bug, and end the search there.
 */
export const linkCauses = (found: readonly Found[]): readonly Linked[] => {
  const byRule = Map.groupBy(found, ({ rule }) => rule.id);
  const candidates = new Map<Rule, Candidates>();
  const shared = new Map<string, readonly Linked[]>();
  const done = new Map<Found, Linked>();
  const open = new Set<Found>();
  const causesOf = (one: Found): readonly Linked[] => {
    const { rule, finding } = one;
    const mine = candidates.get(rule) ?? candidatesOf(rule, byRule);
    candidates.set(rule, mine);
    const key = [rule.id, ...mine.keys.map((part) => finding.scope[part] ?? '')].join('\n');
    const known = shared.get(key);
    if (known !== undefined) return known;
    const causes = agreeing(mine, finding.scope)
      .filter((other) => other !== one)
      .map(link);
    shared.set(key, causes);
    return causes;
  };
  const link = (one: Found): Linked => {
    const known = done.get(one);
    if (known !== undefined) return known;
    if (open.has(one)) return { ...one, causes: [] };
    open.add(one);
    const linked = { ...one, causes: causesOf(one) };
    open.delete(one);
    done.set(one, linked);
    return linked;
  };
  return found.map(link);
};

/** The findings at the ends of all chains that start at these, each once; one is its own end when nothing explains it. */
export const rootsOf = (all: readonly Linked[]): readonly Linked[] => {
  const roots = new Set<Linked>();
  const seen = new Set<readonly Linked[]>();
  const walk = (one: Linked): void => {
    if (one.causes.length === 0) {
      roots.add(one);
      return;
    }
    if (seen.has(one.causes)) return;
    seen.add(one.causes);
    one.causes.forEach(walk);
  };
  all.forEach(walk);
  return [...roots];
};

/** How many steps each finding stands from the nearest of `roots`; findings that do not rest on one are left out. */
export const distancesFrom = (roots: readonly Linked[], all: readonly Linked[]): ReadonlyMap<Linked, number> => {
  const far = new Map<Linked, number>(roots.map((root) => [root, 0]));
  const ofCauses = new Map<readonly Linked[], number>();
  const isRoot = new Set(roots);
  const walk = (one: Linked): number => {
    if (isRoot.has(one)) return 0;
    const known = ofCauses.get(one.causes);
    if (known !== undefined) return known + 1;
    let least = Number.POSITIVE_INFINITY;
    for (const cause of one.causes) least = Math.min(least, walk(cause));
    ofCauses.set(one.causes, least);
    return least + 1;
  };
  for (const one of all) {
    const distance = walk(one);
    if (Number.isFinite(distance)) far.set(one, distance);
  }
  return far;
};
