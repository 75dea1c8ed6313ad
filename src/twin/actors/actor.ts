/**
 * An actor's way to the API. It remembers whether a write was refused for a reason that passes (a conflict, throttling, a
 * lost answer), so that whoever works in passes makes the pass again, as a work queue does after an error.
 */
import type { KubeResult } from '../../core/ports/kube-fault.ts';
import type { ActorApi } from '../world/actor-api.ts';
import type { World } from '../world/world.ts';

export interface Actor extends ActorApi {
  /** Whether that has happened since this was last asked. */
  readonly takeRefusal: () => boolean;
}

export const createActor = (world: World, name: string): Actor => {
  const api = world.actor(name);
  let refused = false;
  const noted = <T>(result: KubeResult<T>): KubeResult<T> => {
    if (!result.ok && result.fault.next === 'retry') refused = true;
    return result;
  };
  return {
    name,
    get: (...call) => api.get(...call),
    list: (...call) => api.list(...call),
    create: (...call) => noted(api.create(...call)),
    update: (...call) => noted(api.update(...call)),
    apply: (...call) => noted(api.apply(...call)),
    patch: (...call) => noted(api.patch(...call)),
    delete: (...call) => noted(api.delete(...call)),
    bind: (...call) => noted(api.bind(...call)),
    evict: (...call) => noted(api.evict(...call)),
    takeRefusal: () => {
      const was = refused;
      refused = false;
      return was;
    },
  };
};
