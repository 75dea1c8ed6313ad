/** get and list: at once, in pages of one version, or at a version of the past. */
import type { KubeObject } from '../../core/model/kube-object.ts';
import { PODS } from '../../core/model/kube-resource.ts';
import type { ListOptions, ObjectKey, Page } from '../../core/ports/kube-api.ts';
import { pathOf } from './collection.ts';
import type { ServedKind } from './kind-registry.ts';
import { readSelection, type Selector } from './selection.ts';
import type { ServerParts } from './server-parts.ts';
import { type Answer, badRequest, done, expired, notFound } from './status.ts';
import type { Store } from './store.ts';
import { shownIn } from './versions.ts';

export const get = ({ store }: ServerParts, kind: ServedKind, key: ObjectKey): Answer<KubeObject> => {
  const found = store.get(kind, key.namespace, key.name);
  return found === undefined ? notFound(kind, key.name) : done(shownIn(kind, found));
};

export const list = (parts: ServerParts, kind: ServedKind, options: ListOptions): Answer<Page> => {
  const selector = readSelection(kind, options);
  if (!selector.ok) return selector;
  if (options.continue !== undefined && options.continue !== '') return nextPage(parts, kind, options, selector.value);
  const { store } = parts;
  const exact = options.match === 'Exact' && options.resourceVersion !== undefined;
  const version = exact ? Number(options.resourceVersion) : store.version;
  const objects = exact
    ? store.collection(kind).asOf(version, selector.value.namespace)
    : candidates(store, kind, selector.value);
  if (objects === undefined)
    return expired(`The provided resource version is too old: ${options.resourceVersion ?? ''}. The oldest is later.`);
  return done(pageOf(kind, objects, version, options.limit, selector.value));
};

/** Among these are all that match, in order: one by its name and the pods of one node are found without a walk over all. */
export const candidates = (
  store: Store,
  kind: ServedKind,
  { namespace, name, node }: Selector,
): readonly KubeObject[] => {
  if (name !== undefined && (namespace !== undefined || !kind.namespaced)) {
    const found = store.get(kind, namespace, name);
    return found === undefined ? [] : [found];
  }
  if (node === undefined || kind.plural !== PODS.plural || kind.group !== PODS.group)
    return [...store.collection(kind).inOrder(namespace)];
  return [...store.podsOn(node)]
    .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
    .toSorted((one, other) => (pathOf(one) < pathOf(other) ? -1 : 1));
};

const nextPage = ({ store }: ServerParts, kind: ServedKind, options: ListOptions, selector: Selector): Answer<Page> => {
  const token = readToken(options.continue ?? '');
  if (token === undefined) return badRequest('continue key is not valid: illegal base64 data or wrong contents');
  const all = store.collection(kind).asOf(token.version, selector.namespace);
  if (all === undefined)
    return expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
    );
  // They are in order, so that the page begins where the first comes that is past the last page.
  const begin = all.findIndex((object) => pathOf(object) > token.after);
  return done(pageOf(kind, begin < 0 ? [] : all.slice(begin), token.version, options.limit, selector));
};

const pageOf = (
  kind: ServedKind,
  objects: readonly KubeObject[],
  version: number,
  limit: number | undefined,
  selector: Selector,
): Page => {
  const matching = selector.isNarrow ? objects.filter(selector.matches) : objects;
  const items = limit === undefined || limit <= 0 ? matching : matching.slice(0, limit);
  const last = items.at(-1);
  const remaining = matching.length - items.length;
  return {
    items: items.map((object) => shownIn(kind, object)),
    resourceVersion: String(version),
    ...(remaining > 0 && last !== undefined && { continue: writeToken({ version, after: pathOf(last) }) }),
    ...(remaining > 0 && !selector.isNarrow && { remaining }),
  };
};

interface Token {
  readonly version: number;
  readonly after: string;
}

const writeToken = ({ version, after }: Token): string => btoa(JSON.stringify([version, after]));

const readToken = (text: string): Token | undefined => {
  try {
    const [version, after] = JSON.parse(atob(text)) as readonly unknown[];
    return typeof version === 'number' && typeof after === 'string' ? { version, after } : undefined;
  } catch {
    return undefined;
  }
};
