/** What a list or watch is about, from the query; numbers that are none are refused as the server refuses them. */
import type { ListOptions, Selection } from '../../core/ports/kube-api.ts';
import type { KubeResource } from '../../core/model/kube-resource.ts';
import {
  type Answer,
  badRequest,
  done,
  forbiddenValue,
  invalid,
  notSupported,
  type Refused,
} from '../../twin/world/status.ts';
import type { KindRequest } from './api-request.ts';

export const selectionOf = ({ query, info }: KindRequest): Answer<Selection> => {
  const labelSelector = query.get('labelSelector') ?? '';
  const asked = query.get('fieldSelector') ?? '';
  // A watch of one object by its path is one of the collection by its name.
  const byName = info.name === undefined ? '' : `metadata.name=${info.name}`;
  const fieldSelector = [asked, byName].filter((part) => part !== '').join(',');
  for (const name of ['limit', 'timeoutSeconds']) {
    const text = query.get(name) ?? '';
    if (text !== '' && !/^[+-]?\d{1,18}$/.test(text))
      return badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  const wrong = versionFault(query, info.verb === 'watch');
  if (wrong !== undefined) return wrong;
  return done({
    ...(info.namespace !== undefined && { namespace: info.namespace }),
    ...(labelSelector !== '' && { labelSelector }),
    ...(fieldSelector !== '' && { fieldSelector }),
  });
};

/** resourceVersion and resourceVersionMatch as k8s.io/apimachinery pkg/apis/meta/internalversion/validation takes them. */
const versionFault = (query: URLSearchParams, isWatch: boolean): Refused | undefined => {
  const version = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  const field = 'resourceVersionMatch';
  if (match !== '' && version === '' && query.get('sendInitialEvents') === null)
    return invalid(LIST_OPTIONS, '', [
      forbiddenValue(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided'),
    ]);
  if (match !== '' && !MATCHES.includes(match))
    return invalid(LIST_OPTIONS, '', [notSupported(field, match, [...MATCHES, ''])]);
  if (version === '' || /^\d{1,19}$/.test(version)) return undefined;
  const why = `resourceVersion: Invalid value: ${JSON.stringify(version)}: strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`;
  // The server has no status of its own for a watch from nowhere.
  return isWatch
    ? { ok: false, status: { code: 500, reason: '', message: why } }
    : badRequest(`invalid resource version: ${why}`);
};

const MATCHES = ['Exact', 'NotOlderThan'];

const LIST_OPTIONS: KubeResource = {
  group: 'meta.k8s.io',
  version: 'v1',
  plural: '',
  kind: 'ListOptions',
  namespaced: false,
};

export const listOptions = (request: KindRequest): Answer<ListOptions> => {
  const selection = selectionOf(request);
  if (!selection.ok) return selection;
  const { query } = request;
  const limit = Number(query.get('limit') ?? 0);
  const token = query.get('continue') ?? '';
  const version = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch');
  return done({
    ...selection.value,
    ...(limit > 0 && { limit }),
    ...(token !== '' && { continue: token }),
    ...(version !== '' && { resourceVersion: version }),
    ...((match === 'Exact' || match === 'NotOlderThan') && { match }),
  });
};
