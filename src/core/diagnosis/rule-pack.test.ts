import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caseSnapshot } from './case-snapshot.ts';
import { checkRule } from './check-rule.ts';
import { diagnose } from './engine.ts';
import type { Finding } from './finding.ts';
import { guardedRule, readRulePack } from './rule-pack.ts';
import { defineRule, type Rule } from './rule.ts';
import { ALL_RULES } from './rules/index.ts';

const node = (name: string, labels: Readonly<Record<string, string>> = {}) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels },
});

const finding = (name: string): Finding => ({
  says: 'finding',
  scope: { node: name },
  because: `${name} has no rack`,
  confidence: 'proven',
  evidence: [{ origin: { source: 'nodes.yaml' }, excerpt: 'labels: {}' }],
});

const rack: Rule = defineRule({
  id: 'acme-rack-missing',
  title: 'A node has no rack',
  severity: 'warning',
  role: 'cause',
  needs: ['nodes'],
  explain: 'Waves go by rack.',
  sources: ['runbook'],
  check: (facts) =>
    facts
      .objects('Node')
      .map(({ object: { metadata } }) =>
        metadata.labels?.['rack'] === undefined
          ? finding(metadata.name)
          : { says: 'clear', scope: { node: metadata.name }, saw: 'a rack' },
      ),
  remedy: () => [{ text: 'Label it.' }],
  cases: [
    { name: 'none', kind: 'broken', objects: [node('a')], says: 'no rack' },
    { name: 'one', kind: 'healthy', objects: [node('a', { rack: '1' })] },
    { name: 'empty', kind: 'look-alike', objects: [node('a', { rack: '' })] },
    { name: 'nothing read', kind: 'lacking', objects: [] },
  ],
});

const read = (exports: unknown) => readRulePack(exports, 'pack.mjs', ALL_RULES);

describe('a pack', () => {
  test.each([
    ['a rule', { default: rack }],
    ['a list', { default: [rack] }],
    ['by the name rules', { rules: [rack] }],
  ])('%s is read', (_, exports) => {
    const pack = read(exports);
    expect(pack.ok && pack.value).toEqual([rack]);
  });

  test.each([
    ['nothing', {}, 'pack.mjs: it exports no rule'],
    ['an empty list', { default: [] }, 'pack.mjs: it exports no rule'],
    ['a number', { default: 5 }, 'rule 1: it is no object'],
    [
      'an id of ours',
      { default: { ...rack, id: 'kernel-lockdown' } },
      'kernel-lockdown: there is a rule of that id already',
    ],
    ['two of one id', { default: [rack, rack] }, 'acme-rack-missing: there is a rule of that id already'],
    ['an odd id', { default: { ...rack, id: 'Acme Rack' } }, 'Acme Rack: id is not made of lower-case words'],
    ['a severity', { default: { ...rack, severity: 'bad' } }, 'severity is not one of info, warning, error, critical'],
    ['a role', { default: { ...rack, role: 'x' } }, 'role is not one of cause, symptom, observation'],
    ['a need', { default: { ...rack, needs: ['node'] } }, 'and node is none'],
    ['lines', { default: { ...rack, lines: { a: 'text' } } }, 'lines is not a map of regular expressions'],
    ['no sources', { default: { ...rack, sources: [] } }, 'sources is missing'],
    ['no check', { default: { ...rack, check: undefined } }, 'check is not a function'],
    ['a case', { default: { ...rack, cases: [{ name: 'x', kind: 'odd', objects: [] }] } }, 'cases is not a list'],
    ['a cause', { default: { ...rack, causedBy: ['nosuch'] } }, 'causedBy names nosuch, and there is no such rule'],
  ])('with %s is refused in a sentence', (_, exports, message) => {
    const pack = read(exports);
    expect(pack.ok ? '' : pack.fault.message).toContain(message);
    expect(pack.ok ? '' : pack.fault.code).toBe('input-rules');
  });

  test('whatever a module exports, the answer is a value', () => {
    fc.assert(fc.property(fc.anything(), (exports) => void read(exports)));
    fc.assert(
      fc.property(fc.record(Object.fromEntries(Object.keys(rack).map((key) => [key, fc.anything()]))), (rule) => {
        expect(read({ default: rule }).ok).toBe(false);
      }),
    );
  });

  test('may name rules of ours as causes', () => {
    expect(read({ default: { ...rack, causedBy: ['kernel-lockdown'] } }).ok).toBe(true);
  });
});

describe('a rule that fails', () => {
  const world = caseSnapshot({ name: 'w', kind: 'broken', objects: [node('a')] });
  const bad = (changes: Partial<Rule>): Rule => guardedRule({ ...rack, ...changes }, 'pack.mjs');

  test.each([
    ['throws', () => { throw new Error('no rack for you'); }, 'it failed: no rack for you'],
    ['answers nothing', () => undefined as never, 'it answered something that is no list'],
    ['answers half a finding', () => [{ says: 'finding', scope: {} }] as never, 'it answered something that is no list'],
  ] as const)('%s: it is said, and the others are heard', (_, check, message) => {
    const report = diagnose(world, [bad({ check }), { ...rack, id: 'acme-other' }]);
    expect(report.problems.map(({ rule }) => rule)).toEqual(['acme-other']);
    expect(report.unknown.map(({ why, settle }) => [why, settle])).toEqual([
      [expect.stringContaining(message), 'nicwright rules test pack.mjs'],
    ]);
  }); // prettier-ignore

  test('its remedy and its summary do not end the diagnosis', () => {
    const remedy = (): never => {
      throw new Error('x');
    };
    const [problem] = diagnose(world, [bad({ remedy, summarise: remedy })]).problems;
    expect(problem?.summary).toBe('a has no rack');
    expect(problem?.remedy[0]?.text).toContain('failed to name a remedy: x');
  });
});

describe('what a rule is held to', () => {
  const wrong = (rule: Rule): readonly string[] =>
    checkRule(rule).flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}`));

  test('the one above holds', () => {
    expect(wrong(rack)).toEqual([]);
  });

  test('a case that does not hold, one that is missing, and a throw are told', () => {
    expect(wrong({ ...rack, cases: rack.cases.map((one) => ({ ...one, says: 'other words' })) })).toEqual([
      'broken: none: no sentence says "other words": a has no rack',
      expect.stringContaining('lacking: nothing read: nothing asks for "other words"'),
    ]);
    expect(wrong({ ...rack, cases: rack.cases.slice(0, 2) })).toEqual([
      'a look-alike case: there is none: add a case that looks like it and is something else',
      'a lacking case: there is none: add a case in which it cannot tell',
    ]);
    const check = (): never => {
      throw new Error('boom');
    };
    expect(wrong({ ...rack, check })[0]).toBe('broken: none: it throws: boom');
  });
});
