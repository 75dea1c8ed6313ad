/** URL paths and queries of the Kubernetes API. */
import type { KubeResource } from '../../core/model/kube-resource.ts';
import type { ObjectKey } from '../../core/ports/kube-api.ts';

type QueryValue = string | number | boolean | undefined;

/** `?a=b&c=d`, without what is undefined or false; '' when nothing is left. A list repeats its key. */
export const queryOf = (values: Readonly<Record<string, QueryValue | readonly string[]>>): string => {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'object') for (const one of value) query.append(key, one);
    else query.append(key, String(value));
  }
  return query.size === 0 ? '' : `?${query.toString()}`;
};

export const collectionPath = (kind: KubeResource, namespace?: string): string => {
  const base = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const scope = kind.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${base}${scope}/${kind.plural}`;
};

export const objectPath = (kind: KubeResource, { namespace, name }: ObjectKey, subresource?: string): string => {
  // An empty name would address the whole collection: a delete of it would delete everything.
  if (name === '') throw new Error(`an object of kind ${kind.kind} was addressed without a name`);
  if (kind.namespaced !== (namespace !== undefined && namespace !== ''))
    throw new Error(`${kind.kind} ${name} must ${kind.namespaced ? '' : 'not '}be addressed with a namespace`);
  const path = `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
};
