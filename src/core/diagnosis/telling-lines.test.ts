import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SnapshotText } from '../snapshot/snapshot.ts';
import { requiredWords } from './required-words.ts';
import { linePatterns } from './rule.ts';
import { ALL_RULES } from './rules/index.ts';
import { tellingLines } from './telling-lines.ts';

const textOf = (text: string): SnapshotText => ({ kind: 'log', text, origin: { source: 'a.log' } });

/** Each pattern on each line, as slowly as can be. */
const plainly = (text: string, patterns: Readonly<Record<string, RegExp>>): readonly string[] =>
  Object.entries(patterns)
    .flatMap(([name, pattern]) =>
      text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${name} ${index + 1}`] : [])),
    )
    .toSorted();

const quickly = (text: string, patterns: Readonly<Record<string, RegExp>>): readonly string[] =>
  [...tellingLines({ texts: [textOf(text)] }, patterns)]
    .flatMap(([name, lines]) => lines.map(({ origin }) => `${name} ${origin.line}`))
    .toSorted();

describe('words that a pattern requires', () => {
  test.each<[RegExp, readonly string[] | undefined]>([
    [/Refusing to bind port \S+ to dead agent/, ['refusing to bind port ']],
    [/No DPUs? found/, ['no dpu']],
    [/(?:alpha|beta) x/, ['alpha', 'beta']],
    [/(?<host>\S+) (?:a|beta)/, undefined],
    [/abc|\d+/, undefined],
    [/Colou?r/i, ['colo']],
    [/a{0,3}bcd{2}/, ['bcd']],
    [/(?!never)always/, ['always']],
    [/[abc]+def\.ghi/, ['def.ghi']],
    [/x?/, undefined],
  ])('%s', (pattern, words) => {
    expect(requiredWords(pattern)).toEqual(words);
  });

  test('every pattern of the rules has one, so that no line is tried in vain', () => {
    const without = Object.entries(linePatterns(ALL_RULES)).flatMap(([name, pattern]) =>
      requiredWords(pattern) === undefined ? [name] : [],
    );
    expect(without).toEqual([]);
  });
});

describe('telling lines', () => {
  const patterns = linePatterns(ALL_RULES);

  test('are those that each pattern finds by itself, on the texts of every rule', () => {
    const texts = ALL_RULES.flatMap(({ cases }) => cases.flatMap(({ texts: own = {} }) => Object.values(own))).map(
      (text, index): SnapshotText => ({ kind: 'log', text, origin: { source: String(index) } }),
    );
    const found = tellingLines({ texts }, patterns);
    for (const [name, pattern] of Object.entries(patterns)) {
      const wanted = texts.flatMap(({ text, origin }) =>
        text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${origin.source}:${index + 1}`] : [])),
      );
      expect(
        (found.get(name) ?? []).map(({ origin }) => `${origin.source}:${origin.line}`),
        name,
      ).toEqual(wanted);
    }
  });

  test('are the same on any lines', () => {
    const words = ['Refusing to bind port', 'no', 'abc', 'ABC', 'abab', 'bab', 'x', ' ', '\n', 'ü', 'status: 404'];
    const own = { a: /abab/, b: /BAB/i, c: /no x|abc\b/, d: /\d{3}/, e: /(?:ab)+abc/ };
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 40 }), (parts) => {
        expect(quickly(parts.join(''), own)).toEqual(plainly(parts.join(''), own));
      }),
    );
  });
});
