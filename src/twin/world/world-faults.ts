/**
 * What the world does wrong on purpose, as data. Consulted on every call; a scenario switches rules on and off. Chance
 * comes from the world's random, so that the same seed fails at the same calls.
 */
import type { Random } from '../../core/ports/random.ts';

export type CallVerb =
  'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'apply' | 'delete' | 'evict' | 'can' | 'logs' | 'exec';

/** Which calls a rule is about; what is absent matches every call. */
export interface CallMatch {
  readonly verbs?: readonly CallVerb[];
  /** `pods`, `nodes`, `sriovnetworknodestates`. */
  readonly plurals?: readonly string[];
  readonly name?: string;
  /** Of users of `api()` and of actors alike. */
  readonly actors?: readonly string[];
}

export type WorldFault =
  /** Answered, and nothing is done. */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  | { readonly kind: 'server-error' }
  | { readonly kind: 'unreachable' }
  /** The write is done, and the answer is lost: kube-unreachable. */
  | { readonly kind: 'answer-lost' }
  /** The call takes this long before anything is done (no effect on actors, who wait for nothing). */
  | { readonly kind: 'slow'; readonly ms: number }
  // Those of watches strike the watches that run when the rule is added, too; events count from then.
  /** A watch ends without a fault after so many events, as if the connection had been closed. */
  | { readonly kind: 'watch-dropped'; readonly afterEvents: number }
  /** A watch ends with kube-gone after so many events. */
  | { readonly kind: 'watch-gone'; readonly afterEvents: number }
  /** Events come this much later than they happened. */
  | { readonly kind: 'watch-late'; readonly ms: number };

export interface FaultRule {
  readonly match: CallMatch;
  readonly fault: WorldFault;
  /** Of each matching call; absent: 1. */
  readonly probability?: number;
  /** The rule ends after so many faults; absent: never. */
  readonly times?: number;
}

export interface FaultedCall {
  readonly verb: CallVerb;
  readonly plural: string;
  readonly name?: string | undefined;
  readonly actor: string;
}

const matches = ({ verbs, plurals, name, actors }: CallMatch, call: FaultedCall): boolean =>
  (verbs === undefined || verbs.includes(call.verb)) &&
  (plurals === undefined || plurals.includes(call.plural)) &&
  (name === undefined || name === call.name) &&
  (actors === undefined || actors.includes(call.actor));

/** A watch that runs, for faults that come while it does. */
export interface RunningWatch {
  readonly call: FaultedCall;
  readonly suffer: (fault: WatchFault) => void;
}

export type WatchFault = Extract<WorldFault, { readonly kind: `watch-${string}` }>;

export const isWatchFault = (fault: WorldFault | undefined): fault is WatchFault =>
  fault?.kind.startsWith('watch-') === true;

type Listener = (fault: WorldFault, call: FaultedCall) => void;

interface Entry {
  readonly rule: FaultRule;
  left: number;
}

export class WorldFaults {
  readonly #random: Random;
  readonly #rules: Entry[] = [];
  readonly #watches = new Set<RunningWatch>();
  readonly #listeners = new Set<Listener>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** From now on; the answer takes the rule back. */
  add(rule: FaultRule): () => void {
    const entry: Entry = { rule, left: rule.times ?? Infinity };
    this.#rules.push(entry);
    const { fault } = rule;
    if (isWatchFault(fault))
      for (const { call, suffer } of this.#watches) if (this.#strikes(entry, call)) suffer(fault);
    return () => {
      const at = this.#rules.indexOf(entry);
      if (at >= 0) this.#rules.splice(at, 1);
    };
  }

  /** Called at each strike, with the call that it struck; the answer ends it. */
  onStrike(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A watch has begun; the answer is called when it ends. */
  watchBegins(watch: RunningWatch): () => void {
    this.#watches.add(watch);
    return () => this.#watches.delete(watch);
  }

  /** How long this call takes before anything is done. */
  slowness(call: FaultedCall): number {
    const fault = this.#strike(call, (kind) => kind === 'slow');
    return fault?.kind === 'slow' ? fault.ms : 0;
  }

  /** The fault of the first rule that strikes this call; it counts against the rule's `times`. */
  strike(call: FaultedCall): WorldFault | undefined {
    return this.#strike(call, (kind) => kind !== 'slow' && (call.verb === 'watch' || !kind.startsWith('watch-')));
  }

  #strike(call: FaultedCall, isMeant: (kind: WorldFault['kind']) => boolean): WorldFault | undefined {
    const struck = this.#rules.find((entry) => isMeant(entry.rule.fault.kind) && this.#strikes(entry, call));
    return struck?.rule.fault;
  }

  #strikes(entry: Entry, call: FaultedCall): boolean {
    const { match, fault, probability = 1 } = entry.rule;
    if (entry.left <= 0 || !matches(match, call)) return false;
    if (probability < 1 && this.#random.next() >= probability) return false;
    entry.left -= 1;
    for (const listener of this.#listeners) listener(fault, call);
    return true;
  }
}
