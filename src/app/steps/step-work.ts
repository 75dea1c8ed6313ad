/** What the steps of a plan are carried out with, and how a step waits for its proof. */
import type { RolloutPorts } from '../../controllers/rollout/rollout-ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';

export interface StepWork {
  readonly ports: RolloutPorts;
  readonly signal: AbortSignal;
  /** One line of progress. */
  readonly tell: (line: string) => void;
}

const POLL_MS = 2_000;

/** Resolves when the proof holds, or with a fault when it does not within the time. Faults to retry are waited out. */
export const awaitProof = async (
  work: StepWork,
  holds: () => Promise<Result<boolean>>,
  { withinMs, what }: { readonly withinMs: number; readonly what: string },
): Promise<Result<void>> => {
  const { clock } = work.ports;
  const end = clock.now() + withinMs;
  for (;;) {
    const now = await holds();
    if (now.ok && now.value) return ok(undefined);
    if (!now.ok && now.fault.next === 'stop') return now;
    if (clock.now() >= end)
      return fail(
        'held-step',
        `${what} is not done within ${Math.round(withinMs / 1000)} s${now.ok ? '' : `: ${now.fault.message}`}; look at it, then run the same command again.`,
      );
    await clock.sleep(POLL_MS, work.signal);
  }
};
