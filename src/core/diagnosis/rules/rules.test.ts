import { describe, expect, test } from 'vitest';
import { checkRuleCase } from '../check-rule-case.ts';
import { missingKinds, withoutSources } from '../check-rule.ts';
import { ALL_RULES } from './index.ts';

describe.each(ALL_RULES.map((rule) => ({ id: rule.id, rule })))('$id', ({ rule }) => {
  test.each(rule.cases.map((one) => ({ title: `${one.kind}: ${one.name}`, one })))('$title', ({ one }) => {
    expect(checkRuleCase(rule, one)).toEqual([]);
  });

  test('has a broken, a healthy, a look-alike and, unless it needs nothing, a lacking case', () => {
    expect(missingKinds(rule)).toEqual([]);
  });

  test('drops each source in turn and turns no missing fact into a clear', () => {
    expect(withoutSources(rule)).toEqual([]);
  });
});

test('ids are unique, and causes that rules name are rules', () => {
  const ids = ALL_RULES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ALL_RULES.flatMap(({ causedBy = [] }) => causedBy).filter((id) => !ids.includes(id))).toEqual([]);
});
