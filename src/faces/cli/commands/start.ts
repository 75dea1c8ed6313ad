/** `nicwright start`: the main job on the example that comes with the package, for whoever has just installed it. */
import { diagnose } from '../../../core/diagnosis/engine.ts';
import { ALL_RULES } from '../../../core/diagnosis/rules/index.ts';
import { ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { reportText } from '../diagnosis/report-text.ts';
import { EXIT } from '../exit-code.ts';

export default defineCommand({
  path: 'start',
  about: 'Shows the main job on an example: two DGX nodes whose SR-IOV resources are gone',
  examples: [{ line: 'start --once', does: 'prints the diagnosis of the example and exits' }],
  options: [{ flags: '--once', about: 'print and exit' }],
  run: async (context) => {
    const snapshot = await context.exampleSnapshot('dgx-incident');
    if (!snapshot.ok) return snapshot;
    const report = diagnose(snapshot.value, ALL_RULES);
    return ok({
      exit: EXIT.clean,
      data: report,
      text: (paint) => `${reportText(report, paint)}\n\nOn your own files: nicwright diagnose --from PATH...`,
    });
  },
});
