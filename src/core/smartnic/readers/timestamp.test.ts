import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTimestamp } from './timestamp.ts';

test.each([
  ['2026-11-20T20:36:14+00:00', Date.UTC(2026, 10, 20, 20, 36, 14)],
  ['2026-11-20 20:34:27.390462', Date.UTC(2026, 10, 20, 20, 34, 27, 390)],
  ['2026-11-20T20:28:09Z', Date.UTC(2026, 10, 20, 20, 28, 9)],
  ['2024-02-29T01:00:00+02:00', Date.UTC(2024, 1, 28, 23, 0, 0)],
  ['1970-01-01 00:00:00', 0],
])('%s', (text, expected) => {
  expect(readTimestamp(text)).toBe(expected);
});

test.each([[''], ['soon'], ['2026-13-01 00:00:00'], ['2026-11-20'], [null], [12], [{}]])('%s is no time', (value) => {
  expect(readTimestamp(value)).toBeUndefined();
});

test('it agrees with the platform on every day of five centuries', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('1900-01-01'), max: new Date('2399-12-31'), noInvalidDate: true }), (date) => {
      expect(readTimestamp(date.toISOString())).toBe(date.getTime());
    }),
  );
});
