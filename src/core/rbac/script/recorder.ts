/**
 * What an analysis found, call by call, put together at the end: one need per permission with all its places and the
 * ways that lead there. What a call asks for is left to kubectl/ and curl.ts.
 */
import type { AccessAttributes } from '../../ports/kube-api.ts';
import { combinedResource, isResourceRequest } from '../access-request.ts';
import type { Condition } from './condition.ts';
import { showWays, simplifyWays, wayKey } from './condition.ts';

/** Who asks: the pod's own account, or somebody whom the call names. */
export interface Identity {
  readonly own: boolean;
  /** `the pod's ServiceAccount (in-cluster config)`, `whoever the kubeconfig $cfg names`. */
  readonly who: string;
}

/**
 * What becomes of a denial: ends the script, is printed only, is looked at by the script, leaves no trace; or kubectl
 * asks again and again, and the script stands still.
 */
export type OnDenied = 'fatal' | 'printed' | 'tested' | 'masked' | 'hangs';

export interface Place {
  readonly source: string;
  readonly line: number;
  /** The call as far as it is known: `kubectl get secret -n dpf $NODE-server-secret`. */
  readonly call: string;
  readonly onDenied: OnDenied;
  readonly identity: Identity;
}

export interface Ask {
  /** Names that are known only as an expression are `~EXPRESSION`; the pod's own namespace is `@pod`. */
  readonly request: AccessAttributes;
  readonly when?: Condition;
  /** kubectl asks for it and goes on when it is denied. */
  readonly tolerate?: true;
  /** One of those with the same tag is enough. */
  readonly alt?: string;
  /** Checked inside the API server, invisible in the request line. */
  readonly server?: true;
  /** kubectl does not take a denial for an answer and asks again (dpf.md 6.4). */
  readonly hangs?: true;
}

export interface Need extends Omit<Ask, 'when'> {
  /** In words; absent when it is needed on every way. */
  readonly when?: string;
  /** Simplified: an empty condition means always. */
  readonly ways: readonly Condition[];
  /** The ways on which the pod's own account asks for it; empty when only others do. */
  readonly ownWays: readonly Condition[];
  readonly places: readonly Place[];
}

export interface Unresolved {
  readonly source: string;
  readonly line: number;
  readonly text: string;
  readonly why: string;
}

export interface CallShare {
  /** Places in the text where kubectl or oc is called, and how many of them were resolved in full. */
  readonly total: number;
  readonly resolved: number;
}

interface Entry {
  readonly ask: Ask;
  tolerated: boolean;
  readonly ways: Map<string, Condition>;
  readonly ownWays: Map<string, Condition>;
  readonly places: Map<string, Place>;
}

const requestKey = (request: AccessAttributes): string =>
  isResourceRequest(request)
    ? `${request.verb} ${request.group}/${combinedResource(request)} ${request.namespace ?? '-'} ${request.name ?? '-'}`
    : `${request.verb} ${request.path}`;

export const askKey = ({ request, alt, server }: Pick<Ask, 'request' | 'alt' | 'server'>): string =>
  `${requestKey(request)} ${alt ?? ''} ${server === true ? 'server' : ''}`;

/** More needs than any script has; beyond it the text is made to fill the memory. */
const MAX_NEEDS = 5000;
const MAX_PLACES = 50;

export class Recorder {
  readonly #taken = new Map<string, Entry>();
  readonly #untaken = new Map<string, Entry>();
  readonly #unresolved = new Map<string, Unresolved>();
  readonly #calls = new Map<string, boolean>();
  readonly #identities = new Map<string, { readonly identity: Identity; readonly ways: Condition[] }>();
  readonly #tokens = new Set<number>();
  #news = 0;
  #source = '';

  /** Names the text that lines are of, from here on. */
  at(source: string): void {
    this.#source = source;
  }

  /** Grows with whatever is found for the first time. */
  news(): number {
    return this.#news;
  }

  call(site: string, resolved: boolean): void {
    this.#calls.set(site, (this.#calls.get(site) ?? true) && resolved);
  }

  tokenAsConfig(line: number): void {
    this.#tokens.add(line);
  }

  tokensAsConfig(): readonly number[] {
    return [...this.#tokens];
  }

  identity(identity: Identity, way: Condition): void {
    const seen = this.#identities.get(identity.who);
    if (seen === undefined) this.#identities.set(identity.who, { identity, ways: [way] });
    else if (seen.ways.length < 50) seen.ways.push(way);
  }

  need(ask: Ask, way: Condition, reached: boolean, place: Place): void {
    const entries = reached ? this.#taken : this.#untaken;
    const key = askKey(ask);
    let entry = entries.get(key);
    if (entry === undefined) {
      if (entries.size >= MAX_NEEDS) return;
      entry = { ask, tolerated: true, ways: new Map(), ownWays: new Map(), places: new Map() };
      entries.set(key, entry);
    }
    entry.tolerated &&= ask.tolerate === true;
    const full = [...way, ...(ask.when ?? [])];
    const fullKey = wayKey(full);
    if (!entry.ways.has(fullKey)) this.#news += 1;
    if (entry.ways.size < MAX_PLACES) entry.ways.set(fullKey, full);
    if (place.identity.own && entry.ownWays.size < MAX_PLACES) entry.ownWays.set(fullKey, full);
    const where = `${place.source}:${place.line}:${place.identity.who}`;
    if (entry.places.size < MAX_PLACES && !entry.places.has(where)) entry.places.set(where, place);
  }

  unresolved({ line, text, because }: { line: number; text: string; because: string }): void {
    if (this.#unresolved.size >= MAX_NEEDS) return;
    this.#news += 1;
    this.#unresolved.set(`${this.#source}:${line}:${text}`, { source: this.#source, line, text, why: because });
  }

  needs(): readonly Need[] {
    return [...this.#taken.values()].map(needOf);
  }

  /** Needs of branches that this call of the script does not take, and that no other place of it has. */
  unreached(): readonly Need[] {
    return [...this.#untaken].filter(([key]) => !this.#taken.has(key)).map(([, entry]) => needOf(entry));
  }

  allUnresolved(): readonly Unresolved[] {
    return [...this.#unresolved.values()];
  }

  share(): CallShare {
    return { total: this.#calls.size, resolved: [...this.#calls.values()].filter(Boolean).length };
  }

  identities(): readonly (Identity & { readonly when?: string })[] {
    return [...this.#identities.values()].map(({ identity, ways }) => {
      const when = showWays(ways);
      return { ...identity, ...(when === undefined ? {} : { when }) };
    });
  }
}

const needOf = ({ ask, tolerated, ways, ownWays, places }: Entry): Need => {
  const all = [...ways.values()];
  const own = [...ownWays.values()];
  const when = showWays(all);
  return {
    request: ask.request,
    ...(tolerated ? { tolerate: true } : {}),
    ...(ask.alt === undefined ? {} : { alt: ask.alt }),
    ...(ask.server === true ? { server: true } : {}),
    ...(when === undefined ? {} : { when }),
    ways: simplifyWays(all),
    ownWays: own.length === 0 ? [] : simplifyWays(own),
    places: [...places.values()],
  };
};
