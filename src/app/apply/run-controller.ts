/** The controller as a process of its own: it works while it leads, and stands by while another does. */
import { runRolloutController } from '../../controllers/rollout/rollout-controller.ts';
import { runAsLeader } from '../../runtime/leader.ts';
import type { Readiness } from './readiness.ts';
import { CONTROLLER_LEASE, type ApplyOptions } from './apply-plan.ts';

export const runController = ({
  ports,
  identity,
  signal,
  readiness,
}: Pick<ApplyOptions, 'ports' | 'identity' | 'signal'> & { readonly readiness?: Readiness }): Promise<void> => {
  const { api, clock, random, log, metrics } = ports;
  metrics.gauge('nicwright_leader', 0);
  return runAsLeader(
    {
      api,
      lease: CONTROLLER_LEASE,
      identity,
      clock,
      random,
      log,
      ...(readiness !== undefined && { onLook: readiness.sawLease }),
    },
    async (term) => {
      metrics.gauge('nicwright_leader', 1);
      try {
        await runRolloutController(ports, term.signal, {
          mayAct: term.holds,
          onSynced: () => readiness?.hasRollouts(true),
        });
      } catch (error) {
        if (!term.signal.aborted) throw error;
      } finally {
        readiness?.hasRollouts(false);
        metrics.gauge('nicwright_leader', 0);
      }
    },
    signal,
  );
};
