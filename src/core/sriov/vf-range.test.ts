import { expect, test } from 'vitest';
import { parsePfName, parseRange, parseWhole, rangesOverlap } from './vf-range.ts';

// prettier-ignore
test.for([
  ['3', 3], ['+3', 3], ['-0', -0], ['007', 7],
  ['', undefined], [' 3', undefined], ['3.0', undefined], ['0x3', undefined], ['99999999999999999999', undefined],
] as const)('%j as Atoi reads it', ([text, value]) => {
  expect(parseWhole(text)).toBe(value);
});

// prettier-ignore
test.for([
  ['ens1f0', { ok: true, value: { name: 'ens1f0' } }],
  ['ens1f0#0-3', { ok: true, value: { name: 'ens1f0', range: { start: 0, end: 3 } } }],
  ['ens1f0#3-0', { ok: true, value: { name: 'ens1f0', range: { start: 3, end: 0 } } }],
  ['ens1f0#0-3-9', { ok: true, value: { name: 'ens1f0', range: { start: 0, end: 3 } } }],
  ['ens1f0#0-3#5', { ok: true, value: { name: 'ens1f0', range: { start: 0, end: 3 } } }],
  ['ens1f0#', { ok: true, value: { name: 'ens1f0#' } }],
] as const)('%s', ([entry, parsed]) => {
  expect(parsePfName(entry)).toEqual(parsed);
});

// prettier-ignore
test.for([
  ['ens1f0#a-3', 'two whole numbers'],
  ['ens1f0#-3', 'two whole numbers'],
  ['ens1f0#3', 'has no dash'],
  ['ens1f0#0-99999999999999999999', 'two whole numbers'],
] as const)('%s is refused in one sentence', ([entry, words]) => {
  const parsed = parsePfName(entry);
  expect(parsed.ok ? '' : parsed.fault.message).toContain(words);
});

// prettier-ignore
test.for([
  ['0-3', '4-7', false], ['0-3', '3-7', true], ['0-7', '2-3', true], ['2-3', '0-7', true],
  // Ends before their starts: upstream's two cases do not agree with each other, and are kept.
  ['0-7', '6-2', true], ['7-4', '0-3', false], ['5-2', '3-4', false],
] as const)('%s and %s overlap: %s', ([a, b, overlap]) => {
  const [left, right] = [parseRange(a), parseRange(b)];
  expect(left !== undefined && right !== undefined && rangesOverlap(left, right)).toBe(overlap);
});
