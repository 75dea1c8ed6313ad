/**
 * One line for a POSIX shell that gives back exactly these arguments. ssh joins its arguments with blanks and hands the line to
 * the login shell of the other side; this is the only place where an argument array becomes a line.
 */
import { fail, ok, type Result } from '../../core/result.ts';

/** Means itself in every shell, wherever it stands; a word that begins with `=` or `~` does not. */
const PLAIN = /^[A-Za-z0-9_./:@%+,-][A-Za-z0-9_./:@%+,=-]*$/;

/** Within single quotes nothing has a meaning but the single quote. */
const quoted = (argument: string): string =>
  PLAIN.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;

/** Fails on a NUL byte, which no command line can carry. */
export const quoteForShell = (args: readonly string[]): Result<string> =>
  args.some((argument) => argument.includes('\0'))
    ? fail('host-argument', 'An argument for the host holds a NUL byte, which no command line can carry; correct it.')
    : ok(args.map(quoted).join(' '));
