/** `inspect`: what a dump is and holds, when it was taken, and what can and cannot be told from it. */
import { inspectInput } from '../../../app/inspect/inspect-input.ts';
import { ALL_RULES } from '../../../core/diagnosis/rules/index.ts';
import { fail, ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { inspectionText } from '../inspect/inspection-text.ts';

export default defineCommand({
  path: 'inspect',
  about: 'Tells what a dump is and holds, when it was taken, and what it can and cannot prove',
  examples: [
    { line: 'inspect must-gather.tar.gz', does: 'before a diagnosis, or before a customer is asked for more' },
    { line: 'inspect must-gather.tar.gz sysinfo-snapshot-*.tgz', does: 'a cluster and its hosts, joined' },
  ],
  arguments: [{ name: 'PATH...', about: 'folders, files, archives (tar, tgz, txz, zip)' }],
  run: async (context, paths, options) => {
    if (paths.length === 0) return fail('usage', 'Give a PATH to inspect: a folder, a file or an archive.');
    const snapshot = await context.readPaths(paths);
    if (!snapshot.ok) return snapshot;
    const inspection = inspectInput(snapshot.value, ALL_RULES);
    return ok({
      exit: EXIT.clean,
      data: inspection,
      text: (paint) => inspectionText(inspection, paint, options['verbose'] === true),
    });
  },
});
