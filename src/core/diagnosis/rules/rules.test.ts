import { describe, expect, test } from 'vitest';
import { caseSnapshot } from '../case-snapshot.ts';
import { checkRuleCase } from '../check-rule-case.ts';
import { askRules } from '../engine.ts';
import { gatherFacts } from '../facts.ts';
import { linePatterns } from '../rule.ts';
import { SOURCES } from '../source.ts';
import { ALL_RULES } from './index.ts';

describe.each(ALL_RULES.map((rule) => ({ id: rule.id, rule })))('$id', ({ rule }) => {
  test.each(rule.cases.map((one) => ({ title: `${one.kind}: ${one.name}`, one })))('$title', ({ one }) => {
    expect(checkRuleCase(rule, one)).toEqual([]);
  });

  test('has a broken, a healthy, a look-alike and, unless it needs nothing, a lacking case', () => {
    const kinds = new Set(rule.cases.map(({ kind }) => kind));
    expect(kinds).toContain('broken');
    expect(kinds).toContain('healthy');
    expect(kinds).toContain('look-alike');
    if (rule.needs.length > 0) expect(kinds).toContain('lacking');
  });

  test('drops each source in turn and turns no missing fact into a clear', () => {
    for (const one of rule.cases.filter(({ kind }) => kind === 'broken'))
      for (const source of rule.needs) {
        const without = SOURCES[source].drop(caseSnapshot(one));
        const { clear, unknown } = askRules(gatherFacts(without, { lines: linePatterns([rule]) }), [rule]);
        expect(clear, `without ${source}: ${one.name}`).toEqual([]);
        expect(unknown.length, `without ${source}: ${one.name}`).toBeGreaterThan(0);
      }
  });
});

test('ids are unique, and causes that rules name are rules', () => {
  const ids = ALL_RULES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ALL_RULES.flatMap(({ causedBy = [] }) => causedBy).filter((id) => !ids.includes(id))).toEqual([]);
});
