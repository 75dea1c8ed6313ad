/**
 * Finds the Kubernetes objects in a parsed document: a single object, a List, a typed list (PodList), or the bare
 * `items` of an API answer. Every object keeps the path at which it stood, so that a line can be found for it later.
 */
import { dig, digList, digText, isMap, type Path } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { kindKey } from './snapshot.ts';

export interface FoundObject {
  readonly object: KubeObject;
  /** Where it stands in the document; empty when the document is the object. */
  readonly at: Path;
}

export interface FoundObjects {
  readonly objects: readonly FoundObject[];
  /** Kinds that were listed as such (`PodList`), even when the list is empty. */
  readonly listed: readonly string[];
  /** Items that are no objects: no kind, no name. */
  readonly strange: number;
}

const isObject = (value: unknown): value is KubeObject =>
  digText(value, 'kind') !== undefined &&
  digText(value, 'apiVersion') !== undefined &&
  digText(value, 'metadata', 'name') !== undefined &&
  // Paths and keys are made of it everywhere: anything but text there is no object of an API server.
  ['string', 'undefined'].includes(typeof dig(value, 'metadata', 'namespace'));

/** `undefined` when the document is not made of Kubernetes objects at all. */
export const objectsIn = (document: unknown): FoundObjects | undefined => {
  const kind = digText(document, 'kind');
  const apiVersion = digText(document, 'apiVersion');
  if (isMap(document) && Array.isArray(document['items']) && (kind === undefined || kind.endsWith('List'))) {
    const itemKind = kind === undefined || kind === 'List' ? undefined : kind.slice(0, -'List'.length);
    const objects: FoundObject[] = [];
    let strange = 0;
    digList(document, 'items').forEach((item, index) => {
      // Items of a typed list carry no kind of their own.
      const whole =
        itemKind !== undefined && isMap(item) ? { kind: itemKind, apiVersion: apiVersion ?? 'v1', ...item } : item;
      if (isObject(whole)) objects.push({ object: whole, at: ['items', index] });
      else strange += 1;
    });
    if (kind === undefined && objects.length === 0) return undefined;
    return { objects, listed: itemKind === undefined ? [] : [kindKey(itemKind, apiVersion ?? 'v1')], strange };
  }
  if (isObject(document)) return { objects: [{ object: document, at: [] }], listed: [], strange: 0 };
  return undefined;
};
