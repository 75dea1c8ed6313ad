/** Options and small sentences that the rbac commands share. */
import { fail, ok } from '../../../core/result.ts';
import type { Result } from '../../../core/result.ts';
import type { UserInfo } from '../../../core/ports/kube-api.ts';
import { parseCaller } from '../../../core/rbac/caller.ts';
import type { Gap } from '../../../core/snapshot/snapshot.ts';
import type { OptionSpec, OptionValues } from '../command.ts';
import { wrap } from '../diagnosis/wrap.ts';
import type { Paint } from '../paint.ts';

export const GROUP_OPTION: OptionSpec = {
  flags: '--group <name...>',
  about: 'groups of the user besides those that follow from the name',
};

export const SUBRESOURCE_OPTION: OptionSpec = { flags: '--subresource <name>', about: 'log, exec, status, scale, ...' };

export const textOption = (options: OptionValues, name: string): string | undefined => {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
};

export const listOption = (options: OptionValues, name: string): readonly string[] => {
  const value = options[name];
  return Array.isArray(value) ? (value as readonly string[]) : typeof value === 'string' ? [value] : [];
};

export const callerOption = (who: string, options: OptionValues): Result<UserInfo> => {
  const caller = parseCaller(who);
  if (!caller.ok) return fail(caller.fault.code, `${caller.fault.message}.`);
  const { username, groups } = caller.value;
  return ok({ username, groups: [...new Set([...groups, ...listOption(options, 'group')])] });
};

/** What could not be read, as lines under a verdict. */
export const unknownLines = (gaps: readonly Gap[], paint: Paint): readonly string[] =>
  gaps.flatMap(({ what, because, settle }) =>
    wrap(
      `${what}: ${because}${settle === undefined ? '' : `; ask with: ${settle}`}`,
      paint.width,
      'unknown  ',
      '         ',
    ),
  );
