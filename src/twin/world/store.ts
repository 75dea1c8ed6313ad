/**
 * What is stored: every resource's collection, the one counter of versions, the indexes that actors need, and who is told
 * of a change. Whether a write is allowed, and what it makes of an object, was decided before it comes here.
 */
import { type KubeObject, objectPath } from '../../core/model/kube-object.ts';
import type { KubeResource } from '../../core/model/kube-resource.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { type Cell, Collection, pathOf } from './collection.ts';
import { freezeJson, type JsonMap } from './stored-value.ts';
import type { Change } from './world.ts';
import type { WriteEntry } from './write-log.ts';

/** Who writes and by which verb, for the log. */
export interface Writer {
  readonly actor: string;
  readonly verb: string;
}

/** Objects of all versions of a resource stand in one collection. */
export const collectionKey = ({ group, plural }: Pick<KubeResource, 'group' | 'plural'>): string =>
  `${plural}.${group}`;

const POD_KEY = 'pods.';

export class Store {
  readonly #clock: Clock;
  readonly #collections = new Map<string, Collection>();
  readonly #listeners = new Map<string, ((change: Change) => void)[]>();
  readonly #allListeners: ((change: Change) => void)[] = [];
  /** Cells, and not objects: most changes of an object change neither its node nor its owners. */
  readonly #podsByNode: Index = new Map();
  readonly #byOwner: Index = new Map();
  readonly #writeListeners: ((entry: WriteEntry) => void)[] = [];
  readonly #untold: { readonly key: string; readonly change: Change }[] = [];
  #isTelling = false;
  #version = 1;
  /** Uids of objects that were created by somebody who did not say who he is. */
  readonly unnoted = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get version(): number {
    return this.#version;
  }

  collection(kind: Pick<KubeResource, 'group' | 'plural'>): Collection {
    const key = collectionKey(kind);
    let collection = this.#collections.get(key);
    if (collection === undefined) {
      collection = new Collection(this.#version);
      this.#collections.set(key, collection);
    }
    return collection;
  }

  get(kind: KubeResource, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.collection(kind).get(namespace ?? '', name);
  }

  /** Stores the object under a new version, and tells everyone. */
  put(kind: KubeResource, object: KubeObject, before: KubeObject | undefined, writer: Writer): KubeObject {
    const stored = this.#atNextVersion(object);
    this.#commit(
      kind,
      before === undefined ? { type: 'ADDED', object: stored } : { type: 'MODIFIED', object: stored, before },
      writer,
    );
    return stored;
  }

  /** Takes the object away. The answer is its last state, at the version of its end. */
  remove(kind: KubeResource, object: KubeObject, before: KubeObject, writer: Writer): KubeObject {
    const last = this.#atNextVersion(object);
    if (last.metadata.uid !== undefined) this.unnoted.delete(last.metadata.uid);
    this.#commit(kind, { type: 'DELETED', object: last, before }, writer);
    return last;
  }

  subscribe(kind: Pick<KubeResource, 'group' | 'plural'>, listener: (change: Change) => void): () => void {
    const key = collectionKey(kind);
    const listeners = this.#listeners.get(key) ?? [];
    listeners.push(listener);
    this.#listeners.set(key, listeners);
    return () => {
      this.#listeners.set(
        key,
        (this.#listeners.get(key) ?? []).filter((one) => one !== listener),
      );
    };
  }

  /** Every change of every kind. Whoever asks for all is told first. */
  subscribeAll(listener: (change: Change) => void): () => void {
    this.#allListeners.push(listener);
    return () => {
      this.#allListeners.splice(this.#allListeners.indexOf(listener), 1);
    };
  }

  onWrite(listener: (entry: WriteEntry) => void): () => void {
    this.#writeListeners.push(listener);
    return () => {
      this.#writeListeners.splice(this.#writeListeners.indexOf(listener), 1);
    };
  }

  podsOn(node: string): Iterable<KubeObject> {
    return objectsAt(this.#podsByNode.get(node));
  }

  ownedBy(uid: string): Iterable<KubeObject> {
    return objectsAt(this.#byOwner.get(uid));
  }

  /** Objects of every kind in this namespace. */
  *allIn(namespace: string): Iterable<KubeObject> {
    for (const collection of this.#collections.values()) yield* collection.inOrder(namespace);
  }

  /** Objects of every kind, by resource and in order of names. */
  *all(): Iterable<KubeObject> {
    for (const [, collection] of [...this.#collections].toSorted(([one], [other]) => (one < other ? -1 : 1)))
      yield* collection.inOrder();
  }

  forgetHistory(): void {
    for (const collection of this.#collections.values()) collection.forget(this.#version);
  }

  #atNextVersion(object: KubeObject): KubeObject {
    this.#version += 1;
    return freezeJson({ ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } });
  }

  #commit(kind: KubeResource, change: Change, { actor, verb }: Writer): void {
    const key = collectionKey(kind);
    const time = this.#clock.now();
    this.collection(kind).record({ version: this.#version, time, change });
    if (key === POD_KEY) this.#indexPod(change);
    this.#indexOwners(key, change);
    const entry: WriteEntry = {
      time,
      actor,
      verb,
      object: objectPath(change.object),
      resourceVersion: String(this.#version),
      gone: change.type === 'DELETED',
    };
    for (const listener of this.#writeListeners) listener(entry);
    this.#tell(key, change);
  }

  /** A listener's own writes are told when the present change has been told to all, so that all see one order. */
  #tell(key: string, change: Change): void {
    this.#untold.push({ key, change });
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      for (let next = this.#untold.shift(); next !== undefined; next = this.#untold.shift()) {
        for (const listener of this.#allListeners) listener(next.change);
        for (const listener of this.#listeners.get(next.key) ?? []) listener(next.change);
      }
    } finally {
      this.#isTelling = false;
    }
  }

  #indexPod({ type, object, before }: Change): void {
    const [then, now] = [nodeOf(before), type === 'DELETED' ? undefined : nodeOf(object)];
    if (then === now) return;
    const path = pathOf(object);
    if (then !== undefined) drop(this.#podsByNode, then, path);
    if (now !== undefined) add(this.#podsByNode, now, path, this.#cellOf(POD_KEY, object));
  }

  #indexOwners(key: string, { type, object, before }: Change): void {
    const owners = type === 'DELETED' ? undefined : object.metadata.ownerReferences;
    const past = before?.metadata.ownerReferences;
    if (owners === past) return;
    const path = objectPath(object);
    for (const { uid } of past ?? []) if (uid !== undefined) drop(this.#byOwner, uid, path);
    for (const { uid } of owners ?? []) if (uid !== undefined) add(this.#byOwner, uid, path, this.#cellOf(key, object));
  }

  /** Of an object that has just been recorded. */
  #cellOf(key: string, { metadata: { namespace = '', name } }: KubeObject): Cell | undefined {
    return this.#collections.get(key)?.cell(namespace, name);
  }
}

type Index = Map<string, Map<string, Cell>>;

const objectsAt = (cells: ReadonlyMap<string, Cell> | undefined): readonly KubeObject[] => {
  const found: KubeObject[] = [];
  if (cells !== undefined) for (const { object } of cells.values()) found.push(object);
  return found;
};

const add = (index: Index, under: string, path: string, cell: Cell | undefined): void => {
  if (cell === undefined) return;
  const cells = index.get(under) ?? new Map<string, Cell>();
  cells.set(path, cell);
  index.set(under, cells);
};

const drop = (index: Index, under: string, path: string): void => {
  const places = index.get(under);
  places?.delete(path);
  if (places?.size === 0) index.delete(under);
};

const nodeOf = (pod: KubeObject | undefined): string | undefined => {
  const node = (pod?.['spec'] as JsonMap | undefined)?.['nodeName'];
  return typeof node === 'string' && node !== '' ? node : undefined;
};
