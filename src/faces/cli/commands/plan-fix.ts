/**
 * `nicwright plan fix [FINDING]`: a plan for a finding whose remedy is one safe change; without a name, which findings have one.
 * Where there is none, it says why, and what helps by hand.
 */
import { diagnose } from '../../../core/diagnosis/engine.ts';
import { gatherFacts, type FactOptions, type Facts } from '../../../core/diagnosis/facts.ts';
import type { Problem, Report } from '../../../core/diagnosis/report.ts';
import { linePatterns } from '../../../core/diagnosis/rule.ts';
import { ALL_RULES } from '../../../core/diagnosis/rules/index.ts';
import { planFix } from '../../../core/plan/fix/plan-fix.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import { defineCommand, type CommandOutcome } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { fixListText, fixText, refusalText, type FixEntry } from '../plan/fix-text.ts';
import { planMarkdown } from '../plan/plan-markdown.ts';

const found = ({ problems, symptoms, observations }: Report): readonly Problem[] => [
  ...problems,
  ...symptoms,
  ...observations,
];

const listFixes = (problems: readonly Problem[], facts: Facts): CommandOutcome => {
  const entries = problems.map((problem): FixEntry => {
    const plan = planFix([problem], facts);
    const isAlone = problems.filter(({ rule }) => rule === problem.rule).length === 1;
    return {
      finding: isAlone ? problem.rule : problem.fingerprint,
      summary: problem.summary,
      fixable: plan.ok,
      because: plan.ok ? plan.value.steps.map(({ title }) => title).join('; ') : plan.fault.message,
    };
  });
  return { exit: EXIT.clean, data: { findings: entries }, text: (paint) => fixListText(entries, paint) };
};

/** A rule of a finding that only follows from another one. */
const rootOf = (report: Report, rule: string): Problem | undefined =>
  found(report).find(({ consequences }) => consequences.some((one) => one.rule === rule));

const nothingLikeIt = (report: Report, name: string): Result<never> => {
  const root = rootOf(report, name);
  if (root !== undefined)
    return fail(
      'refused-fix',
      `${name} follows from ${root.rule}: ${root.summary}. Mend that first: nicwright plan fix ${root.rule}.`,
    );
  const names = [...new Set(found(report).map(({ rule }) => rule))];
  return fail(
    'usage-fix',
    `diagnose does not find ${name} here; it finds ${names.length === 0 ? 'nothing' : names.join(', ')}.`,
  );
};

export default defineCommand({
  path: 'plan fix',
  about: 'Plans the remedy of a finding, where it is one change that is safe to make',
  examples: [
    { line: 'plan fix --from dump/', does: 'which of the findings a plan can be made for, and why not for the others' },
    { line: 'plan fix component-image-wrong', does: 'the image, repository and version of the installed release' },
    { line: 'plan fix access-denied --from dump/ -o yaml > fix.yaml', does: 'kept for apply' },
  ],
  arguments: [
    { name: '[FINDING]', about: 'the rule of a finding, as diagnose names it in brackets; or its fingerprint' },
  ],
  readsSnapshot: 'everything',
  formats: ['markdown'],
  run: async (context, [name], given) => {
    const snapshot = await context.snapshot();
    if (!snapshot.ok) return snapshot;
    const namespace = given['operatorNamespace'];
    const options: FactOptions = {
      now: context.clock.now(),
      readYaml: context.readYaml,
      ...(typeof namespace === 'string' ? { operatorNamespace: namespace } : {}),
    };
    const report = diagnose(snapshot.value, ALL_RULES, options);
    const facts = gatherFacts(snapshot.value, { ...options, lines: linePatterns(ALL_RULES) });
    if (name === undefined) return ok(listFixes(found(report), facts));
    const meant = found(report).filter(({ rule, fingerprint }) => rule === name || fingerprint === name);
    const [first] = meant;
    if (first === undefined) return nothingLikeIt(report, name);
    const plan = planFix(meant, facts);
    if (plan.ok)
      return ok({
        exit: EXIT.clean,
        data: plan.value,
        text: (paint) => fixText(plan.value, paint),
        formats: { markdown: () => planMarkdown(plan.value) },
      });
    const { rule, summary, remedy } = first;
    const refusal = { finding: rule, summary, because: plan.fault.message, remedy };
    return ok({
      exit: EXIT.refused,
      data: { plan: null, ...refusal },
      text: (paint) => refusalText(refusal, paint),
      formats: { markdown: () => `# ${rule}: no plan\n\n${refusal.because}` },
    });
  },
});
