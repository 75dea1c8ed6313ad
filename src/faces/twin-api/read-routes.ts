/** Requests that read objects: one, many, or what becomes of them. */
import { scaleOf } from '../../twin/world/scale.ts';
import { type ApiAnswer, faultAnswer, statusAnswer } from './answer.ts';
import { attributesOf, keyOf, type KindRequest, refusalOf } from './api-request.ts';
import { oneAnswer, pageAnswer } from './list-answer.ts';
import { listOptions, selectionOf } from './selection-query.ts';
import { watchAnswer } from './watch-answer.ts';

export const getRoute = async (request: KindRequest): Promise<ApiAnswer> => {
  const resourceVersion = request.query.get('resourceVersion') ?? '';
  const found = await request.api.get(request.kind, keyOf(request.info), {
    ...(resourceVersion !== '' && { resourceVersion }),
    signal: request.signal,
  });
  return found.ok ? oneAnswer(request, found.value) : faultAnswer(found.fault);
};

/** status and scale: read with a right of their own. */
export const getSubresourceRoute = async (request: KindRequest): Promise<ApiAnswer> => {
  const refusal = await refusalOf(request, attributesOf(request.info));
  if (refusal !== undefined) return statusAnswer(refusal.status);
  const found = await request.world.api().get(request.kind, keyOf(request.info));
  if (!found.ok) return faultAnswer(found.fault);
  return oneAnswer(request, request.info.subresource === 'scale' ? scaleOf(found.value) : found.value);
};

export const listRoute = async (request: KindRequest): Promise<ApiAnswer> => {
  const options = listOptions(request);
  if (!options.ok) return statusAnswer(options.status);
  const page = await request.api.list(request.kind, { ...options.value, signal: request.signal });
  return page.ok ? pageAnswer(request, page.value) : faultAnswer(page.fault);
};

export const watchRoute = async (request: KindRequest): Promise<ApiAnswer> => {
  const selection = selectionOf(request);
  return selection.ok ? watchAnswer(request, selection.value) : statusAnswer(selection.status);
};
