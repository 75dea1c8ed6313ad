/** `collect`: writes what the usual dumps leave out into a folder that --from reads, saying each command before it runs. */
import { collectScript } from '../../../core/snapshot/collect-script.ts';
import { fail, ok } from '../../../core/result.ts';
import { defineCommand, type CollectedDump } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { gapLines } from '../gap-lines.ts';
import type { Paint } from '../paint.ts';

const SHOWN = 10;

const text = (folder: string, { files, snapshot }: CollectedDump, paint: Paint, verbose: boolean): string => {
  const { objects, texts } = snapshot;
  const lines = gapLines(snapshot.gaps);
  const shown = verbose ? lines : lines.slice(0, SHOWN);
  return [
    paint.bold(`Wrote ${files} files to ${folder}`),
    `  ${objects.length} objects, ${texts.filter(({ kind }) => kind === 'log').length} logs, ${texts.filter(({ kind }) => kind === 'host').length} texts of hosts and Helm; secrets are hidden`,
    ...(lines.length === 0 ? [] : ['', paint.bold('Could not be collected'), ...shown.map((line) => `  - ${line}`)]),
    ...(shown.length < lines.length ? [`  and ${lines.length - shown.length} more (-v)`] : []),
    '',
    `Next: nicwright diagnose --from ${folder}`,
  ].join('\n');
};

export default defineCommand({
  path: 'collect',
  about: 'Collects what a diagnosis needs and the usual dumps leave out; says each command first, and only reads',
  examples: [
    { line: 'collect dump/', does: 'objects, logs, firmware settings and host facts of the cluster of the context' },
    {
      line: 'collect dump/ --print-commands > collect.sh',
      does: 'a script of kubectl that does the same, to be read and run elsewhere',
    },
  ],
  arguments: [{ name: 'FOLDER', about: 'a new folder to write to' }],
  options: [
    { flags: '--print-commands', about: 'print the commands as a script, and run nothing' },
    { flags: '-n, --namespace <name>', about: 'read namespaced objects of this namespace only' },
    { flags: '-l, --nodes <selector>', about: 'these nodes only: a label selector, or names joined by commas' },
    { flags: '--no-exec', about: 'run no reading commands in pods that are there' },
  ],
  usesCluster: true,
  run: async (context, [folder], options) => {
    if (folder === undefined) return fail('usage', 'Give a FOLDER to write to.');
    if (options['printCommands'] === true) {
      if (/['\n]/.test(folder)) return fail('usage', 'The name of the FOLDER may hold no quote and no line break.');
      const script = collectScript(folder);
      return ok({ exit: EXIT.clean, data: { script }, text: () => script.trimEnd() });
    }
    const { namespace, nodes } = options;
    const collected = await context.collect({
      folder,
      exec: options['exec'] !== false,
      announce: (command) => context.warn(`$ ${command}`),
      ...(typeof namespace === 'string' && { namespaces: [namespace] }),
      ...(typeof nodes === 'string' && { nodes }),
    });
    if (!collected.ok) return collected;
    const { files, snapshot } = collected.value;
    return ok({
      exit: EXIT.clean,
      data: {
        folder,
        files,
        objects: snapshot.objects.length,
        texts: snapshot.texts.length,
        notCollected: snapshot.gaps,
      },
      text: (paint) => text(folder, collected.value, paint, options['verbose'] === true),
    });
  },
});
