/** The rollout controller at work on the twin for a while: what tests begin, watch and go on with. */
import { runRolloutController } from '../../controllers/rollout/rollout-controller.ts';
import type { RolloutPorts } from '../../controllers/rollout/rollout-ports.ts';
import type { Twin } from '../../twin/twin.ts';
import { twinPorts } from './twin-ports.ts';

/** The controller begins, works for so much of the twin's time, and ends. */
export const carryOn = async (twin: Twin, ms: number, ports: RolloutPorts = twinPorts(twin)): Promise<void> => {
  const stop = new AbortController();
  const running = runRolloutController(ports, stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  await twin.runUntil(twin.clock.now() + ms);
  stop.abort();
  await running;
};
