/** `nicwright diagnose`: the root cause of what is wrong with the smart NICs of a cluster, with its evidence. */
import { diagnose } from '../../../core/diagnosis/engine.ts';
import { SEVERITIES, type Severity } from '../../../core/diagnosis/finding.ts';
import type { Report } from '../../../core/diagnosis/report.ts';
import type { Rule } from '../../../core/diagnosis/rule.ts';
import { ALL_RULES } from '../../../core/diagnosis/rules/index.ts';
import { readSuppressions, suppress } from '../../../core/diagnosis/suppressions.ts';
import { timestamp } from '../../../core/model/timestamp.ts';
import { ok, type Result } from '../../../core/result.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { reportHtml } from '../diagnosis/html.ts';
import { reportJunit } from '../diagnosis/junit.ts';
import { reportSarif } from '../diagnosis/sarif.ts';
import { reportText } from '../diagnosis/report-text.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';

const exitOf = ({ problems, symptoms, unknown }: Report, failOn: Severity, strict: boolean): ExitCode => {
  const least = SEVERITIES.indexOf(failOn);
  if ([...problems, ...symptoms].some(({ severity }) => SEVERITIES.indexOf(severity) >= least)) return EXIT.findings;
  return strict && unknown.length > 0 ? EXIT.unresolved : EXIT.clean;
};

const setAside = async (
  context: CommandContext,
  report: Report,
  file: unknown,
  rules: readonly Rule[],
): Promise<Result<Report>> => {
  if (typeof file !== 'string') return ok(report);
  const documents = await context.readDocuments(file);
  if (!documents.ok) return documents;
  const suppressions = readSuppressions(documents.value, new Set(rules.map(({ id }) => id)));
  return suppressions.ok ? ok(suppress(report, suppressions.value, context.clock.now())) : suppressions;
};

export default defineCommand({
  path: 'diagnose',
  about: 'Names the root cause of what is wrong with smart NICs, with evidence and remedy',
  examples: [
    { line: 'diagnose --from must-gather/', does: 'from files: kubectl output, host text, logs, in any mixture' },
    { line: 'diagnose --from nodestates.yaml --from host/ -o json', does: 'several inputs joined, for a script' },
    { line: 'diagnose --context dgx -v', does: 'a live cluster, with all evidence' },
    {
      line: 'diagnose --from must-gather/ -o sarif --suppressions known.yaml > nics.sarif',
      does: 'for a merge request, without what the team lives with until a day that it wrote down',
    },
  ],
  options: [
    {
      flags: '--fail-on <severity>',
      about: 'exit 1 only for findings at or above it',
      choices: SEVERITIES,
      default: 'warning',
    },
    { flags: '--strict', about: 'exit 4 where a fact that could explain a symptom is missing' },
    {
      flags: '--suppressions <file>',
      about: 'problems to set aside, each with rule, nodes, owner, reason and last day (docs/diagnosis.md)',
    },
  ],
  readsSnapshot: 'everything',
  formats: ['sarif', 'junit', 'html'],
  run: async (context, _args, options) => {
    const snapshot = await context.snapshot();
    if (!snapshot.ok) return snapshot;
    context.progress('applying rules');
    const namespace = options['operatorNamespace'];
    const rules = ALL_RULES;
    const whole = diagnose(snapshot.value, rules, {
      now: context.clock.now(),
      readYaml: context.readYaml,
      ...(typeof namespace === 'string' ? { operatorNamespace: namespace } : {}),
    });
    const read = await setAside(context, whole, options['suppressions'], rules);
    if (!read.ok) return read;
    const report = read.value;
    const failOn = SEVERITIES.find((severity) => severity === options['failOn']) ?? 'warning';
    return ok({
      exit: exitOf(report, failOn, options['strict'] === true),
      data: report,
      text: (paint) => reportText(report, paint, options['verbose'] === true),
      formats: {
        sarif: () => reportSarif(report, rules),
        html: () => reportHtml(report, timestamp(context.clock.now())),
        junit: () => reportJunit(report, failOn),
      },
    });
  },
});
