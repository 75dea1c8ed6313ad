/** The objects of one resource and their recent past, from which watches resume and older lists are told. */
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { Change } from './world.ts';

export interface Recorded {
  readonly version: number;
  readonly time: number;
  readonly change: Change;
}

/** As much as the watch cache keeps at most (k8s.io/apiserver storage/cacher/watch_cache.go, upper bound 100 * 1024). */
const HISTORY_EVENTS = 102_400;
/** kube-apiserver lets etcd forget what is older (--etcd-compaction-interval). */
const HISTORY_MS = 5 * 60_000;
/** How seldom it is looked whether something has become too old. */
const TRIM_EVERY = 1_024;

/** An object in its present state: an index holds this, and need not be told of every change. */
export interface Cell {
  object: KubeObject;
}

interface Space {
  readonly objects: Map<string, Cell>;
  /** Names in order; names that were added since stand at its end, and those that went are still in it. */
  names: string[];
  isSorted: boolean;
}

export class Collection {
  readonly #spaces = new Map<string, Space>();
  #history: Recorded[] = [];
  /** Of the newest change that is no longer kept: nobody can go on from before it. */
  #forgotten: number;
  /** Of the newest change. */
  version: number;
  readonly #waiting = new Set<() => void>();

  constructor(version: number) {
    this.#forgotten = version;
    this.version = version;
  }

  get(namespace: string, name: string): KubeObject | undefined {
    return this.#spaces.get(namespace)?.objects.get(name)?.object;
  }

  cell(namespace: string, name: string): Cell | undefined {
    return this.#spaces.get(namespace)?.objects.get(name);
  }

  record(recorded: Recorded): void {
    const { object, type } = recorded.change;
    const space = this.#space(object.metadata.namespace ?? '');
    const { name } = object.metadata;
    if (type === 'DELETED') {
      space.objects.delete(name);
      if (space.names.length > 2 * space.objects.size + TRIM_EVERY) space.isSorted = false;
    } else {
      const cell = space.objects.get(name);
      if (cell === undefined) space.objects.set(name, { object });
      else cell.object = object;
      if (type === 'ADDED') {
        space.names.push(name);
        space.isSorted = false;
      }
    }
    this.version = recorded.version;
    this.#history.push(recorded);
    if (this.#history.length % TRIM_EVERY === 0) this.#trim(recorded.time - HISTORY_MS);
    if (this.#waiting.size === 0) return;
    const woken = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of woken) wake();
  }

  /** Calls `wake` once, at the next change. */
  onNext(wake: () => void): void {
    this.#waiting.add(wake);
  }

  /** In the order of the texts `namespace/name`. */
  *inOrder(namespace?: string): Iterable<KubeObject> {
    const spaces =
      namespace === undefined
        ? [...this.#spaces].toSorted(([one], [other]) => (`${one}/` < `${other}/` ? -1 : 1)).map(([, space]) => space)
        : [this.#spaces.get(namespace)];
    for (const space of spaces) {
      if (space === undefined) continue;
      sort(space);
      for (const name of space.names) {
        const cell = space.objects.get(name);
        if (cell !== undefined) yield cell.object;
      }
    }
  }

  count(): number {
    let count = 0;
    for (const { objects } of this.#spaces.values()) count += objects.size;
    return count;
  }

  /** As of a version in the past, in order; undefined when that is forgotten. */
  asOf(version: number, namespace?: string): readonly KubeObject[] | undefined {
    if (version < this.#forgotten) return undefined;
    const changes = this.after(version) ?? [];
    if (changes.length === 0) return [...this.inOrder(namespace)];
    const then = new Map<string, KubeObject | undefined>();
    for (const { change } of changes) {
      const path = pathOf(change.object);
      if (!then.has(path)) then.set(path, change.before);
    }
    const past: KubeObject[] = [];
    for (const object of this.inOrder(namespace)) if (!then.has(pathOf(object))) past.push(object);
    for (const object of then.values())
      if (object !== undefined && (namespace === undefined || object.metadata.namespace === namespace))
        past.push(object);
    return past.toSorted((one, other) => (pathOf(one) < pathOf(other) ? -1 : 1));
  }

  /** Every change after this version; undefined when some of them are forgotten. */
  after(version: number): readonly Recorded[] | undefined {
    if (version < this.#forgotten) return undefined;
    return this.#history.slice(this.#firstAfter(version));
  }

  /** The first change after this version. */
  nextAfter(version: number): Recorded | 'forgotten' | undefined {
    if (version < this.#forgotten) return 'forgotten';
    return this.#history[this.#firstAfter(version)];
  }

  forget(version: number): void {
    this.#history = [];
    this.#forgotten = version;
  }

  isForgotten(version: number): boolean {
    return version < this.#forgotten;
  }

  #firstAfter(version: number): number {
    let low = 0;
    let high = this.#history.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#history[middle]?.version ?? 0) <= version) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #trim(tooOld: number): void {
    let drop = Math.max(0, this.#history.length - HISTORY_EVENTS);
    while ((this.#history[drop]?.time ?? Infinity) < tooOld) drop += 1;
    // All that is kept is moved: for a few that is not worth it.
    if (drop < this.#history.length / 4) return;
    this.#forgotten = this.#history[drop - 1]?.version ?? this.#forgotten;
    this.#history = this.#history.slice(drop);
  }

  #space(namespace: string): Space {
    let space = this.#spaces.get(namespace);
    if (space === undefined) {
      space = { objects: new Map(), names: [], isSorted: true };
      this.#spaces.set(namespace, space);
    }
    return space;
  }
}

/** A sorted run with few newcomers at its end is what the engine's merge sort is quick with. */
const sort = (space: Space): void => {
  if (space.isSorted) return;
  const names = space.names.filter((name) => space.objects.has(name)).toSorted();
  space.names = names.filter((name, at) => name !== names[at - 1]);
  space.isSorted = true;
};

/** Sorts as the server's own keys do. */
export const pathOf = ({ metadata: { namespace, name } }: KubeObject): string =>
  namespace === undefined ? name : `${namespace}/${name}`;
