/**
 * What a method and a path ask for, as kube-apiserver's own RequestInfo has it (k8s.io/apiserver
 * pkg/endpoints/request/requestinfo.go). Whether such a thing exists is left to whoever answers.
 */

export interface ResourceInfo {
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; undefined for other methods. */
  readonly verb: string | undefined;
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** Of a namespace itself; everything else behind `/namespaces/x/` lies in that namespace. */
const NAMESPACE_SUBRESOURCES: ReadonlySet<string> = new Set(['status', 'finalize']);

/** Undefined for paths outside the resources: discovery, health, version. */
export const resourceInfo = (method: string, path: string, query: URLSearchParams): ResourceInfo | undefined => {
  const parts = path.split('/').slice(1).map(decoded);
  const [root = '', ...rest] = parts;
  const [group = '', version = '', ...below] = root === 'api' ? ['', ...rest] : root === 'apis' ? rest : [];
  if (version === '' || below.length === 0 || below[0] === '') return undefined;
  const place = placeOf(below);
  return place === undefined ? undefined : { verb: verbOf(method, place.name, query), group, version, ...place };
};

/** Undefined also for what goes deeper than any resource does. */
const placeOf = (below: readonly string[]): Omit<ResourceInfo, 'verb' | 'group' | 'version'> | undefined => {
  const [first = '', second = '', third = ''] = below;
  const isInside = first === 'namespaces' && below.length > 2 && !NAMESPACE_SUBRESOURCES.has(third);
  const [plural = '', name = '', subresource = '', ...more] = isInside ? below.slice(2) : below;
  if (more.length > 0) return undefined;
  const namespace = isInside ? second : '';
  return {
    plural,
    ...(namespace !== '' && { namespace }),
    ...(name !== '' && { name }),
    ...(subresource !== '' && { subresource }),
  };
};

const VERBS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch' };

const verbOf = (method: string, name: string | undefined, query: URLSearchParams): string | undefined => {
  if (method === 'GET') return isTrue(query.get('watch')) ? 'watch' : name === undefined ? 'list' : 'get';
  if (method === 'DELETE') return name === undefined ? 'deletecollection' : 'delete';
  return VERBS[method];
};

/** As Go reads a flag of a query: present without a value counts, `false` and `0` do not. */
export const isTrue = (value: string | null): boolean => value !== null && value !== 'false' && value !== '0';

/** What cannot be decoded is taken as it stands: no object has such a name. */
const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};
