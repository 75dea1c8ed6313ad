/** `nicwright diagnose`: the root cause of what is wrong with the smart NICs of a cluster, with its evidence. */
import { diagnose } from '../../../core/diagnosis/engine.ts';
import { SEVERITIES } from '../../../core/diagnosis/finding.ts';
import { ALL_RULES } from '../../../core/diagnosis/rules/index.ts';
import { ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { reportText } from '../diagnosis/report-text.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';

export default defineCommand({
  path: 'diagnose',
  about: 'Names the root cause of what is wrong with smart NICs, with evidence and remedy',
  examples: [
    { line: 'diagnose --from must-gather/', does: 'from files: kubectl output, host text, logs, in any mixture' },
    { line: 'diagnose --from nodestates.yaml --from host/ -o json', does: 'several inputs joined, for a script' },
    { line: 'diagnose --context dgx -v', does: 'a live cluster, with all evidence' },
  ],
  options: [
    {
      flags: '--fail-on <severity>',
      about: 'exit 1 only for findings at or above it',
      choices: SEVERITIES,
      default: 'warning',
    },
    { flags: '--strict', about: 'exit 4 where a fact that could explain a symptom is missing' },
  ],
  readsSnapshot: 'everything',
  run: async (context, _args, options) => {
    const snapshot = await context.snapshot();
    if (!snapshot.ok) return snapshot;
    context.progress('applying rules');
    const namespace = options['operatorNamespace'];
    const report = diagnose(snapshot.value, ALL_RULES, {
      now: context.clock.now(),
      readYaml: context.readYaml,
      ...(typeof namespace === 'string' ? { operatorNamespace: namespace } : {}),
    });
    const least = SEVERITIES.findIndex((severity) => severity === options['failOn']);
    const failing = [...report.problems, ...report.symptoms].some(
      ({ severity }) => SEVERITIES.indexOf(severity) >= least,
    );
    const exit: ExitCode = failing
      ? EXIT.findings
      : options['strict'] === true && report.unknown.length > 0
        ? EXIT.unresolved
        : EXIT.clean;
    return ok({ exit, data: report, text: (paint) => reportText(report, paint, options['verbose'] === true) });
  },
});
