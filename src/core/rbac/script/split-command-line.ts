/** A command line as a person types it -> its words, by the quoting of the shell. Nothing is expanded. */
import { fail, ok } from '../../result.ts';
import type { Result } from '../../result.ts';

export const splitCommandLine = (line: string): Result<readonly string[]> => {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < line.length; at += 1) {
    const letter = line[at] ?? '';
    if (quote !== undefined) {
      if (letter === quote) quote = undefined;
      else if (letter === '\\' && quote === '"' && /["\\$`]/.test(line[at + 1] ?? '')) {
        at += 1;
        word = `${word ?? ''}${line[at] ?? ''}`;
      } else word = `${word ?? ''}${letter}`;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      word ??= '';
    } else if (letter === '\\' && at + 1 < line.length) {
      at += 1;
      word = `${word ?? ''}${line[at] ?? ''}`;
    } else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = `${word ?? ''}${letter}`;
  }
  if (quote !== undefined) return fail('usage-quote', `${JSON.stringify(line)} has a ${quote} that is not closed.`);
  return ok(word === undefined ? words : [...words, word]);
};
