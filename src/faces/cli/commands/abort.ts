/** `nicwright abort ROLLOUT`: changes the wish in the cluster; whoever carries the rollout out heeds it. */
import { changeRollout } from '../../../app/apply/rollouts.ts';
import { ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { rolloutText } from '../plan/status-text.ts';

export default defineCommand({
  path: 'abort',
  about: 'Ends a rollout: no further visit begins, and visits that have not restarted their host turn back',
  examples: [{ line: 'abort activate-firmware-14dc50', does: 'from any terminal' }],
  arguments: [{ name: 'ROLLOUT', about: 'one of `nicwright status`' }],
  usesCluster: true,
  run: async (context, [name = '']) => {
    const cluster = await context.cluster();
    if (!cluster.ok) return cluster;
    const changed = await changeRollout(cluster.value.api, name, 'abort', context.clock.now());
    if (!changed.ok) return changed;
    return ok({ exit: EXIT.clean, data: changed.value, text: (paint) => rolloutText(changed.value, paint) });
  },
});
