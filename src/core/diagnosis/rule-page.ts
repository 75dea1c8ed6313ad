/**
 * What there is to know about a rule, as data: `nicwright explain RULE`, docs/rules.md and the reports of other tools are
 * made from it. Everything comes from the rule itself; its remedy is the one it gives in its first broken case.
 */
import { askRules } from './engine.ts';
import { caseSnapshot } from './case-snapshot.ts';
import { gatherFacts } from './facts.ts';
import type { RemedyStep, Severity } from './finding.ts';
import { linePatterns, type Rule, type RuleCase } from './rule.ts';
import { SOURCES } from './source.ts';
import { upstreamReports, type UpstreamReport } from './upstream-reports.ts';

export interface RuleLink {
  readonly id: string;
  readonly title: string;
}

export interface RulePage {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly role: Rule['role'];
  readonly affects?: string;
  readonly meaning: string;
  /** What may lie behind it, nearest first. */
  readonly causes: readonly RuleLink[];
  readonly leadsTo: readonly RuleLink[];
  /** Inputs without which it says nothing, each with the command that gets it. */
  readonly needs: readonly { readonly what: string; readonly settle: string }[];
  /** Patterns that it looks for in logs and host text. */
  readonly lines: readonly string[];
  /** Names of its cases by what each must give: they say what it tells apart. */
  readonly tried: Readonly<Record<RuleCase['kind'], readonly string[]>>;
  readonly remedy: readonly RemedyStep[];
  readonly thenExpect?: string;
  readonly sources: readonly string[];
  readonly reports: readonly UpstreamReport[];
  /** A sentence where no report matches exactly. */
  readonly reportsNote?: string;
}

const remedyOf = (rule: Rule): readonly RemedyStep[] => {
  const example = rule.cases.find(({ kind }) => kind === 'broken');
  if (example === undefined) return [];
  const facts = gatherFacts(caseSnapshot(example), { lines: linePatterns([rule]) });
  const findings = askRules(facts, [rule]).found.map(({ finding }) => finding);
  return findings.length === 0 ? [] : rule.remedy(findings, facts);
};

const noteOn = (reports: readonly UpstreamReport[]): string | undefined => {
  if (reports.length === 0) return 'No upstream report of it is known to us.';
  return reports.some(({ exact }) => exact) ? undefined : 'None of these reports matches exactly.';
};

export const rulePage = (rule: Rule, rules: readonly Rule[]): RulePage => {
  const named = (kind: RuleCase['kind']): readonly string[] =>
    rule.cases.filter((one) => one.kind === kind).map(({ name }) => name);
  const link = ({ id, title }: Rule): RuleLink => ({ id, title });
  const reports = upstreamReports(rule.id);
  const reportsNote = noteOn(reports);
  return {
    id: rule.id,
    title: rule.title,
    severity: rule.severity,
    role: rule.role,
    ...(rule.affects === undefined ? {} : { affects: rule.affects }),
    meaning: rule.explain,
    causes: (rule.causedBy ?? []).flatMap((id) => rules.filter((other) => other.id === id).map(link)),
    leadsTo: rules.filter(({ causedBy }) => causedBy?.includes(rule.id) === true).map(link),
    needs: rule.needs.map((source) => ({ what: SOURCES[source].what, settle: SOURCES[source].settle })),
    lines: Object.values(rule.lines ?? {}).map(({ source }) => source),
    tried: {
      broken: named('broken'),
      healthy: named('healthy'),
      lacking: named('lacking'),
      'look-alike': named('look-alike'),
    },
    remedy: remedyOf(rule),
    ...(rule.thenExpect === undefined ? {} : { thenExpect: rule.thenExpect }),
    sources: rule.sources,
    reports,
    ...(reportsNote === undefined ? {} : { reportsNote }),
  };
};
