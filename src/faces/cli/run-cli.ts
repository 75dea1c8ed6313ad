/**
 * Takes the words behind `nicwright`, finds the command, parses its options, runs it and prints. It knows no process
 * and no adapter: both are handed in, so that tests run it whole.
 */
import { Command as Parser, CommanderError, Option } from 'commander';
import { fail, ok, type Fault, type Result } from '../../core/result.ts';
import type { Command, CommandContext, OptionSpec, OptionValues } from './command.ts';
import type { CommandEntry } from './commands/index.ts';
import { EXIT, exitOf, type ExitCode } from './exit-code.ts';
import { commandHelp, exitCodesHelp, overview } from './help.ts';
import { formatsOf, render } from './output.ts';
import type { Paint } from './paint.ts';
import { commonOptions } from './shared-options.ts';

export interface CliStreams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly paint: Paint;
}

/** Makes the context of one command from its parsed options. */
export type MakeContext = (options: OptionValues, command: Command) => CommandContext;

interface Parsed {
  readonly args: readonly string[];
  readonly options: OptionValues;
}

const parserOf = (command: Command): Parser => {
  const parser = new Parser(command.path)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: () => {} })
    .helpOption(false);
  const add = ({ flags, about, choices, default: preset }: OptionSpec): void => {
    const option = new Option(flags, about);
    if (choices !== undefined) option.choices([...choices]);
    if (preset !== undefined) option.default(preset);
    parser.addOption(option);
  };
  for (const option of [...(command.options ?? []), ...commonOptions(command)]) add(option);
  for (const { name } of command.arguments ?? []) {
    const optional = name.startsWith('[');
    const bare = name.replaceAll(/[[\]]/g, '');
    parser.argument(optional ? `[${bare}]` : `<${bare}>`);
  }
  return parser.allowExcessArguments(false);
};

const parse = (command: Command, words: readonly string[]): Result<Parsed> => {
  const parser = parserOf(command);
  try {
    parser.parse(['node', 'nicwright', ...words]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const message = error.message.replace(/^error: /, '').replace(/\.?$/, '.');
    return fail(
      'usage',
      `${message[0]?.toUpperCase() ?? ''}${message.slice(1)} nicwright help ${command.path} shows what it takes.`,
    );
  }
  return ok({ args: parser.args, options: parser.opts() });
};

const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    row = next;
  }
  return row[b.length] ?? 0;
};

const unknownCommand = (words: readonly string[], entries: readonly CommandEntry[]): Fault => {
  const said = words
    .filter((word) => !word.startsWith('-'))
    .slice(0, 2)
    .join(' ');
  const nouns = entries.filter(({ path }) => path.startsWith(`${words[0] ?? ''} `)).map(({ path }) => path);
  if (nouns.length > 0)
    return { code: 'usage', message: `${said} is not a command; ${words[0]} has: ${nouns.join(', ')}.`, next: 'stop' };
  const [near] = entries.map(({ path }) => ({ path, far: distance(said, path) })).toSorted((a, b) => a.far - b.far);
  const hint = near !== undefined && near.far <= 3 ? ` Did you mean ${near.path}?` : '';
  return { code: 'usage', message: `${said} is not a command.${hint} nicwright help lists them all.`, next: 'stop' };
};

const find = (
  words: readonly string[],
  entries: readonly CommandEntry[],
): { entry: CommandEntry; rest: readonly string[] } | undefined => {
  for (const count of [2, 1]) {
    const entry = entries.find(({ path }) => path === words.slice(0, count).join(' '));
    if (entry !== undefined) return { entry, rest: words.slice(count) };
  }
  return undefined;
};

const help = async (
  words: readonly string[],
  entries: readonly CommandEntry[],
  streams: CliStreams,
): Promise<ExitCode> => {
  if (words[0] === 'exit-codes') {
    streams.out(`${exitCodesHelp}\n`);
    return EXIT.clean;
  }
  const found = find(words, entries);
  if (words.length > 0 && found === undefined) {
    streams.err(`${unknownCommand(words, entries).message}\n`);
    return EXIT.usage;
  }
  streams.out(
    `${found === undefined ? overview(entries, streams.paint) : commandHelp(await found.entry.load(), streams.paint)}\n`,
  );
  return EXIT.clean;
};

/** Runs one command line and says how to exit. Throws only on a bug. */
export const runCli = async (
  words: readonly string[],
  entries: readonly CommandEntry[],
  streams: CliStreams,
  makeContext: MakeContext,
): Promise<ExitCode> => {
  const refuse = (fault: Fault): ExitCode => {
    streams.err(`${streams.paint.bad('error:')} ${fault.message}\n`);
    return exitOf(fault);
  };
  if (words.length === 0 || words[0] === 'help') return help(words.slice(1), entries, streams);
  if (words[0] === '--help' || words[0] === '-h') return help([], entries, streams);
  const found = find(words[0] === '--version' ? ['version'] : words, entries);
  if (found === undefined) return refuse(unknownCommand(words, entries));
  const command = await found.entry.load();
  if (found.rest.some((word) => word === '--help' || word === '-h')) {
    streams.out(`${commandHelp(command, streams.paint)}\n`);
    return EXIT.clean;
  }
  const parsed = parse(command, found.rest);
  if (!parsed.ok) return refuse(parsed.fault);
  const { args, options } = parsed.value;
  const format = typeof options['output'] === 'string' ? options['output'] : 'text';
  if (!formatsOf(command).includes(format))
    return refuse({
      code: 'usage',
      message: `There is no format ${format} here; ${command.path} prints ${formatsOf(command).join(', ')}.`,
      next: 'stop',
    });
  const outcome = await command.run(makeContext(options, command), args, options);
  if (!outcome.ok) return refuse(outcome.fault);
  const text = render(outcome.value, format, streams.paint);
  if (!text.ok) return refuse(text.fault);
  streams.out(text.value);
  await outcome.value.goesOn;
  return outcome.value.exit;
};
