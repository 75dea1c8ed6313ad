/** `nicwright diagnose`: the root cause of what is wrong with the smart NICs of a cluster, with its evidence. */
import { sourceReferences } from '../../../core/diagnosis/claims.ts';
import { diagnose } from '../../../core/diagnosis/engine.ts';
import type { FactOptions } from '../../../core/diagnosis/facts.ts';
import { SEVERITIES, type Severity } from '../../../core/diagnosis/finding.ts';
import type { Report } from '../../../core/diagnosis/report.ts';
import { linePatterns, type Rule } from '../../../core/diagnosis/rule.ts';
import { readSuppressions, suppress } from '../../../core/diagnosis/suppressions.ts';
import { timestamp } from '../../../core/model/timestamp.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import { defineCommand, type CommandContext, type OptionValues } from '../command.ts';
import { reportHtml } from '../diagnosis/html.ts';
import { incidentMarkdown } from '../diagnosis/incident-markdown.ts';
import { reportJunit } from '../diagnosis/junit.ts';
import { readRuleSet, RULE_OPTIONS } from '../diagnosis/rule-set.ts';
import { reportSarif } from '../diagnosis/sarif.ts';
import { reportText } from '../diagnosis/report-text.ts';
import { vendorMarkdown, type ForVendor } from '../diagnosis/vendor-markdown.ts';
import { writtenReport } from '../diagnosis/written-report.ts';
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

/** What documents claim about the source, from the files that --claims names. */
const readClaims = async (context: CommandContext, options: OptionValues): Promise<Result<ForVendor['claimed']>> => {
  const isForVendor = options['for'] === 'vendor';
  if (isForVendor && options['output'] !== 'markdown')
    return fail('usage-for', '--for vendor is a form of the markdown report; add -o markdown.');
  const { claims } = options;
  if (typeof claims !== 'string') return ok([]);
  if (!isForVendor) return fail('usage-claims', '--claims belongs to -o markdown --for vendor.');
  const text = await context.readText(claims);
  if (!text.ok) return text;
  const by = claims.split('/').at(-1) ?? claims;
  return ok(sourceReferences(text.value).map((reference) => ({ reference, by })));
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
    {
      line: 'diagnose --from must-gather/ -o markdown --for vendor > request.md',
      does: 'a request to the vendor: reach, evidence, the change that is proposed; without --for, an incident report',
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
    ...RULE_OPTIONS,
    { flags: '--for <reader>', about: 'for whom the markdown report is written', choices: ['vendor'] },
    {
      flags: '--claims <file>',
      about: 'a document whose references to source the report for the vendor carries as claims',
    },
  ],
  readsSnapshot: 'everything',
  formats: ['sarif', 'junit', 'html', 'markdown'],
  run: async (context, _args, options) => {
    const claimed = await readClaims(context, options);
    if (!claimed.ok) return claimed;
    const set = await readRuleSet(context, options);
    if (!set.ok) return set;
    const { rules, config } = set.value;
    const snapshot = await context.snapshot();
    if (!snapshot.ok) return snapshot;
    context.progress('applying rules');
    const namespace = options['operatorNamespace'];
    const factOptions: FactOptions = {
      now: context.clock.now(),
      readYaml: context.readYaml,
      ...(typeof namespace === 'string' ? { operatorNamespace: namespace } : {}),
    };
    const aside = await setAside(
      context,
      diagnose(snapshot.value, rules, factOptions),
      options['suppressions'] ?? config.suppressions,
      rules,
    );
    if (!aside.ok) return aside;
    const report = aside.value;
    const failOn = SEVERITIES.find((severity) => severity === options['failOn']) ?? 'warning';
    const when = timestamp(context.clock.now());
    return ok({
      exit: exitOf(report, failOn, options['strict'] === true),
      data: report,
      text: (paint) => reportText(report, paint, options['verbose'] === true),
      formats: {
        sarif: () => reportSarif(report, rules),
        junit: () => reportJunit(report, failOn),
        html: () => reportHtml(report, when),
        markdown: () => {
          const written = writtenReport(
            snapshot.value,
            report,
            { ...factOptions, lines: linePatterns(rules) },
            options,
            when,
          );
          return options['for'] === 'vendor'
            ? vendorMarkdown({ ...written, rules, claimed: claimed.value })
            : incidentMarkdown(written);
        },
      },
    });
  },
});
