/** One question with yes or no on the terminal; nobody is asked where stdin or stderr is none. */
import { createInterface } from 'node:readline/promises';

export const askOnTerminal = async (question: string): Promise<boolean | undefined> => {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) return undefined;
  const terminal = createInterface({ input: stdin, output: stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
};
