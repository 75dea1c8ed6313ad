/** Prints an outcome in the format asked for. Formats beyond text, json and yaml are the command's own. */
import yaml from 'js-yaml';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Command, CommandOutcome } from './command.ts';
import type { Paint } from './paint.ts';

export const formatsOf = (command: Command): readonly string[] => ['text', 'json', 'yaml', ...(command.formats ?? [])];

const withNewline = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);

export const render = (outcome: CommandOutcome, format: string, paint: Paint): Result<string> => {
  const own = outcome.formats?.[format];
  if (own !== undefined) return ok(withNewline(own()));
  if (format === 'text') return ok(withNewline(outcome.text(paint)));
  if (format === 'json') return ok(`${JSON.stringify(outcome.data, undefined, 2)}\n`);
  if (format === 'yaml')
    return ok(yaml.dump(JSON.parse(JSON.stringify(outcome.data ?? null)), { lineWidth: -1, noRefs: true }));
  return fail('usage-format', `There is no format ${format} here.`);
};
