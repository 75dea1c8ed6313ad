/** `nicwright pause ROLLOUT`: changes the wish in the cluster; whoever carries the rollout out heeds it. */
import { changeRollout } from '../../../app/apply/rollouts.ts';
import { ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { rolloutText } from '../plan/status-text.ts';

export default defineCommand({
  path: 'pause',
  about: 'No further visit begins; those under way go on to their end',
  examples: [{ line: 'pause activate-firmware-14dc50', does: 'from any terminal' }],
  arguments: [{ name: 'ROLLOUT', about: 'one of `nicwright status`' }],
  usesCluster: true,
  run: async (context, [name = '']) => {
    const cluster = await context.cluster();
    if (!cluster.ok) return cluster;
    const changed = await changeRollout(cluster.value.api, name, 'pause', context.clock.now());
    if (!changed.ok) return changed;
    return ok({ exit: EXIT.clean, data: changed.value, text: (paint) => rolloutText(changed.value, paint) });
  },
});
