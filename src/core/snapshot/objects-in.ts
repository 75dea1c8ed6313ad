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

/** What the place of a list says about items that say no kind themselves. */
export interface ItemKind {
  readonly kind: string;
  readonly apiVersion: string;
}

/** Items of a typed list carry no kind of their own, or an empty one. */
const withKind = (item: unknown, assumed: ItemKind | undefined): unknown => {
  if (assumed === undefined || !isMap(item) || !isMap(item['metadata'])) return item;
  return digText(item, 'kind') === undefined || item['kind'] === ''
    ? { ...item, kind: assumed.kind, apiVersion: assumed.apiVersion }
    : item;
};

const itemsIn = (items: readonly unknown[], at: Path, assumed: ItemKind | undefined): FoundObjects => {
  const objects: FoundObject[] = [];
  let strange = 0;
  items.forEach((item, index) => {
    const whole = withKind(item, assumed);
    if (isObject(whole)) objects.push({ object: whole, at: [...at, index] });
    else strange += 1;
  });
  return { objects, listed: [], strange };
};

/** `undefined` when the document is not made of Kubernetes objects at all. */
export const objectsIn = (document: unknown, assumed?: ItemKind): FoundObjects | undefined => {
  const kind = digText(document, 'kind');
  const apiVersion = digText(document, 'apiVersion');
  if (isMap(document) && Array.isArray(document['items']) && (kind === undefined || kind.endsWith('List'))) {
    const itemKind =
      kind === undefined || kind === 'List'
        ? undefined
        : { kind: kind.slice(0, -'List'.length), apiVersion: apiVersion ?? 'v1' };
    const found = itemsIn(digList(document, 'items'), ['items'], itemKind ?? assumed);
    if (kind === undefined && found.objects.length === 0) return undefined;
    return { ...found, listed: itemKind === undefined ? [] : [kindKey(itemKind.kind, itemKind.apiVersion)] };
  }
  // troubleshoot.sh writes custom resources as a bare array.
  if (Array.isArray(document)) {
    const found = itemsIn(document, [], assumed);
    return found.objects.length === 0 ? undefined : found;
  }
  const whole = withKind(document, assumed);
  return isObject(whole) ? { objects: [{ object: whole, at: [] }], listed: [], strange: 0 } : undefined;
};
