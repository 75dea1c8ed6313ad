/** `nicwright plan fix RULE`: a plan for a finding whose remedy is one safe change; others are told with their commands. */
import { diagnose } from '../../../core/diagnosis/engine.ts';
import { ALL_RULES } from '../../../core/diagnosis/rules/index.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import { FIXABLE, planFix } from '../../../core/plan/plan-fix.ts';
import { fail, ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import type { Paint } from '../paint.ts';
import { planMarkdown } from '../plan/plan-markdown.ts';
import { actLine } from '../../../app/steps/carry-out-step.ts';
import { wrap } from '../diagnosis/wrap.ts';

const fixText = ({ goal, steps, metadata }: Plan, paint: Paint): string =>
  [
    `${paint.bold(`Plan: ${goal}`)}`,
    ...steps.flatMap(({ title, because, act, back }, at) => [
      `  ${at + 1}. ${title}`,
      ...wrap(because, paint.width, '     why: ', '          '),
      `     does: ${actLine(act)}`,
      `     way back: ${'none' in back ? `none; ${back.none}` : actLine(back.act)}`,
    ]),
    '',
    paint.dim(`${metadata.name}: keep it with -o yaml > fix.yaml; then nicwright apply fix.yaml`),
  ].join('\n');

export default defineCommand({
  path: 'plan fix',
  about: 'Plans the remedy of a finding, where it is one change that is safe to make',
  examples: [
    { line: 'plan fix component-image-wrong', does: 'the image, repository and version of the installed release' },
    { line: 'plan fix stale-annotation --from dump/ -o yaml > fix.yaml', does: 'kept for apply' },
  ],
  arguments: [{ name: 'RULE', about: 'the rule of a finding, as diagnose names it in brackets' }],
  readsSnapshot: 'everything',
  formats: ['markdown'],
  run: async (context, [rule = '']) => {
    const snapshot = await context.snapshot();
    if (!snapshot.ok) return snapshot;
    const report = diagnose(snapshot.value, ALL_RULES, { now: context.clock.now() });
    const problem = [...report.problems, ...report.symptoms].find((one) => one.rule === rule);
    if (problem === undefined) {
      const found = [...report.problems, ...report.symptoms].map((one) => one.rule);
      return fail(
        'usage-fix',
        `diagnose does not find ${rule} here; it finds ${found.length === 0 ? 'nothing' : [...new Set(found)].join(', ')}. There are plans for ${FIXABLE.join(', ')}.`,
      );
    }
    const plan = planFix(problem, snapshot.value);
    if (!plan.ok) return plan;
    return ok({
      exit: EXIT.clean,
      data: plan.value,
      text: (paint) => fixText(plan.value, paint),
      formats: { markdown: () => planMarkdown(plan.value) },
    });
  },
});
