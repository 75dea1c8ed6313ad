/** The controller as a process of its own: it works while it leads, and stands by while another does. */
import { runRolloutController } from '../../controllers/rollout/rollout-controller.ts';
import { runAsLeader } from '../../runtime/leader.ts';
import { CONTROLLER_LEASE, type ApplyOptions } from './apply-plan.ts';

export const runController = ({
  ports,
  identity,
  signal,
}: Pick<ApplyOptions, 'ports' | 'identity' | 'signal'>): Promise<void> => {
  const { api, clock, random, log, metrics } = ports;
  metrics.gauge('nicwright_leader', 0);
  return runAsLeader(
    { api, lease: CONTROLLER_LEASE, identity, clock, random, log },
    async (term) => {
      metrics.gauge('nicwright_leader', 1);
      try {
        await runRolloutController(ports, term.signal, term.holds);
      } catch (error) {
        if (!term.signal.aborted) throw error;
      } finally {
        metrics.gauge('nicwright_leader', 0);
      }
    },
    signal,
  );
};
