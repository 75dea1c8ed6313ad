/** `nicwright plan activate-firmware`: which nodes need which restart and why, in what order, and what stands in the way. */
import { planActivateFirmware } from '../../../core/plan/plan-activate-firmware.ts';
import { snapshotSeconds } from '../../../core/snapshot/snapshot-time.ts';
import { ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { planMarkdown } from '../plan/plan-markdown.ts';
import { planText } from '../plan/plan-text.ts';
import { readRolloutOptions, ROLLOUT_OPTIONS } from '../plan/rollout-options.ts';

export default defineCommand({
  path: 'plan activate-firmware',
  about: 'Plans the restarts that bring staged firmware settings into effect, node by node, with what blocks them',
  examples: [
    { line: 'plan activate-firmware --power bmc', does: 'every node on which something waits' },
    {
      line: 'plan activate-firmware dgx030 --power manual -o yaml > plan.yaml',
      does: 'one node, power switched by hand; kept for apply',
    },
    { line: 'plan activate-firmware --from dump/ -o markdown', does: 'for the change ticket, from files' },
  ],
  arguments: [{ name: '[NODE...]', about: 'these nodes only' }],
  options: ROLLOUT_OPTIONS,
  readsSnapshot: 'everything',
  formats: ['markdown'],
  run: async (context, args, options) => {
    const snapshot = await context.snapshot();
    if (!snapshot.ok) return snapshot;
    const nowMs = snapshotSeconds(snapshot.value, context.clock.now()) * 1000;
    const wish = readRolloutOptions(options, args, nowMs);
    if (!wish.ok) return wish;
    const made = planActivateFirmware(snapshot.value, wish.value);
    if (!made.ok) return made;
    const plan = made.value;
    return ok({
      exit: plan.blockers.length > 0 ? EXIT.findings : EXIT.clean,
      data: plan,
      text: (paint) => planText(plan, paint, options['verbose'] === true),
      formats: { markdown: () => planMarkdown(plan) },
    });
  },
});
