/**
 * Objects of another cluster, stored as they were read there: with status, owners, uids and times. Nothing is defaulted,
 * admitted or checked, since their own server has done that; versions are new, and what the twin does not serve is left out.
 */
import type { KubeMetadata, KubeObject } from '../../core/model/kube-object.ts';
import { isManaged } from './apply/managed-fields.ts';
import { newUid } from './object-meta.ts';
import type { ServerParts } from './server-parts.ts';
import { without } from './stored-value.ts';
import { inStorage } from './versions.ts';

const WRITER = { actor: 'snapshot', verb: 'load' };

/** Answers those that are not served. Whoever is here already is replaced. */
export const load = (parts: ServerParts, objects: readonly KubeObject[]): readonly KubeObject[] => {
  const { kinds, store, random } = parts;
  const unserved: KubeObject[] = [];
  for (const object of objects) {
    const kind = kinds.ofKind(object.apiVersion, object.kind);
    if (kind === undefined) {
      unserved.push(object);
      continue;
    }
    const { name, namespace } = object.metadata;
    const metadata = {
      ...without(object.metadata, 'resourceVersion', 'selfLink'),
      uid: object.metadata.uid ?? newUid(random),
    } as KubeMetadata;
    const before = store.get(kind, kind.namespaced ? namespace : undefined, name);
    const stored = store.put(kind, inStorage(kind, { ...object, metadata }), before, WRITER);
    if (!isManaged(stored)) store.unnoted.add(stored.metadata.uid ?? '');
  }
  return unserved;
};
