/**
 * The controller's ports with an eye on each outside effect: every write, power request and change of a host is counted and
 * told before it is made. The process can be made to die right after any of them: from then on no call answers.
 */
import type { RolloutPorts } from '../../src/controllers/rollout/rollout-ports.ts';
import type { ArmSide } from '../../src/core/ports/arm-side.ts';
import type { AbleBmc } from '../../src/core/ports/bmc-abilities.ts';
import type { Bmc, PowerRequest, PowerState } from '../../src/core/ports/bmc.ts';
import type { HostChange } from '../../src/core/ports/host-changes.ts';
import type { KubeApi } from '../../src/core/ports/kube-api.ts';
import { ok } from '../../src/core/result.ts';

export type Effect =
  | { readonly kind: 'write'; readonly words: string }
  | { readonly kind: 'power'; readonly node: string; readonly request: PowerRequest }
  | { readonly kind: 'arm'; readonly node: string; readonly card: string }
  | { readonly kind: 'host'; readonly node: string; readonly change: HostChange };

export interface Eye {
  readonly before: (effect: Effect) => void;
  readonly powerRead: (node: string, state: PowerState | 'unknown') => void;
  /** After this effect the process is dead; absent: it lives. */
  readonly diesAfter?: number;
}

export interface WatchedPorts {
  readonly ports: RolloutPorts;
  readonly effects: () => number;
  readonly isDead: () => boolean;
}

const WRITES = ['create', 'update', 'apply', 'patch', 'delete', 'evict'] as const;

const never = (): Promise<never> => new Promise(() => {});

export const watchedPorts = (inner: RolloutPorts, eye: Eye, onDeath: () => void = () => {}): WatchedPorts => {
  let count = 0;
  let dead = false;

  const effect = async <T>(what: Effect, act: () => Promise<T>): Promise<T> => {
    if (dead) return never();
    eye.before(what);
    count += 1;
    const mine = count;
    const answer = act();
    if (mine === eye.diesAfter) {
      dead = true;
      // The effect is made, and its answer finds nobody.
      await answer;
      onDeath();
      return never();
    }
    return answer;
  };

  const api: KubeApi = { ...inner.api };
  for (const verb of WRITES) {
    const call = inner.api[verb].bind(inner.api) as (...args: readonly unknown[]) => Promise<unknown>;
    Object.assign(api, {
      [verb]: (...args: readonly unknown[]) =>
        effect({ kind: 'write', words: `${verb} ${JSON.stringify(args.slice(0, 2)).slice(0, 120)}` }, () =>
          call(...args),
        ),
    });
  }

  const bmcOf = (node: string, bmc: Bmc & Partial<AbleBmc>): Bmc & Partial<AbleBmc> => ({
    where: bmc.where,
    identity: (options) => (dead ? never() : bmc.identity(options)),
    ...(bmc.abilities !== undefined && {
      abilities: (options) => (dead ? never() : (bmc.abilities?.(options) ?? never())),
    }),
    power: async (options) => {
      if (dead) return never();
      const read = await bmc.power(options);
      eye.powerRead(node, read.ok ? read.value : 'unknown');
      return read;
    },
    request: (request, options) => effect({ kind: 'power', node, request }, () => bmc.request(request, options)),
  });

  const armOf = (node: string, card: string, arm: ArmSide): ArmSide => ({
    ...arm,
    read: (options) => (dead ? never() : arm.read(options)),
    shutDown: (options) => effect({ kind: 'arm', node, card }, () => arm.shutDown(options)),
  });

  return {
    effects: () => count,
    isDead: () => dead,
    ports: {
      ...inner,
      api,
      bmc: async (node, adapter) => {
        const found = await inner.bmc(node, adapter);
        return found.ok ? ok(bmcOf(node, found.value)) : found;
      },
      armSide: async (node, card) => {
        const found = await inner.armSide(node, card);
        return found.ok ? ok(armOf(node, card, found.value)) : found;
      },
      hostChanges: async (node) => {
        const found = await inner.hostChanges(node);
        if (!found.ok) return found;
        return ok({
          via: found.value.via,
          change: (change, options) =>
            effect({ kind: 'host', node, change }, () => found.value.change(change, options)),
        });
      },
    },
  };
};
