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

export class WorldFaults {
  readonly #random: Random;
  readonly #rules: { readonly rule: FaultRule; left: number }[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** From now on; the answer takes the rule back. */
  add(rule: FaultRule): () => void {
    const entry = { rule, left: rule.times ?? Infinity };
    this.#rules.push(entry);
    return () => {
      const at = this.#rules.indexOf(entry);
      if (at >= 0) this.#rules.splice(at, 1);
    };
  }

  /** How long this call takes before anything is done. */
  slowness(call: FaultedCall): number {
    const fault = this.#strike(call, (kind) => kind === 'slow');
    return fault?.kind === 'slow' ? fault.ms : 0;
  }

  /** The fault of the first rule that strikes this call; it counts against the rule's `times`. */
  strike(call: FaultedCall): WorldFault | undefined {
    return this.#strike(call, (kind) => kind !== 'slow');
  }

  #strike(call: FaultedCall, isMeant: (kind: WorldFault['kind']) => boolean): WorldFault | undefined {
    for (const entry of this.#rules) {
      const { match, fault, probability = 1 } = entry.rule;
      if (entry.left <= 0 || !isMeant(fault.kind) || !matches(match, call)) continue;
      if (probability < 1 && this.#random.next() >= probability) continue;
      entry.left -= 1;
      return fault;
    }
    return undefined;
  }
}
