/** Help as text, made from the same data as parsing: an example comes first, then what can be given. */
import type { Command, OptionSpec } from './command.ts';
import type { CommandEntry } from './commands/index.ts';
import { formatsOf } from './output.ts';
import type { Paint } from './paint.ts';
import { commonOptions } from './shared-options.ts';

const columns = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.min(34, Math.max(...rows.map(([left]) => left.length)));
  return rows
    .map(([left, right]) =>
      left.length > width ? `  ${left}\n  ${' '.repeat(width)}  ${right}` : `  ${left.padEnd(width)}  ${right}`,
    )
    .join('\n');
};

/** `nicwright help`: examples, then every command by its noun. */
export const overview = (entries: readonly CommandEntry[], paint: Paint): string =>
  [
    paint.bold('Finds what is wrong with the smart NICs of a cluster, plans the change, carries it out and proves it.'),
    '',
    paint.bold('Examples'),
    '  nicwright diagnose --from must-gather/          name the root cause, from files',
    '  nicwright inventory --from must-gather/         list the adapters and their firmware',
    '  nicwright diagnose --context dgx --from host/   objects from the cluster, host text from files',
    '',
    paint.bold('Commands'),
    columns(entries.map(({ path, about }) => [path, about] as const)),
    '',
    'nicwright help COMMAND tells more; nicwright help exit-codes lists what a script can rely on.',
  ].join('\n');

const usageOf = (command: Command): string =>
  ['nicwright', command.path, ...(command.arguments ?? []).map(({ name }) => name), '[options]'].join(' ');

const optionText = ({ flags, about, choices, default: preset }: OptionSpec, command: Command): string => {
  const text = flags.includes('--output ') ? `how to print the answer: ${formatsOf(command).join(', ')}` : about;
  return `${text}${choices === undefined ? '' : ` (${choices.join(', ')})`}${preset === undefined ? '' : ` [${preset}]`}`;
};

export const commandHelp = (command: Command, paint: Paint): string => {
  const options = [...(command.options ?? []), ...commonOptions(command)];
  return [
    command.about,
    '',
    paint.bold('Examples'),
    ...command.examples.flatMap(({ line, does }) => [`  nicwright ${line}`, paint.dim(`      ${does}`)]),
    '',
    paint.bold('Usage'),
    `  ${usageOf(command)}`,
    ...(command.arguments === undefined || command.arguments.length === 0
      ? []
      : ['', paint.bold('Arguments'), columns(command.arguments.map(({ name, about }) => [name, about] as const))]),
    '',
    paint.bold('Options'),
    columns(options.map((option) => [option.flags, optionText(option, command)] as const)),
  ].join('\n');
};

export const exitCodesHelp = [
  '0    clean, or done',
  '1    findings, differences, failed cases, or a time-out of --wait',
  '2    wrong usage, or an unknown kind',
  '3    the input cannot be read, or the API cannot be reached',
  '4    something could not be told (only with --strict)',
  '5    refused or held',
  '130  interrupted',
].join('\n');
