/** Requests that delete one object or many, with the options that a body and a query may both name. */
import { digFlag, digList, digNumber, digText } from '../../core/model/dig.ts';
import { apiVersionOf } from '../../core/model/kube-resource.ts';
import type { DeleteOptions } from '../../core/ports/kube-api.ts';
import { type Answer, badRequest, done } from '../../twin/world/status.ts';
import { type ApiAnswer, faultAnswer, objectAnswer, statusAnswer } from './answer.ts';
import { type ApiRequest, attributesOf, keyOf, type KindRequest, refusalOf } from './api-request.ts';
import { decodeBody } from './body.ts';
import { oneAnswer } from './list-answer.ts';
import { selectionOf } from './selection-query.ts';

export const deleteRoute = async (request: KindRequest): Promise<ApiAnswer> => {
  const options = await deleteOptions(request);
  if (!options.ok) return statusAnswer(options.status);
  const { api, kind, info } = request;
  const gone = await api.delete(kind, keyOf(info), options.value);
  if (!gone.ok) return faultAnswer(gone.fault);
  const { object } = gone.value;
  if (object !== undefined && (!gone.value.gone || kind.plural === 'pods')) return oneAnswer(request, object);
  return objectAnswer({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: info.name,
      ...(kind.group !== '' && { group: kind.group }),
      kind: kind.plural,
      uid: object?.metadata.uid,
    },
  });
};

/** Each of the collection, one after the other, as the server does it; what went in the meantime does not matter. */
export const deleteCollectionRoute = async (request: KindRequest): Promise<ApiAnswer> => {
  const { kind, info, world } = request;
  const options = await deleteOptions(request);
  if (!options.ok) return statusAnswer(options.status);
  const selection = selectionOf(request);
  if (!selection.ok) return statusAnswer(selection.status);
  const refusal = await refusalOf(request, attributesOf(info));
  if (refusal !== undefined) return statusAnswer(refusal.status);
  const page = await world.api().list(kind, selection.value);
  if (!page.ok) return faultAnswer(page.fault);
  for (const { metadata } of page.value.items) {
    const { name, namespace } = metadata;
    const gone = await world.api().delete(kind, { name, ...(namespace !== undefined && { namespace }) }, options.value);
    if (!gone.ok && gone.fault.code !== 'kube-not-found') return faultAnswer(gone.fault);
  }
  return objectAnswer({
    kind: `${kind.kind}List`,
    apiVersion: apiVersionOf(kind),
    metadata: { resourceVersion: page.value.resourceVersion },
    items: page.value.items,
  });
};

/** The body and the query may both say how to delete; the query is what `kubectl --raw` users write. */
const deleteOptions = async (request: ApiRequest): Promise<Answer<DeleteOptions>> => {
  const { query, body, contentType } = request;
  const sent = body.length === 0 ? done({}) : await decodeBody(body, contentType);
  return sent.ok ? done(readDeleteOptions(sent.value, query)) : badRequest(sent.status.message);
};

export const readDeleteOptions = (sent: unknown, query: URLSearchParams): DeleteOptions => {
  const propagation = digText(sent, 'propagationPolicy') ?? query.get('propagationPolicy') ?? '';
  const grace = digNumber(sent, 'gracePeriodSeconds') ?? numberIn(query.get('gracePeriodSeconds'));
  const uid = digText(sent, 'preconditions', 'uid');
  const resourceVersion = digText(sent, 'preconditions', 'resourceVersion');
  const dryRun = digList(sent, 'dryRun').includes('All') || query.get('dryRun') === 'All';
  const orphans = digFlag(sent, 'orphanDependents') === true;
  return {
    ...(isPropagation(propagation) && { propagation }),
    ...(orphans && { propagation: 'Orphan' as const }),
    ...(grace !== undefined && { graceSeconds: grace }),
    ...(dryRun && { dryRun }),
    ...((uid !== undefined || resourceVersion !== undefined) && {
      preconditions: { ...(uid !== undefined && { uid }), ...(resourceVersion !== undefined && { resourceVersion }) },
    }),
  };
};

const isPropagation = (text: string): text is 'Orphan' | 'Background' | 'Foreground' =>
  text === 'Orphan' || text === 'Background' || text === 'Foreground';

const numberIn = (text: string | null): number | undefined => {
  const number = Number(text ?? '');
  return text !== null && text !== '' && Number.isFinite(number) ? number : undefined;
};
