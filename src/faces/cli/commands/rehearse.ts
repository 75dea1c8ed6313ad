/** `nicwright rehearse PLAN`: the same controllers on a simulation of this cluster, hours of it in seconds. */
import { rehearsePlan } from '../../../app/rehearse/rehearse-plan.ts';
import { whyEmpty } from '../../../core/plan/why-empty.ts';
import { fail, ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { readPlanFile } from '../plan/read-plan-file.ts';
import { rehearsalHtml } from '../plan/rehearsal-html.ts';
import { rehearsalText } from '../plan/rehearsal-text.ts';

export default defineCommand({
  path: 'rehearse',
  about: 'Runs a plan on a simulation of this cluster under a virtual clock, and shows who is out when and why',
  examples: [
    { line: 'rehearse plan.yaml', does: 'on a simulation of the live cluster; the cluster is only read' },
    {
      line: 'rehearse plan.yaml --from dump/ -o html > rehearsal.html',
      does: 'from files, as one page with the picture',
    },
    { line: 'rehearse plan.yaml --seed 7', does: 'another run of chance' },
  ],
  arguments: [{ name: 'PLAN', about: 'a file made by nicwright plan ... -o yaml' }],
  options: [{ flags: '--seed <number>', about: 'the same seed gives the same run', default: '1' }],
  readsSnapshot: 'everything',
  formats: ['html'],
  run: async (context, [path = ''], options) => {
    const seed = String(options['seed']);
    if (!/^\d{1,9}$/.test(seed)) return fail('usage', `--seed takes a whole number, not ${JSON.stringify(seed)}.`);
    const plan = await readPlanFile(context, path);
    if (!plan.ok) return plan;
    const empty = whyEmpty(plan.value);
    if (empty !== undefined) return fail('refused-empty', empty);
    const snapshot = await context.snapshot();
    if (!snapshot.ok) return snapshot;
    context.progress(`rehearsing ${plan.value.metadata.name}`);
    const rehearsed = await rehearsePlan({ plan: plan.value, snapshot: snapshot.value, seed: Number(seed) });
    if (!rehearsed.ok) return rehearsed;
    return ok({
      exit: rehearsed.value.outcome === 'complete' ? EXIT.clean : EXIT.refused,
      data: rehearsed.value,
      text: (paint) => rehearsalText(rehearsed.value, paint, options['verbose'] === true),
      formats: { html: () => rehearsalHtml(rehearsed.value) },
    });
  },
});
