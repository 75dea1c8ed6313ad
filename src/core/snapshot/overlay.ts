/** A snapshot as it would be after `kubectl apply` of some objects: objects of the same kind and name are replaced. */
import type { KubeObject } from '../model/kube-object.ts';
import type { Snapshot, SnapshotObject } from './snapshot.ts';

const nameKey = ({ kind, metadata }: KubeObject): string => `${kind}/${metadata.name}`;

/** An object without a namespace stands for the one of its kind and name, wherever that is. */
const isSame = (a: KubeObject, b: KubeObject): boolean =>
  b.metadata.namespace === undefined ||
  a.metadata.namespace === undefined ||
  a.metadata.namespace === b.metadata.namespace;

export const overlay = (snapshot: Snapshot, applied: readonly SnapshotObject[]): Snapshot => {
  const byName = Map.groupBy(applied, ({ object }) => nameKey(object));
  const stays = ({ object }: SnapshotObject): boolean =>
    !(byName.get(nameKey(object)) ?? []).some((other) => isSame(object, other.object));
  return { ...snapshot, objects: [...snapshot.objects.filter(stays), ...applied] };
};
