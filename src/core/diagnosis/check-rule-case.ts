/** Tries one case of a rule: what `npm test` runs for our rules, and `nicwright rules test` for a user's own. */
import { askRules } from './engine.ts';
import { caseSnapshot } from './case-snapshot.ts';
import { gatherFacts } from './facts.ts';
import { linePatterns, type Rule, type RuleCase } from './rule.ts';

/** What differs from what the case wants; empty when it holds. */
export const checkRuleCase = (rule: Rule, one: RuleCase): readonly string[] => {
  const facts = gatherFacts(caseSnapshot(one), { lines: linePatterns([rule]) });
  const { found, unknown, clear } = askRules(facts, [rule]);
  const sentences = found.map(({ finding }) => finding.because);
  const asked = unknown.map(({ unknown: { lack } }) => `${lack.what}: ${lack.why}`);
  const problems: string[] = [];
  const expect = (holds: boolean, otherwise: string): void => {
    if (!holds) problems.push(otherwise);
  };
  if (one.kind === 'broken') {
    expect(found.length > 0, 'no finding');
    if (one.says !== undefined)
      expect(
        sentences.some((text) => text.includes(one.says ?? '')),
        `no sentence says "${one.says}": ${sentences.join(' | ')}`,
      );
    expect(
      found.every(({ finding }) => finding.evidence.length > 0),
      'a finding without evidence',
    );
    expect(
      rule.remedy(
        found.map(({ finding }) => finding),
        facts,
      ).length > 0,
      'no remedy',
    );
  } else expect(found.length === 0, `a finding where none is due: ${sentences.join(' | ')}`);
  if (one.kind === 'healthy') expect(clear.length > 0, 'nothing is said to be in order');
  if (one.kind === 'lacking') {
    expect(unknown.length > 0, 'nothing is asked for');
    expect(clear.length === 0, 'something is called in order');
    if (one.says !== undefined)
      expect(
        asked.some((text) => text.includes(one.says ?? '')),
        `nothing asks for "${one.says}": ${asked.join(' | ')}`,
      );
  }
  return problems;
};
