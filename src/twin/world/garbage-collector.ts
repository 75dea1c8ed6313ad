/**
 * What kube-controller-manager's garbage collector and namespace controller do: dependents go with their last owner,
 * foreground deletion waits for them, orphans lose their owner, a namespace that ends is emptied. An actor like others,
 * except that it takes no time: the real ones take less than a second.
 */
import { digList, digText } from '../../core/model/dig.ts';
import type { KubeObject, OwnerReference } from '../../core/model/kube-object.ts';
import { NAMESPACES } from '../../core/model/kube-resource.ts';
import { FOREGROUND, ORPHAN, remove } from './deletes.ts';
import type { ServedKind } from './kind-registry.ts';
import { finalizersOf } from './object-meta.ts';
import type { ServerParts } from './server-parts.ts';
import { type JsonMap, without } from './stored-value.ts';
import type { Change } from './world.ts';

const ACTOR = 'garbage-collector';

/** Starts it; the answer stops it. */
export const collectGarbage = (parts: ServerParts): (() => void) => {
  const { store } = parts;
  return store.subscribeAll((change) => afterChange(parts, change));
};

const afterChange = (parts: ServerParts, { type, object }: Change): void => {
  if (type === 'DELETED') {
    const { uid, namespace } = object.metadata;
    if (uid !== undefined) for (const one of parts.store.ownedBy(uid)) ownerGone(parts, one, uid);
    for (const owner of object.metadata.ownerReferences ?? []) finishForeground(parts, owner, namespace);
    if (namespace !== undefined) finishNamespace(parts, namespace);
    return;
  }
  const kind = parts.kinds.ofKind(object.apiVersion, object.kind);
  if (kind === undefined || object.metadata.deletionTimestamp === undefined) return;
  if (object.kind === NAMESPACES.kind && object.apiVersion === 'v1') emptyNamespace(parts, object.metadata.name);
  const finalizers = finalizersOf(object.metadata);
  if (finalizers.includes(ORPHAN)) orphanDependents(parts, kind, object);
  else if (finalizers.includes(FOREGROUND)) beginForeground(parts, kind, object);
};

/** An owner has gone: the object goes too, unless another owner is still there. */
const ownerGone = (parts: ServerParts, object: KubeObject, uid: string): void => {
  const others = (object.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid);
  if (others.some((owner) => isThere(parts, owner, object.metadata.namespace))) {
    rewrite(parts, object, { ownerReferences: others });
    return;
  }
  if (object.metadata.deletionTimestamp === undefined) collect(parts, object, 'Background');
};

const isThere = (parts: ServerParts, owner: OwnerReference, namespace: string | undefined): boolean => {
  const kind = parts.kinds.ofKind(owner.apiVersion, owner.kind);
  return kind !== undefined && ownerAt(parts, kind, owner, namespace) !== undefined;
};

/** The owner itself: another object of its name is none. */
const ownerAt = (
  parts: ServerParts,
  kind: ServedKind,
  { name, uid }: OwnerReference,
  namespace: string | undefined,
): KubeObject | undefined => {
  const found = parts.store.get(kind, kind.namespaced ? namespace : undefined, name);
  return found?.metadata.uid === uid ? found : undefined;
};

const collect = (parts: ServerParts, object: KubeObject, propagation: 'Background' | 'Foreground'): void => {
  const kind = parts.kinds.ofKind(object.apiVersion, object.kind);
  if (kind === undefined) return;
  remove(parts, { kind, actor: ACTOR, verb: 'collect', options: { propagation } }, object.metadata);
};

const isBlocking = (owner: OwnerReference): boolean =>
  (owner as { readonly blockOwnerDeletion?: boolean }).blockOwnerDeletion === true;

const blockingDependents = (parts: ServerParts, uid: string): readonly KubeObject[] =>
  [...parts.store.ownedBy(uid)].filter((one) =>
    (one.metadata.ownerReferences ?? []).some((owner) => owner.uid === uid && isBlocking(owner)),
  );

const beginForeground = (parts: ServerParts, kind: ServedKind, owner: KubeObject): void => {
  const { uid = '' } = owner.metadata;
  for (const one of parts.store.ownedBy(uid))
    if (one.metadata.deletionTimestamp === undefined) collect(parts, one, 'Foreground');
  if (blockingDependents(parts, uid).length === 0) dropFinalizer(parts, kind, owner, FOREGROUND);
};

/** A dependent of this owner has gone: perhaps it was the last that the owner waited for. */
const finishForeground = (parts: ServerParts, reference: OwnerReference, namespace: string | undefined): void => {
  const kind = parts.kinds.ofKind(reference.apiVersion, reference.kind);
  const owner = kind === undefined ? undefined : ownerAt(parts, kind, reference, namespace);
  if (kind === undefined || owner === undefined || !finalizersOf(owner.metadata).includes(FOREGROUND)) return;
  if (blockingDependents(parts, reference.uid ?? '').length === 0) dropFinalizer(parts, kind, owner, FOREGROUND);
};

const orphanDependents = (parts: ServerParts, kind: ServedKind, owner: KubeObject): void => {
  const { uid = '' } = owner.metadata;
  for (const one of parts.store.ownedBy(uid))
    rewrite(parts, one, {
      ownerReferences: (one.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid),
    });
  dropFinalizer(parts, kind, owner, ORPHAN);
};

const dropFinalizer = (parts: ServerParts, kind: ServedKind, object: KubeObject, finalizer: string): void => {
  const now = parts.store.get(kind, object.metadata.namespace, object.metadata.name);
  if (now === undefined) return;
  const finalizers = finalizersOf(now.metadata).filter((one) => one !== finalizer);
  rewrite(parts, now, { finalizers });
};

/** With these fields of its metadata; without those that are now empty. What is marked and has no finalizer left is gone. */
const rewrite = (
  parts: ServerParts,
  object: KubeObject,
  fields: Readonly<Record<string, readonly unknown[]>>,
): void => {
  const kind = parts.kinds.ofKind(object.apiVersion, object.kind);
  if (kind === undefined) return;
  const empty = Object.keys(fields).filter((field) => fields[field]?.length === 0);
  const metadata = without(
    { ...(object.metadata as JsonMap), ...fields },
    ...empty,
  ) as unknown as KubeObject['metadata'];
  const next = { ...object, metadata };
  const writer = { actor: ACTOR, verb: 'collect' };
  if (
    metadata.deletionTimestamp !== undefined &&
    finalizersOf(metadata).length === 0 &&
    !metadata['deletionGracePeriodSeconds']
  )
    parts.store.remove(kind, next, object, writer);
  else parts.store.put(kind, next, object, writer);
};

const contentOf = (parts: ServerParts, namespace: string): readonly KubeObject[] => [...parts.store.allIn(namespace)];

const emptyNamespace = (parts: ServerParts, namespace: string): void => {
  for (const object of contentOf(parts, namespace))
    if (object.metadata.deletionTimestamp === undefined) collect(parts, object, 'Background');
  finishNamespace(parts, namespace);
};

const finishNamespace = (parts: ServerParts, namespace: string): void => {
  const kind = parts.kinds.find(NAMESPACES);
  const home = parts.store.get(NAMESPACES, undefined, namespace);
  if (kind === undefined || home?.metadata.deletionTimestamp === undefined) return;
  if (digText(home, 'status', 'phase') !== 'Terminating' || digList(home, 'spec', 'finalizers').length === 0) return;
  if (contentOf(parts, namespace).length > 0) return;
  const next = { ...home, spec: {} };
  parts.store.remove(kind, next, home, { actor: ACTOR, verb: 'collect' });
};
