/**
 * Everything a rule is held to: its cases, that it has one of each kind, and that none of its sources may be missing without
 * a word. What `nicwright rules test` runs for rules of a user's own.
 */
import { caseSnapshot } from './case-snapshot.ts';
import { checkRuleCase } from './check-rule-case.ts';
import { askRules } from './engine.ts';
import { gatherFacts } from './facts.ts';
import { linePatterns, type Rule, type RuleCase } from './rule.ts';
import { SOURCES } from './source.ts';

export interface RuleCheck {
  readonly name: string;
  /** What is wrong; empty when it holds. */
  readonly problems: readonly string[];
}

const KINDS: readonly RuleCase['kind'][] = ['broken', 'healthy', 'look-alike', 'lacking'];

const WHY: Readonly<Record<RuleCase['kind'], string>> = {
  broken: 'a case in which it finds something',
  healthy: 'a case in which it says that all is in order',
  'look-alike': 'a case that looks like it and is something else',
  lacking: 'a case in which it cannot tell',
};

const thrown = (error: unknown): string => `it throws: ${error instanceof Error ? error.message : String(error)}`;

const guarded = (check: () => readonly string[]): readonly string[] => {
  try {
    return check();
  } catch (error) {
    return [thrown(error)];
  }
};

/** Kinds of cases that a rule owes and does not have. */
export const missingKinds = (rule: Rule): readonly RuleCase['kind'][] => {
  const kinds = new Set(rule.cases.map(({ kind }) => kind));
  return KINDS.filter((kind) => !kinds.has(kind) && (kind !== 'lacking' || rule.needs.length > 0));
};

/** Each source taken away from each broken case: the rule must ask for it, and call nothing in order. */
export const withoutSources = (rule: Rule): readonly string[] =>
  rule.cases
    .filter(({ kind }) => kind === 'broken')
    .flatMap((one) =>
      rule.needs.flatMap((source) => {
        const without = SOURCES[source].drop(caseSnapshot(one));
        const { clear, unknown } = askRules(gatherFacts(without, { lines: linePatterns([rule]) }), [rule]);
        return [
          ...(clear.length > 0 ? [`without ${source} it calls "${one.name}" in order`] : []),
          ...(unknown.length === 0 ? [`without ${source} it does not ask for it in "${one.name}"`] : []),
        ];
      }),
    );

export const checkRule = (rule: Rule): readonly RuleCheck[] => [
  ...rule.cases.map((one) => ({
    name: `${one.kind}: ${one.name}`,
    problems: guarded(() => checkRuleCase(rule, one)),
  })),
  ...missingKinds(rule).map((kind) => ({ name: `a ${kind} case`, problems: [`there is none: add ${WHY[kind]}`] })),
  ...(rule.needs.length === 0
    ? []
    : [{ name: 'a source that is missing is asked for', problems: guarded(() => withoutSources(rule)) }]),
];
