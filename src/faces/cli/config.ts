/**
 * The user's configuration: modules with rules, and a file of suppressions. It is taken from --config or from the user's
 * home, never from the folder at hand: that may be a dump of somebody else's, and rules are code.
 */
import path from 'node:path';
import { dig, isMap } from '../../core/model/dig.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { CommandContext } from './command.ts';

export interface Config {
  /** Where it was read; paths in it are seen from there. */
  readonly file?: string;
  readonly rules: readonly string[];
  readonly suppressions?: string;
}

const KEYS = new Set(['rules', 'suppressions']);

export const readConfig = async (context: CommandContext, given: unknown): Promise<Result<Config>> => {
  const file = typeof given === 'string' ? given : context.configFile();
  if (file === undefined) return ok({ rules: [] });
  const documents = await context.readDocuments(file);
  if (!documents.ok) return documents;
  const [document] = documents.value;
  if (document === undefined || document.value === null) return ok({ file, rules: [] });
  const { value, lineOf } = document;
  const wrong = (key: string | undefined, sentence: string): Result<never> =>
    fail('input-config', `${file}:${lineOf(key === undefined ? [] : [key])}: ${sentence}`);
  if (!isMap(value)) return wrong(undefined, `the configuration is a map with ${[...KEYS].join(' and ')}.`);
  const strange = Object.keys(value).find((key) => !KEYS.has(key));
  if (strange !== undefined) return wrong(strange, `there is no key ${strange}; there are ${[...KEYS].join(' and ')}.`);
  const rules = dig(value, 'rules') ?? [];
  if (!Array.isArray(rules) || !rules.every((one): one is string => typeof one === 'string'))
    return wrong('rules', 'rules is a list of modules.');
  const suppressions = dig(value, 'suppressions');
  if (suppressions !== undefined && typeof suppressions !== 'string')
    return wrong('suppressions', 'suppressions is the path of a file.');
  return ok({
    file,
    rules,
    ...(suppressions === undefined ? {} : { suppressions: path.resolve(path.dirname(file), suppressions) }),
  });
};
