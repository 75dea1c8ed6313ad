/** `nicwright plan activate-firmware`: which nodes need which restart and why, in what order, and what stands in the way. */
import { planActivateFirmware } from '../../../core/plan/plan-activate-firmware.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import { keepHostTexts } from '../../../core/snapshot/keep-host-texts.ts';
import type { Snapshot } from '../../../core/snapshot/snapshot.ts';
import { snapshotSeconds } from '../../../core/snapshot/snapshot-time.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { durationMs } from '../duration.ts';
import { EXIT } from '../exit-code.ts';
import { planMarkdown } from '../plan/plan-markdown.ts';
import { planText } from '../plan/plan-text.ts';
import { readRolloutOptions, ROLLOUT_OPTIONS } from '../plan/rollout-options.ts';

/** Nothing stands in the way, and nothing that was asked about is unknown. */
const isWhole = ({ blockers, untold, judged }: Plan): boolean =>
  blockers.length === 0 && untold.length === 0 && judged > 0;

const POLL_MS = 5_000;

/** Reads again until every node has told how its cards stand, or the time is over. */
const planOnceTold = async (
  context: CommandContext,
  first: Snapshot,
  planOf: (snapshot: Snapshot) => Result<Plan>,
  patienceMs: number,
): Promise<Result<Plan>> => {
  const began = context.clock.now();
  let known = first;
  for (;;) {
    const made = planOf(known);
    if (!made.ok || made.value.untold.length === 0 || context.clock.now() - began >= patienceMs) return made;
    context.progress(`waiting for an answer of ${made.value.untold.join(', ')}`);
    await context.clock.sleep(POLL_MS);
    const again = await context.readAgain();
    if (!again.ok) return again;
    known = keepHostTexts(again.value, known);
  }
};

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
  options: [
    ...ROLLOUT_OPTIONS,
    { flags: '--wait <duration>', about: 'keep asking hosts of a live cluster that give no answer: 90s, 10m' },
  ],
  readsSnapshot: 'everything',
  formats: ['markdown'],
  run: async (context, args, options) => {
    const patienceMs = typeof options['wait'] === 'string' ? durationMs(options['wait']) : 0;
    if (patienceMs === undefined) return fail('usage', '--wait takes a duration such as 90s or 10m.');
    const snapshot = await context.snapshot();
    if (!snapshot.ok) return snapshot;
    const planOf = (read: Snapshot): Result<Plan> => {
      const wish = readRolloutOptions(options, args, snapshotSeconds(read, context.clock.now()) * 1000);
      return wish.ok ? planActivateFirmware(read, wish.value) : wish;
    };
    const made = await planOnceTold(context, snapshot.value, planOf, patienceMs);
    if (!made.ok) return made;
    const plan = made.value;
    return ok({
      exit: isWhole(plan) ? EXIT.clean : EXIT.findings,
      data: plan,
      text: (paint) => planText(plan, paint, options['verbose'] === true),
      formats: { markdown: () => planMarkdown(plan) },
    });
  },
});
