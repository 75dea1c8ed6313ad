/** `nicwright status`: how rollouts stand, from any terminal, since their state is in the cluster. */
import { showRollouts } from '../../../app/apply/rollouts.ts';
import { ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { rolloutText } from '../plan/status-text.ts';

export default defineCommand({
  path: 'status',
  about: 'Shows how rollouts stand: who is out, what is held and the way out',
  examples: [
    { line: 'status', does: 'all rollouts, the newest first' },
    { line: 'status activate-firmware-14dc50', does: 'one of them' },
  ],
  arguments: [{ name: '[ROLLOUT]', about: 'this one only' }],
  usesCluster: true,
  run: async (context, [name]) => {
    const cluster = await context.cluster();
    if (!cluster.ok) return cluster;
    const shown = await showRollouts(cluster.value.api, name);
    if (!shown.ok) return shown;
    const isHeld = shown.value.some(({ status }) => status.held.length > 0);
    return ok({
      exit: isHeld ? EXIT.refused : EXIT.clean,
      data: shown.value,
      text: (paint) =>
        shown.value.length === 0
          ? 'There is no Rollout.'
          : shown.value.map((rollout) => rolloutText(rollout, paint)).join('\n\n'),
    });
  },
});
