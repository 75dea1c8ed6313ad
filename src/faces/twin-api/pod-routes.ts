/** What is asked of one pod beyond its object: its log, its eviction, its node. Commands in it are exec-socket.ts. */
import { digText } from '../../core/model/dig.ts';
import type { LogOptions } from '../../core/ports/kube-api.ts';
import { badRequest } from '../../twin/world/status.ts';
import { type ApiAnswer, faultAnswer, objectAnswer, statusAnswer, textAnswer } from './answer.ts';
import { attributesOf, type KindRequest, namespacedKeyOf, refusalOf } from './api-request.ts';
import { decodeBody } from './body.ts';
import { isTrue } from './request-info.ts';
import { readDeleteOptions } from './delete-routes.ts';

const SUCCESS = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };

/** How often a log that is followed is looked at, in real time. */
const FOLLOW_MS = 200;

export const logRoute = async (request: KindRequest): Promise<ApiAnswer> => {
  const { api, query, info } = request;
  const options = logOptions(query);
  const text = await api.logs(namespacedKeyOf(info), options);
  if (!text.ok) return faultAnswer(text.fault);
  return isTrue(query.get('follow'))
    ? { kind: 'stream', contentType: 'text/plain', chunks: followed(request, text.value) }
    : textAnswer(text.value, 200);
};

/** What is written from now on, until the pod is gone, its container begins anew, or nobody listens. */
async function* followed(request: KindRequest, first: string): AsyncGenerator<string> {
  const { api, info, query, signal } = request;
  yield first;
  const { tailLines: _tail, limitBytes: _limit, ...whole } = logOptions(query);
  const begin = await api.logs(namespacedKeyOf(info), whole);
  let length = begin.ok ? begin.value.length : 0;
  while (!signal.aborted) {
    await new Promise((done) => setTimeout(done, FOLLOW_MS));
    const now = await api.logs(namespacedKeyOf(info), whole);
    if (!now.ok || now.value.length < length) return;
    if (now.value.length > length) yield now.value.slice(length);
    length = now.value.length;
  }
}

const logOptions = (query: URLSearchParams): LogOptions => {
  const container = query.get('container') ?? '';
  const number = (name: string): number | undefined => {
    const text = query.get(name) ?? '';
    return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  };
  const [tailLines, sinceSeconds, limitBytes] = ['tailLines', 'sinceSeconds', 'limitBytes'].map(number);
  return {
    ...(container !== '' && { container }),
    ...(isTrue(query.get('previous')) && { previous: true }),
    ...(isTrue(query.get('timestamps')) && { timestamps: true }),
    ...(tailLines !== undefined && { tailLines }),
    ...(sinceSeconds !== undefined && { sinceSeconds }),
    ...(limitBytes !== undefined && { limitBytes }),
  };
};

export const evictionRoute = async (request: KindRequest): Promise<ApiAnswer> => {
  const sent = await decodeBody(request.body, request.contentType, 'Eviction');
  if (!sent.ok) return statusAnswer(sent.status);
  const { propagation: _propagation, ...options } = readDeleteOptions(sent.value['deleteOptions'], request.query);
  const evicted = await request.api.evict(namespacedKeyOf(request.info), options);
  return evicted.ok ? objectAnswer(SUCCESS, 201) : faultAnswer(evicted.fault);
};

export const bindingRoute = async (request: KindRequest): Promise<ApiAnswer> => {
  const sent = await decodeBody(request.body, request.contentType, 'Binding');
  if (!sent.ok) return statusAnswer(sent.status);
  const refusal = await refusalOf(request, attributesOf(request.info));
  if (refusal !== undefined) return statusAnswer(refusal.status);
  const node = digText(sent.value, 'target', 'name') ?? '';
  if (node === '') return statusAnswer(badRequest('target.name: Required value').status);
  const bound = request.world.actor(request.user.username).bind(namespacedKeyOf(request.info), node);
  return bound.ok ? objectAnswer(SUCCESS, 201) : faultAnswer(bound.fault);
};
