/**
 * A path of the API -> the request that the server makes of it (k8s.io/apiserver pkg/endpoints/request/requestinfo.go):
 * for `kubectl get --raw`, `curl https://kubernetes.default.svc/...`. Paths outside /api and /apis are paths of their own.
 */
import type { AccessAttributes } from '../../ports/kube-api.ts';
import { isUnknown, literal, showName } from './shell-value.ts';
import type { Piece, Value } from './shell-value.ts';

const VERBS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/** Splits at slashes; unknown pieces stay within their part. */
const splitPath = (path: Value): readonly Value[] => {
  const parts: Piece[][] = [[]];
  for (const piece of path) {
    if (isUnknown(piece)) {
      parts.at(-1)?.push(piece);
      continue;
    }
    piece.split('/').forEach((part, at) => {
      if (at > 0) parts.push([]);
      if (part !== '') parts.at(-1)?.push(part);
    });
  }
  return parts.filter((part) => part.length > 0);
};

const cutQuery = (path: Value): { readonly path: Value; readonly query: string } => {
  const at = path.findIndex((piece) => typeof piece === 'string' && piece.includes('?'));
  const piece = path[at];
  if (typeof piece !== 'string') return { path, query: '' };
  const mark = piece.indexOf('?');
  const rest = path.slice(at + 1).map((one) => (isUnknown(one) ? '' : one));
  return { path: [...path.slice(0, at), piece.slice(0, mark)], query: [piece.slice(mark + 1), ...rest].join('') };
};

/** Undefined when the path begins with something unknown, or a part that decides is. */
export const readPath = (method: string, whole: Value): AccessAttributes | undefined => {
  const { path, query } = cutQuery(whole);
  const parts = splitPath(path);
  const [root, ...after] = parts;
  const rootText = root === undefined ? undefined : literal(root);
  if (path[0] === undefined || isUnknown(path[0])) return undefined;
  if (rootText !== 'api' && rootText !== 'apis') {
    const known = literal(path);
    return known === undefined ? undefined : { verb: VERBS[method] ?? 'get', path: known === '' ? '/' : known };
  }
  const group = rootText === 'api' ? '' : literal(after[0] ?? []);
  const rest = after.slice(rootText === 'api' ? 1 : 2);
  const known = literal(path);
  if (rest.length === 0) return known === undefined ? undefined : { verb: VERBS[method] ?? 'get', path: known };
  const scoped =
    literal(rest[0] ?? []) === 'namespaces' &&
    rest.length > 2 &&
    !['status', 'finalize'].includes(literal(rest[2] ?? []) ?? '');
  const [resource, name, subresource] = scoped ? rest.slice(2) : rest;
  const plural = resource === undefined ? undefined : literal(resource);
  const sub = subresource === undefined ? undefined : literal(subresource);
  if (group === undefined || plural === undefined || (subresource !== undefined && sub === undefined)) return undefined;
  const parameters = new Map(query.split('&').map((pair) => pair.split('=', 2) as [string, string | undefined]));
  const watched = /^(?:true|1)$/.test(parameters.get('watch') ?? '');
  const selected = /(?:^|,)metadata\.name(?:=|%3D)([^,&]+)/.exec(decode(query))?.[1];
  const verb =
    method === 'GET' || method === 'HEAD'
      ? name !== undefined
        ? 'get'
        : watched
          ? 'watch'
          : 'list'
      : method === 'DELETE' && name === undefined
        ? 'deletecollection'
        : (VERBS[method] ?? 'get');
  const shownName = name === undefined ? (method === 'GET' ? selected : undefined) : showName(name);
  return {
    verb,
    group,
    resource: plural,
    ...(sub === undefined ? {} : { subresource: sub }),
    ...(scoped ? { namespace: showName(rest[1] ?? []) } : {}),
    ...(shownName === undefined ? {} : { name: shownName }),
  };
};

const decode = (query: string): string => {
  try {
    return decodeURIComponent(query.replaceAll('+', ' '));
  } catch {
    return query;
  }
};
