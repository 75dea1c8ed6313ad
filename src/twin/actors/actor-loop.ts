/**
 * The loop of an actor that brings keys to their wanted state: a key that is woken waits a while, with others that wake it
 * meanwhile, and is then worked on at once. What runtime/reconcile-loop.ts is for controllers that wait for answers, this is
 * for actors, for whom between reading and writing no time passes.
 */
import { drawMs, type Latency } from '../latency.ts';
import type { Stage } from '../stage.ts';
import type { Actor } from './actor.ts';

export interface ActorLoop {
  /** Works on the key after `ms`, or after the actor's own latency; the earlier of two wins. */
  readonly wake: (key: string, ms?: number) => void;
}

/** Controllers begin with milliseconds and double them; for one refusal in many, a second says the same. */
const RETRY_MS = 1_000;

/** `work` answers when it wants to look again whether anything changed or not. */
export const actorLoop = (
  stage: Stage,
  actor: Actor,
  latency: Latency,
  work: (key: string) => number | undefined,
): ActorLoop => {
  const waiting = new Map<string, { readonly at: number; readonly cancel: () => void }>();
  const wake = (key: string, ms = drawMs(latency, stage.random(actor.name))): void => {
    const at = stage.clock.now() + ms;
    const known = waiting.get(key);
    if (known !== undefined && known.at <= at) return;
    known?.cancel();
    const cancel = stage.clock.after(ms, () => {
      waiting.delete(key);
      const again = work(key);
      if (actor.takeRefusal()) wake(key, RETRY_MS);
      if (again !== undefined) wake(key, again);
    });
    waiting.set(key, { at, cancel });
  };
  return { wake };
};
