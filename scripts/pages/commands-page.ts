/** docs/commands.md: every command with its help, from the same data that the command line uses. */
import { COMMANDS } from '../../src/faces/cli/commands/index.ts';
import { commandHelp, exitCodesHelp } from '../../src/faces/cli/help.ts';
import { plainPaint } from '../../src/faces/cli/paint.ts';

export const commandsPage = async (): Promise<string> => {
  const commands = await Promise.all(COMMANDS.map((entry) => entry.load()));
  return [
    '# Commands',
    '',
    'Generated from the commands themselves (`npm run generate`); a test keeps this page so.',
    '',
    '## Exit codes',
    '',
    '```',
    exitCodesHelp,
    '```',
    ...commands.flatMap((command) => [
      '',
      `## nicwright ${command.path}`,
      '',
      '```',
      commandHelp(command, plainPaint),
      '```',
    ]),
    '',
  ].join('\n');
};
