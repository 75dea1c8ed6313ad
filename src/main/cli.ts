/** The process behind the command line: arguments in, streams out, exit code set. The only place that knows both. */
import v8 from 'node:v8';
import { COMMANDS } from '../faces/cli/commands/index.ts';
import { EXIT } from '../faces/cli/exit-code.ts';
import { runCli } from '../faces/cli/run-cli.ts';
import { commandContext } from './command-context.ts';
import { listenForInterruption } from './interruption.ts';
import { paintFor, progressOn } from './terminal.ts';

// Large dumps make much short-lived garbage; a young generation that does not grow saves a third of the memory.
v8.setFlagsFromString('--semi-space-growth-factor=1');

listenForInterruption();
// `nicwright ... | head` closes the pipe early: that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.clean : EXIT.unreadable);
});

const progress = progressOn(process.stderr);
const say = (text: string): void => {
  progress.clear();
  process.stderr.write(text);
};

/** A command that reads again and again has the same to say each time. */
const said = new Set<string>();
const warn = (line: string): void => {
  if (said.has(line)) return;
  said.add(line);
  say(`${line}\n`);
};

try {
  process.exitCode = await runCli(
    process.argv.slice(2),
    COMMANDS,
    {
      out: (text) => {
        progress.clear();
        process.stdout.write(text);
      },
      err: say,
      paint: paintFor(process.stdout),
    },
    (options, command) => commandContext(options, command, { progress: progress.show, warn }),
  );
} catch (error) {
  say(`nicwright has a bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = EXIT.unreadable;
}
