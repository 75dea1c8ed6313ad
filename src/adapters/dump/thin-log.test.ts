/** A long log loses what it repeats, and nothing that is said seldom; line numbers hold. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { thinLog } from './thin-log.ts';

const repeated = (lines: number): readonly string[] =>
  Array.from(
    { length: lines },
    (_, index) => `2026-01-01T00:00:${String(index).padStart(5, '0')} polling, nothing changed`,
  );

test('a short log stays as it is', () => {
  const text = repeated(20).join('\n');
  expect(thinLog(Buffer.from(text))).toBe(text);
});

test('one line among thousands is kept, whatever it says, with its number', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.stringMatching(/^[a-z]{3,10} [a-z ]{3,30}ä?$/)), {
        maxLength: 5,
      }),
      (seldom) => {
        const lines = [...repeated(3001)];
        for (const [at, line] of seldom) lines[at] = line;
        const thinned = thinLog(Buffer.from(lines.join('\n'))).split('\n');
        expect(thinned.length).toBe(lines.length);
        for (const [at] of seldom) expect(thinned[at]).toBe(lines[at]);
        for (const [index, line] of thinned.entries()) if (line !== '~') expect(line).toBe(lines[index]);
        expect(thinned.filter((line) => line !== '~').length).toBeLessThan(150);
      },
    ),
    { numRuns: 50 },
  );
});

test('the first, the last and the head and tail of what is repeated are kept', () => {
  const lines = repeated(2000);
  const thinned = thinLog(Buffer.from(lines.join('\n'))).split('\n');
  expect(thinned.slice(0, 20)).toEqual(lines.slice(0, 20));
  expect(thinned.slice(-40)).toEqual(lines.slice(-40));
  expect(thinned[1000]).toBe('~');
});
