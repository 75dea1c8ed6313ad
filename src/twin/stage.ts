/** What every actor is given: the world it writes to, the time, its own chance, the machines, and the log. */
import type { Random } from '../core/ports/random.ts';
import type { Host } from './hardware/host.ts';
import { drawMs, type Latency } from './latency.ts';
import { seededRandom } from './seeded-random.ts';
import type { VirtualClock } from './virtual-clock.ts';
import type { World } from './world/world.ts';

/** Something that happened outside the API: on a host, in a process, by a person's hand. */
export type Note = (actor: string, subject: string, what: string) => void;

export interface StageOptions {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly seed: number;
  readonly hosts: ReadonlyMap<string, Host>;
  readonly note: Note;
}

export interface Stage extends StageOptions {
  /** The stream of this name, always the same one. */
  readonly random: (name: string) => Random;
  /** Calls `act` after a time drawn for this actor; the answer takes it back. */
  readonly after: (actor: string, latency: Latency, act: () => void) => () => void;
}

export const createStage = (options: StageOptions): Stage => {
  const { clock, seed } = options;
  const streams = new Map<string, Random>();
  const random = (name: string): Random => {
    const known = streams.get(name);
    if (known !== undefined) return known;
    const stream = seededRandom(seed, name);
    streams.set(name, stream);
    return stream;
  };
  return { ...options, random, after: (actor, latency, act) => clock.after(drawMs(latency, random(actor)), act) };
};
