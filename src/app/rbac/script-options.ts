/** What `rbac needs` is told of how a script is started: `--args`, `--env`, the pod's namespace. */
import { fail, ok } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';
import { splitCommandLine } from '../../core/rbac/script/split-command-line.ts';

export const readArguments = (line: string | undefined): Result<readonly string[] | undefined> =>
  line === undefined ? ok(undefined) : splitCommandLine(line);

export const readEnvironment = (given: readonly string[]): Result<Readonly<Record<string, string>>> => {
  const variables: Record<string, string> = {};
  for (const word of given) {
    const [, name, value] = /^([A-Za-z_]\w*)=([^]*)$/.exec(word) ?? [];
    if (name === undefined) return fail('usage-env', `--env ${word} is no variable; write NAME=VALUE.`);
    variables[name] = value ?? '';
  }
  return ok(variables);
};
