/**
 * Watches: each reads the one history of its collection from where it stands, so that a watcher costs a number and a
 * promise. Bookmarks come as from kube-apiserver: about once a minute and 2 s before the end.
 */
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { Signal } from '../../core/ports/clock.ts';
import type { WatchEvent, WatchOptions } from '../../core/ports/kube-api.ts';
import type { KubeFault } from '../../core/ports/kube-fault.ts';
import { isManaged } from './apply/managed-fields.ts';
import type { Recorded } from './collection.ts';
import type { ServedKind } from './kind-registry.ts';
import { readSelection, type Selector } from './selection.ts';
import type { ServerParts } from './server-parts.ts';
import { type ApiStatus, expired } from './status.ts';
import { without } from './stored-value.ts';
import { shownIn } from './versions.ts';
import type { WatchFault } from './world-faults.ts';

/** k8s.io/apiserver storage/cacher: defaultBookmarkFrequency, and how long before the deadline the last one comes. */
const BOOKMARK_MS = 60_000;
const BOOKMARK_BEFORE_END_MS = 2_000;
/** --min-request-timeout: a watch without a limit of its own lasts between this and twice this. */
const SHORTEST_SECONDS = 1_800;

/** What befalls a watch; it may come while the watch runs, which is then woken. */
export class WatchTroubles {
  #left = Infinity;
  #isGone = false;
  #onTrouble: () => void = () => {};
  lateMs = 0;

  suffer(fault: WatchFault): void {
    if (fault.kind === 'watch-late') this.lateMs = fault.ms;
    else {
      this.#left = fault.afterEvents;
      this.#isGone = fault.kind === 'watch-gone';
    }
    this.#onTrouble();
  }

  onTrouble(wake: () => void): void {
    this.#onTrouble = wake;
  }

  eventSent(): void {
    this.#left -= 1;
  }

  /** How it ends now, where it does. */
  get end(): 'gone' | 'dropped' | undefined {
    if (this.#left > 0) return undefined;
    return this.#isGone ? 'gone' : 'dropped';
  }
}

export async function* watch(
  parts: ServerParts,
  kind: ServedKind,
  options: WatchOptions,
  faultOf: (status: ApiStatus) => KubeFault,
  troubles: WatchTroubles,
): AsyncGenerator<WatchEvent> {
  const { clock, store, random } = parts;
  const selection = readSelection(kind, options);
  if (!selection.ok) {
    yield { type: 'FAILED', fault: faultOf(selection.status) };
    return;
  }
  const selector = selection.value;
  const collection = store.collection(kind);
  const from = options.resourceVersion ?? '';
  const begins = options.initialEvents === true || from === '' || from === '0';
  const show = (object: KubeObject): KubeObject =>
    shownIn(kind, options.omitManagedFields === true ? withoutManagedFields(object) : object);
  let at = begins ? store.version : Number(from);
  const seconds = options.timeoutSeconds ?? SHORTEST_SECONDS * (1 + random.next());
  const end = clock.now() + seconds * 1000;
  const alarm = new Alarm(parts, options.signal);
  try {
    if (begins) {
      const all = [...collection.inOrder(selector.namespace)];
      for (const object of all) if (selector.matches(object)) yield { type: 'ADDED', object: show(object) };
      if (options.initialEvents === true)
        yield { type: 'BOOKMARK', resourceVersion: String(at), initialEventsEnd: true };
    }
    let marked = at;
    let nextMark = nextBookmark(clock.now(), end);
    for (;;) {
      alarm.throwIfAborted();
      if (troubles.end === 'dropped') return;
      const next = collection.nextAfter(at);
      if (next === 'forgotten' || troubles.end === 'gone') {
        yield { type: 'FAILED', fault: faultOf(expired(`too old resource version: ${at}`).status) };
        return;
      }
      const now = clock.now();
      if (next !== undefined && next.time + troubles.lateMs <= now) {
        at = next.version;
        const event = eventOf(show, selector, next);
        if (event === undefined) continue;
        troubles.eventSent();
        yield event;
        continue;
      }
      if (now >= end) return;
      if (now >= nextMark) {
        if (collection.version > marked && next === undefined) {
          marked = collection.version;
          yield { type: 'BOOKMARK', resourceVersion: String(marked), initialEventsEnd: false };
        }
        nextMark = nextBookmark(now, end);
        continue;
      }
      const due = next === undefined ? Infinity : next.time + troubles.lateMs;
      await alarm.wait(Math.min(nextMark, end, due), (wake) => {
        collection.onNext(wake);
        troubles.onTrouble(wake);
      });
    }
  } finally {
    alarm.stop();
  }
}

/** Made once for all watchers that leave them out. */
const BARE = new WeakMap<KubeObject, KubeObject>();

const withoutManagedFields = (object: KubeObject): KubeObject => {
  if (!isManaged(object)) return object;
  let bare = BARE.get(object);
  if (bare === undefined) {
    bare = { ...object, metadata: without(object.metadata, 'managedFields') };
    BARE.set(object, bare);
  }
  return bare;
};

const nextBookmark = (now: number, end: number): number => {
  const last = end - BOOKMARK_BEFORE_END_MS;
  return now < last ? Math.min(now + BOOKMARK_MS, last) : Infinity;
};

/** The change as this selection sees it: what leaves it is gone, what enters it is new. */
const eventOf = (
  show: (object: KubeObject) => KubeObject,
  selector: Selector,
  { change, version }: Recorded,
): WatchEvent | undefined => {
  const { type, object, before } = change;
  if (selector.namespace !== undefined && object.metadata.namespace !== selector.namespace) return undefined;
  const was = before !== undefined && selector.matches(before);
  const is = type !== 'DELETED' && selector.matches(object);
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object: show(object) };
  if (!was) return undefined;
  const last = type === 'DELETED' ? object : atVersion(before, version);
  return { type: 'DELETED', object: show(last) };
};

const atVersion = (object: KubeObject, version: number): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: String(version) },
});

/** Waits for a moment of the clock, a change, or the end of the caller's patience, whichever comes first. */
class Alarm {
  readonly #parts: ServerParts;
  readonly #signal: Signal | undefined;
  readonly #stop = new AbortController();
  #setFor = Infinity;
  #wake: () => void = () => {};
  readonly #onAbort = (): void => this.#wake();

  constructor(parts: ServerParts, signal: Signal | undefined) {
    this.#parts = parts;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  throwIfAborted(): void {
    if (this.#signal?.aborted === true)
      throw this.#signal.reason instanceof Error
        ? this.#signal.reason
        : new Error('aborted', { cause: this.#signal.reason });
  }

  async wait(until: number, onChange: (wake: () => void) => void): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    onChange(this.#wake);
    // One sleeper serves many waits: it is set anew only for an earlier moment, or once it has gone off.
    if (until < this.#setFor) this.#sleepUntil(until);
    await woken;
  }

  stop(): void {
    this.#stop.abort(new Error('the watch has ended'));
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }

  #sleepUntil(until: number): void {
    const { clock } = this.#parts;
    this.#setFor = until;
    clock.sleep(until - clock.now(), this.#stop.signal).then(
      () => {
        if (this.#setFor <= clock.now()) this.#setFor = Infinity;
        this.#wake();
      },
      () => {},
    );
  }
}
