import fc from 'fast-check';
import { expect, test } from 'vitest';
import { microTimestamp, millisOf, timestamp } from './timestamp.ts';

const YEAR_9999 = Date.parse('9999-12-31T23:59:59Z');
const moment = fc.integer({ min: Date.parse('0001-01-01T00:00:00Z'), max: YEAR_9999 });

test('times are written as Date writes them', () => {
  fc.assert(
    fc.property(moment, (ms) => {
      const iso = new Date(ms).toISOString();
      expect(timestamp(ms)).toBe(iso.replace(/\.\d+Z$/, 'Z'));
      expect(microTimestamp(ms)).toBe(iso.replace('Z', '000Z'));
      expect(millisOf(iso)).toBe(ms);
      expect(millisOf(microTimestamp(ms))).toBe(ms);
    }),
  );
});

test.for([
  ['2026-11-25T19:31:02Z', Date.UTC(2026, 10, 25, 19, 31, 2)],
  ['2026-11-25T20:31:02+01:00', Date.UTC(2026, 10, 25, 19, 31, 2)],
  ['2026-11-25T19:31:02.123456Z', Date.UTC(2026, 10, 25, 19, 31, 2, 123)],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ['2025-02-29T00:00:00Z', undefined],
  ['2026-13-01T00:00:00Z', undefined],
  ['2026-11-25', undefined],
  ['yesterday', undefined],
] as const)('%s is read', ([text, ms]) => {
  expect(millisOf(text)).toBe(ms);
});
