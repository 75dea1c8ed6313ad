/**
 * The BMCs of nodes as they are needed: found, opened once, kept while a rollout goes on, and closed at its end. An entry is
 * looked up anew after a while, and at once when its account was refused: somebody may have corrected it.
 */
import { NODES } from '../../core/model/kube-resource.ts';
import type { ArmSide } from '../../core/ports/arm-side.ts';
import type { AbleBmc } from '../../core/ports/bmc-abilities.ts';
import type { Bmc } from '../../core/ports/bmc.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { OpenBmc, OpenedBmc } from '../../core/ports/open-bmc.ts';
import type { BmcEntry } from '../../core/power/bmc-entry.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { provedArm } from './arm-sides.ts';
import { findBmcEntry, type BmcSources } from './find-bmc-entry.ts';

export interface BmcPool {
  /** `adapter`: `bmc` for whatever the node's entry says, or the kind that the plan insists on. */
  readonly bmc: (node: string, adapter: string) => Promise<Result<Bmc & Partial<AbleBmc>>>;
  /** The Arm side of a BlueField by its own BMC; undefined where the node's entry names none for it. */
  readonly arm: (node: string, card: string) => Promise<Result<ArmSide | undefined>>;
  readonly close: () => Promise<void>;
}

interface Kept {
  readonly opened: OpenedBmc;
  readonly entry: BmcEntry;
  readonly untilMs: number;
}

const KEEP_MS = 10 * 60_000;

const kindOf = ({ via }: BmcEntry): string => ('command' in via ? 'command' : via.address.protocol);

export const bmcPool = (sources: BmcSources, openBmc: OpenBmc, clock: Clock): BmcPool => {
  const kept = new Map<string, Kept>();
  /** By node and card; opened anew with the entry of the node. */
  const arms = new Map<string, { readonly of: BmcEntry; readonly opened: OpenedBmc }>();

  const open = async (node: string): Promise<Result<Kept>> => {
    const { cluster } = sources;
    const object = cluster === undefined ? undefined : await cluster.api.get(NODES, { name: node });
    if (object !== undefined && !object.ok) return object;
    const found = await findBmcEntry(node, object?.value, sources);
    if (!found.ok) return found;
    const opened = await openBmc(node, found.value.entry);
    if (!opened.ok) return opened;
    return ok({ opened: opened.value, entry: found.value.entry, untilMs: clock.now() + KEEP_MS });
  };

  const drop = async (node: string): Promise<void> => {
    const old = kept.get(node);
    kept.delete(node);
    await old?.opened.close();
  };

  const current = async (node: string): Promise<Result<Kept>> => {
    const known = kept.get(node);
    if (known !== undefined && clock.now() < known.untilMs) return ok(known);
    await drop(node);
    const fresh = await open(node);
    if (fresh.ok) kept.set(node, fresh.value);
    return fresh;
  };

  /** An answer that the account is wrong lets the next call look the entry up again. */
  const watched = (node: string, { bmc }: OpenedBmc): Bmc & Partial<AbleBmc> => {
    const seen = async <T>(asked: Promise<Result<T>>): Promise<Result<T>> => {
      const answer = await asked;
      const entry = kept.get(node);
      if (!answer.ok && answer.fault.code === 'bmc-credentials' && entry !== undefined)
        kept.set(node, { ...entry, untilMs: Math.min(entry.untilMs, clock.now() + 60_000) });
      return answer;
    };
    const abilities = bmc.abilities?.bind(bmc);
    return {
      where: bmc.where,
      power: (options) => seen(bmc.power(options)),
      request: (request, options) => seen(bmc.request(request, options)),
      identity: (options) => seen(bmc.identity(options)),
      ...(abilities !== undefined && { abilities: (options) => seen(abilities(options)) }),
    };
  };

  return {
    bmc: async (node, adapter) => {
      const found = await current(node);
      if (!found.ok) return found;
      const { entry, opened } = found.value;
      const kind = kindOf(entry);
      if (adapter !== 'bmc' && adapter !== kind)
        return fail(
          'bmc-kind',
          `The plan switches the power of ${node} by ${adapter}, and its BMC is known by ${kind}; plan with --power bmc.`,
        );
      return ok(watched(node, opened));
    },
    arm: async (node, card) => {
      const host = await current(node);
      if (!host.ok) return host;
      const entry = host.value.entry.arms?.[card];
      if (entry === undefined) return ok(undefined);
      const key = `${node} ${card}`;
      const known = arms.get(key);
      if (known?.of === host.value.entry) return provedArm(known.opened, card, entry.serial);
      await known?.opened.close();
      arms.delete(key);
      const opened = await openBmc(key, entry);
      if (!opened.ok) return opened;
      arms.set(key, { of: host.value.entry, opened: opened.value });
      return provedArm(opened.value, card, entry.serial);
    },
    close: async () => {
      await Promise.all([...kept.keys()].map(drop));
      await Promise.all([...arms.values()].map(({ opened }) => opened.close()));
      arms.clear();
    },
  };
};
