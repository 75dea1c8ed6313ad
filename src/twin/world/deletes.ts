/**
 * Deletes: preconditions, grace, finalizers, propagation (k8s.io/apiserver pkg/registry/{rest/delete.go,generic/registry/
 * store.go}). What waits for a finalizer of the garbage collector is its business (garbage-collector.ts).
 */
import { digList, digNumber, digText } from '../../core/model/dig.ts';
import type { KubeMetadata, KubeObject } from '../../core/model/kube-object.ts';
import { millisOf, timestamp } from '../../core/model/timestamp.ts';
import type { Deletion, DeleteOptions, ObjectKey, Preconditions } from '../../core/ports/kube-api.ts';
import type { ServedKind } from './kind-registry.ts';
import { podGraceSeconds } from './kinds/pods.ts';
import { finalizersOf } from './object-meta.ts';
import type { ServerParts } from './server-parts.ts';
import { type Answer, conflict, done, notFound, type Refused } from './status.ts';
import { freezeJson, type JsonMap, sameJson, without } from './stored-value.ts';

export interface DeleteCall {
  readonly kind: ServedKind;
  readonly actor: string;
  /** For the write log. */
  readonly verb: 'delete' | 'evict' | 'collect';
  readonly options: Pick<DeleteOptions, 'preconditions' | 'propagation' | 'graceSeconds' | 'dryRun'>;
}

export const remove = (parts: ServerParts, call: DeleteCall, key: ObjectKey): Answer<Deletion> => {
  const { kind, options, actor, verb } = call;
  const before = parts.store.get(kind, key.namespace, key.name);
  if (before === undefined) return notFound(kind, key.name);
  const unmet = unmetPrecondition(kind, before, options.preconditions);
  if (unmet !== undefined) return unmet;
  const now = parts.clock.now();
  const marked = markedObject(kind, before, options, now);
  const isGone =
    finalizersOf(marked.metadata).length === 0 &&
    !(isNamespace(kind) && digList(marked, 'spec', 'finalizers').length > 0) &&
    (digNumber(marked, 'metadata', 'deletionGracePeriodSeconds') ?? 0) === 0;
  if (options.dryRun === true) return done({ gone: isGone, object: freezeJson(isGone ? before : marked) });
  const writer = { actor, verb };
  if (isGone && options.preconditions?.resourceVersion !== undefined && finalizersOf(before.metadata).length > 0)
    return versionLost(kind, key.name, before);
  if (isGone) {
    // An object whose end had begun is last seen with no time left.
    const last = before.metadata.deletionTimestamp === undefined ? before : marked;
    return done({ gone: true, object: parts.store.remove(kind, last, before, writer) });
  }
  if (marked === before) return done({ gone: false, object: before });
  return done({ gone: false, object: parts.store.put(kind, marked, before, writer) });
};

/**
 * Where a delete takes the last finalizer and the object with it, the server compares the version that it never wrote with the
 * one that is stored (registry/generic/registry/store.go, Delete).
 */
const versionLost = (kind: ServedKind, name: string, { metadata }: KubeObject): Refused =>
  conflict(
    kind,
    name,
    `StorageError: invalid object, Code: 4, Key: , ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: ResourceVersion in precondition: , ResourceVersion in object meta: ${metadata.resourceVersion ?? ''}`,
  );

export const unmetPrecondition = (
  kind: ServedKind,
  { metadata }: KubeObject,
  preconditions: Preconditions | undefined,
): Refused | undefined => {
  const { uid, resourceVersion } = preconditions ?? {};
  if (uid !== undefined && uid !== metadata.uid)
    return conflict(
      kind,
      metadata.name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid ?? ''}`,
    );
  return resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion
    ? conflict(
        kind,
        metadata.name,
        `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion ?? ''}`,
      )
    : undefined;
};

/** The object with what this delete sets: when it ends, and what has to happen before. Itself when nothing is new. */
const markedObject = (
  kind: ServedKind,
  before: KubeObject,
  options: DeleteCall['options'],
  now: number,
): KubeObject => {
  const { metadata } = before;
  const decided = [FOREGROUND, ORPHAN].some((one) => finalizersOf(metadata).includes(one));
  const byKind = kind.rules.propagation === 'Orphan' && !decided ? 'Orphan' : undefined;
  const propagation = options.propagation ?? byKind;
  const finalizers = withPropagation(metadata, propagation);
  const grace = graceOf(kind, before, options.graceSeconds);
  const old = digNumber(before, 'metadata', 'deletionGracePeriodSeconds');
  const isMarked = metadata.deletionTimestamp !== undefined;
  // A later delete may shorten the time that is left, and never prolong it.
  const isShorter = isMarked && old !== undefined && grace < old;
  if (isMarked && !isShorter && sameJson(finalizers, finalizersOf(metadata))) return before;
  const ends = isMarked ? (millisOf(metadata.deletionTimestamp ?? '') ?? now) - (old ?? 0) * 1000 : now;
  const next: Record<string, unknown> = { ...without(metadata as JsonMap, 'finalizers') };
  if (finalizers.length > 0) next['finalizers'] = finalizers;
  if (!isMarked || isShorter) {
    next['deletionTimestamp'] = timestamp(ends + grace * 1000);
    next['deletionGracePeriodSeconds'] = grace;
  }
  if (!isMarked && metadata.generation !== undefined) next['generation'] = metadata.generation + 1;
  return withPhase(kind, { ...before, metadata: next as KubeMetadata });
};

const isNamespace = ({ group, plural }: ServedKind): boolean => group === '' && plural === 'namespaces';

/** A namespace stays until its controller has emptied it. */
const withPhase = (kind: ServedKind, object: KubeObject): KubeObject =>
  isNamespace(kind) && digText(object, 'status', 'phase') !== 'Terminating'
    ? { ...object, status: { ...(object['status'] as JsonMap), phase: 'Terminating' } }
    : object;

const graceOf = (kind: ServedKind, object: KubeObject, asked: number | undefined): number =>
  kind.group === '' && kind.plural === 'pods' ? podGraceSeconds(object, asked) : 0;

/** The garbage collector's own finalizers. */
export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

const withPropagation = (metadata: KubeMetadata, propagation: DeleteOptions['propagation']): readonly string[] => {
  const finalizers = finalizersOf(metadata);
  if (propagation === undefined) return finalizers;
  const wanted = propagation === 'Foreground' ? FOREGROUND : propagation === 'Orphan' ? ORPHAN : undefined;
  const others = finalizers.filter((one) => one !== FOREGROUND && one !== ORPHAN);
  return wanted === undefined ? others : [...others, wanted];
};
