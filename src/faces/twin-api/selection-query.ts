/** What a list or watch is about, from the query; numbers that are none are refused as the server refuses them. */
import type { ListOptions, Selection } from '../../core/ports/kube-api.ts';
import { type Answer, badRequest, done } from '../../twin/world/status.ts';
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
  const version = query.get('resourceVersion') ?? '';
  if (version !== '' && !/^\d{1,19}$/.test(version))
    return badRequest(
      `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(version)}: strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`,
    );
  return done({
    ...(info.namespace !== undefined && { namespace: info.namespace }),
    ...(labelSelector !== '' && { labelSelector }),
    ...(fieldSelector !== '' && { fieldSelector }),
  });
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
