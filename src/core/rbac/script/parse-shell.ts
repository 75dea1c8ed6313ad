/**
 * The only door to the shell parser. Bounds what it is given (size, text at all), and turns its offsets into lines.
 * The parser keeps a partial tree of a broken script and says where it broke; both are passed on.
 */
import { parse } from 'unbash';
import type { Script } from 'unbash';
import { fail, ok } from '../../result.ts';
import type { Result } from '../../result.ts';

/** Init scripts are a few kilobytes. */
export const MAX_SCRIPT_BYTES = 2 * 1024 * 1024;

const OTHER_INTERPRETER = /^#!(?!.*\b(?:bash|sh|ash|dash|zsh|ksh)\b)/;

/** False for a text whose first line names another interpreter. */
export const isShellText = (text: string): boolean => !OTHER_INTERPRETER.test(text);

export interface ShellSource {
  /** The file's name, or what the text was taken from (`ConfigMap dpf/scripts key run.sh`). */
  readonly name: string;
  /** 1-based line of an offset. */
  readonly lineAt: (offset: number) => number;
}

export interface ParsedShell {
  readonly script: Script;
  readonly source: ShellSource;
  /** Where and why the text is no shell; empty for a sound script. */
  readonly problems: readonly { readonly line: number; readonly because: string }[];
}

const lineFinder = (text: string, firstLine: number): ((offset: number) => number) => {
  let starts: number[] | undefined;
  return (offset) => {
    if (starts === undefined) {
      starts = [0];
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    }
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + firstLine;
  };
};

/** `firstLine` is the line that the text begins at, for a script inside another file. */
export const parseShell = (name: string, text: string, firstLine = 1): Result<ParsedShell> => {
  if (text.length > MAX_SCRIPT_BYTES)
    return fail(
      'input-script',
      `${name} has ${text.length} characters, and a script of more than ${MAX_SCRIPT_BYTES} is not read; give the part that calls kubectl`,
    );
  if (text.includes('\u0000'))
    return fail('input-script', `${name} holds a NUL character, so it is a binary file and no shell script`);
  const source: ShellSource = { name, lineAt: lineFinder(text, firstLine) };
  let script: Script & { readonly errors?: readonly { readonly message: string; readonly pos: number }[] | undefined };
  try {
    script = parse(text);
  } catch (error) {
    return fail(
      'input-script',
      `${name} cannot be read as a shell script: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
    );
  }
  return ok({
    script,
    source,
    problems: (script.errors ?? []).map(({ message, pos }) => ({ line: source.lineAt(pos), because: message })),
  });
};
