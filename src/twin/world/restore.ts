/**
 * Objects as they were in another cluster: stored as they are, without validation and without a word of who wrote them. Their
 * versions are new, everything else (uid, times, status, managedFields) stays.
 */
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { ServerParts } from './server-parts.ts';
import { freezeJson } from './stored-value.ts';
import { inStorage } from './versions.ts';

/** Answers those whose kind is not served. */
export const restore = ({ kinds, store }: ServerParts, objects: readonly KubeObject[]): readonly KubeObject[] => {
  const left: KubeObject[] = [];
  for (const object of objects) {
    const kind = kinds.ofKind(object.apiVersion, object.kind);
    if (kind === undefined || kind.namespaced !== (object.metadata.namespace !== undefined)) {
      left.push(object);
      continue;
    }
    const { namespace, name } = object.metadata;
    const kept = freezeJson(structuredClone(object));
    store.put(kind, inStorage(kind, kept), store.get(kind, namespace, name), { actor: 'restore', verb: 'create' });
  }
  return left;
};
