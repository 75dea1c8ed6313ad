/** Whatever the arguments are, a real shell gives them back as they were. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoteForShell } from './quote-for-shell.ts';

const lineOf = (args: readonly string[]): string => {
  const line = quoteForShell(args);
  if (!line.ok) throw new Error(line.fault.message);
  return line.value;
};

/** The arguments as the shell took them apart. */
const through = (args: readonly string[]): readonly string[] => {
  const ran = spawnSync('sh', ['-c', lineOf(['printf', '%s\\0', ...args])], { timeout: 10_000 });
  return ran.stdout.toString('utf8').split('\0').slice(0, -1);
};

const HOSTILE = [
  '',
  ' ',
  "'",
  "'; reboot; '",
  '$(reboot)',
  '`reboot`',
  '${IFS}',
  '&& reboot',
  '|| true #',
  'a\nreboot',
  '*',
  '~root',
  '=ls',
  '!!',
  '\\',
  '"',
  '-rf',
  '<(id)',
  'NUM_OF_VFS=8;reboot',
  'ü\u2028\u{1f600}',
];

test('hostile values arrive as they are', () => {
  expect(through(HOSTILE)).toEqual(HOSTILE);
});

test('any arguments arrive as they are', { timeout: 60_000 }, () => {
  const part = fc.constantFrom(...HOSTILE, ...`'"\\$\`!*?[]{}();&|<>~#=\n\t `.split(''));
  const word = fc.oneof(
    fc.array(part, { maxLength: 6 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => !text.includes('\0') && text.isWellFormed()),
  );
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
      expect(through(words)).toEqual(words);
    }),
    { numRuns: 100 },
  );
});

test('what needs no quotes is left readable', () => {
  expect(lineOf(['mstconfig', '-d', '0000:18:00.0', '-y', 'set', 'NUM_OF_VFS=8'])).toBe(
    'mstconfig -d 0000:18:00.0 -y set NUM_OF_VFS=8',
  );
});

test('a NUL byte is refused', () => {
  expect(quoteForShell(['a\0b'])).toMatchObject({ ok: false, fault: { code: 'host-argument' } });
});
