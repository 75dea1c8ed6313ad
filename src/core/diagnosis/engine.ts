/**
 * Runs rules over the facts of one snapshot and turns their statements into a report: causes linked, the same problem
 * in several places folded into one, lacking facts gathered and the decisive ones marked. Pure; lines of evidence are
 * looked up here, at the end, because only what is printed needs them.
 */
import type { Snapshot } from '../snapshot/snapshot.ts';
import { lacksOf, mergeCandidates } from './candidates.ts';
import { typedWith, withClient } from './client-name.ts';
import { gatherFacts, type FactOptions, type Facts } from './facts.ts';
import {
  SEVERITIES,
  type Clear,
  type Evidence,
  type Lack,
  type Scope,
  type Severity,
  type Unknown,
} from './finding.ts';
import { distancesFrom, linkCauses, rootsOf, type Linked } from './link-causes.ts';
import type { CitedEvidence, Consequence, Problem, Report, UnknownFact } from './report.ts';
import { linePatterns, type Rule } from './rule.ts';
import { SOURCES } from './source.ts';

export interface RuleAnswers {
  readonly found: readonly Linked[];
  readonly unknown: readonly { readonly rule: Rule; readonly unknown: Unknown }[];
  readonly clear: readonly { readonly rule: Rule; readonly clear: Clear }[];
}

/** What every rule says of these facts. A rule whose sources were not looked at is not asked; it says what it lacks. */
export const askRules = (facts: Facts, rules: readonly Rule[]): RuleAnswers => {
  const found: { rule: Rule; finding: Linked['finding'] }[] = [];
  const unknown: { rule: Rule; unknown: Unknown }[] = [];
  const clear: { rule: Rule; clear: Clear }[] = [];
  for (const rule of rules) {
    const lacking = rule.needs.filter((source) => !facts.looked(source));
    if (lacking.length > 0) {
      for (const source of lacking) {
        const { what, settle } = SOURCES[source];
        unknown.push({
          rule,
          unknown: {
            says: 'unknown',
            scope: {},
            lack: { what, why: `needed for "${rule.title}"`, settle },
          },
        });
      }
      continue;
    }
    for (const statement of rule.check(facts)) {
      if (statement.says === 'finding') found.push({ rule, finding: statement });
      else if (statement.says === 'unknown') unknown.push({ rule, unknown: statement });
      else clear.push({ rule, clear: statement });
    }
  }
  return { found: linkCauses(found), unknown, clear };
};

const MAX_EVIDENCE = 12;

const cite = ({ origin, excerpt, object, field, lineOf }: Evidence): CitedEvidence => {
  const line = field !== undefined && lineOf !== undefined ? lineOf(field) : origin.line;
  return {
    source: origin.source,
    ...(line === undefined ? {} : { line }),
    ...(object === undefined ? {} : { object }),
    ...(field === undefined ? {} : { field: field.join('.') }),
    excerpt,
  };
};

const nodesOf = (scopes: readonly Scope[]): readonly string[] =>
  [...new Set(scopes.flatMap(({ node }) => (node === undefined ? [] : [node])))].toSorted();

const SCOPE_KEYS = ['node', 'object', 'resource', 'image', 'pci'] as const satisfies readonly (keyof Scope)[];

const scopesOf = (findings: readonly { readonly scope: Scope }[]): readonly Scope[] => [
  ...new Map(findings.map(({ scope }) => [SCOPE_KEYS.map((key) => scope[key] ?? '').join('\n'), scope])).values(),
];

const evidenceOf = (group: readonly Linked[]): readonly CitedEvidence[] => {
  // One place from each finding first, so that every node is represented before a second place of the first one.
  const lists = group.map(({ finding }) => finding.evidence);
  const depth = Math.max(0, ...lists.map(({ length }) => length));
  const inTurn = Array.from({ length: depth }, (_, index) =>
    lists.flatMap((list) => list.slice(index, index + 1)),
  ).flat();
  return inTurn.slice(0, MAX_EVIDENCE).map(cite);
};

const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);
const severityOf = ({ rule, finding }: Linked): Severity => finding.severity ?? rule.severity;

const CONFIDENCES = ['possible', 'likely', 'proven'] as const;

const summaryOf = (group: readonly Linked[], facts: Facts): string => {
  const [first] = group;
  if (first === undefined) return '';
  const findings = group.map(({ finding }) => finding);
  return first.rule.summarise?.(findings, facts) ?? first.finding.because;
};

const groupSame = (linked: readonly Linked[]): readonly (readonly Linked[])[] => [
  ...Map.groupBy(linked, ({ rule, finding }) => `${rule.id}\n${finding.sameAs ?? ''}`).values(),
];

/** The findings that rest on one of these roots, nearest first, folded by rule. */
const consequencesOf = (roots: readonly Linked[], all: readonly Linked[], facts: Facts): readonly Consequence[] => {
  const far = distancesFrom(roots, all);
  const nearest = (group: readonly Linked[]): number =>
    group.reduce((least, one) => Math.min(least, far.get(one) ?? least), Number.POSITIVE_INFINITY);
  return groupSame(all.filter((one) => (far.get(one) ?? 0) > 0))
    .map((group) => ({ group, far: nearest(group) }))
    .toSorted((a, b) => a.far - b.far)
    .map(({ group }) => ({
      rule: group[0]?.rule.id ?? '',
      title: group[0]?.rule.title ?? '',
      summary: summaryOf(group, facts),
      nodes: nodesOf(group.map(({ finding }) => finding.scope)),
      count: group.length,
      evidence: evidenceOf(group).slice(0, 4),
    }));
};

const TITLES_SHOWN = 2;

/** Reasons that begin alike are said once: `needed for "A", "B" and 3 more`. */
const joinReasons = (reasons: readonly string[]): string => {
  const needed = reasons.filter((reason) => reason.startsWith('needed for '));
  const others = reasons.filter((reason) => !reason.startsWith('needed for '));
  const rules = needed.map((reason) => reason.slice('needed for '.length));
  const more = rules.length > TITLES_SHOWN + 1 ? ` and ${rules.length - TITLES_SHOWN} more` : '';
  const shown = more === '' ? rules : rules.slice(0, TITLES_SHOWN);
  return [...(rules.length === 0 ? [] : [`needed for ${shown.join(', ')}${more}`]), ...others].join('; ');
};

const foldLacks = (
  lacks: readonly { readonly lack: Lack; readonly scope: Scope; readonly rule: string }[],
  isDecisive: (rule: string, scope: Scope) => boolean,
  { cli }: Facts,
): readonly UnknownFact[] =>
  [...Map.groupBy(lacks, ({ lack }) => `${lack.what}\n${typedWith(lack.settle, cli)}`).values()]
    .map((group) => ({
      what: group[0]?.lack.what ?? '',
      why: joinReasons([...new Set(group.map(({ lack }) => lack.why))]),
      settle: typedWith(group[0]?.lack.settle ?? '', cli),
      rules: [...new Set(group.map(({ rule }) => rule))],
      nodes: nodesOf(group.map(({ scope }) => scope)),
      decisive: group.some(({ rule, scope }) => isDecisive(rule, scope)),
    }))
    .toSorted((a, b) => Number(b.decisive) - Number(a.decisive));

const problemsOf = (roots: readonly Linked[], all: readonly Linked[], facts: Facts): readonly Problem[] =>
  groupSame(roots)
    .flatMap((group): Problem[] => {
      const [first] = group;
      if (first === undefined) return [];
      const { rule } = first;
      const findings = group.map(({ finding }) => finding);
      return [
        {
          rule: rule.id,
          fingerprint: [rule.id, ...(first.finding.sameAs === undefined ? [] : [first.finding.sameAs])].join('/'),
          title: rule.title,
          severity: group.map(severityOf).toSorted((a, b) => rank(b) - rank(a))[0] ?? rule.severity,
          confidence:
            CONFIDENCES[Math.min(...findings.map(({ confidence }) => CONFIDENCES.indexOf(confidence)))] ?? 'possible',
          summary: summaryOf(group, facts),
          nodes: nodesOf(findings.map(({ scope }) => scope)),
          scopes: scopesOf(findings),
          count: group.length,
          evidence: evidenceOf(group),
          against: [...new Set(findings.flatMap(({ against }) => against ?? []))],
          lacks: foldLacks(
            findings.flatMap(({ lacks = [], candidates = [], scope }) =>
              [...lacksOf(candidates), ...lacks].map((lack) => ({ lack, scope, rule: rule.id })),
            ),
            () => true,
            facts,
          ),
          candidates: mergeCandidates(findings.flatMap(({ candidates = [] }) => candidates)),
          remedy: rule.remedy(findings, facts),
          ...(rule.proposal === undefined ? {} : { proposal: rule.proposal(findings, facts) }),
          consequences: consequencesOf(group, all, facts),
          ...(rule.thenExpect === undefined ? {} : { thenExpect: rule.thenExpect }),
        },
      ];
    })
    .toSorted((a, b) => rank(b.severity) - rank(a.severity) || b.count - a.count);

/** Rules that could explain a finding of `rule`, directly or through others. */
const possibleCauses = (rule: Rule, rules: readonly Rule[]): ReadonlySet<string> => {
  const seen = new Set<string>();
  const add = (one: Rule): void => {
    for (const id of one.causedBy ?? []) {
      if (seen.has(id)) continue;
      seen.add(id);
      const next = rules.find((other) => other.id === id);
      if (next !== undefined) add(next);
    }
  };
  add(rule);
  return seen;
};

export const diagnose = (snapshot: Snapshot, rules: readonly Rule[], options: FactOptions = {}): Report => {
  const facts = gatherFacts(snapshot, { ...options, lines: linePatterns(rules) });
  const { found, unknown, clear } = askRules(facts, rules);
  const roots = rootsOf(found);
  const ofRole = (role: Rule['role']): readonly Linked[] => roots.filter(({ rule }) => rule.role === role);
  const unexplained = ofRole('symptom');
  const puzzling = new Set(unexplained.map(({ rule }) => rule));
  const wanted = new Set([...puzzling].flatMap((rule) => [...possibleCauses(rule, rules)]));
  const affected = new Set(
    found.filter(({ rule }) => rule.role !== 'observation').flatMap(({ finding }) => finding.scope.node ?? []),
  );
  const spokenOf = new Set(clear.flatMap(({ clear: { scope } }) => scope.node ?? []));
  const report: Report = {
    schema: 'nicwright.dev/diagnosis/v1',
    sources: snapshot.sources,
    nodes: [...new Set([...facts.nodes, ...affected])].toSorted().map((node) => ({
      node,
      verdict: affected.has(node) ? 'affected' : spokenOf.has(node) ? 'nothing found' : 'not looked at',
    })),
    problems: problemsOf(ofRole('cause'), found, facts),
    symptoms: problemsOf(unexplained, found, facts),
    observations: problemsOf(ofRole('observation'), found, facts),
    unknown: foldLacks(
      unknown.map(({ rule, unknown: { lack, scope } }) => ({ lack, scope, rule: rule.id })),
      (rule) => wanted.has(rule),
      facts,
    ),
    notLookedAt: snapshot.gaps,
    clear: [...Map.groupBy(clear, ({ rule }) => rule.id).values()].map((group) => ({
      rule: group[0]?.rule.id ?? '',
      saw: group[0]?.clear.saw ?? '',
      count: group.length,
    })),
  };
  return withClient(report, facts.cli);
};
