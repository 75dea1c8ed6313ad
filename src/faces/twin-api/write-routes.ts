/** Requests that change objects: their bodies and options as the server reads them, handed to the world. */
import { digFlag, digList, digNumber, digText, isMap } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { apiVersionOf, type KubeResource } from '../../core/model/kube-resource.ts';
import type {
  ApplyOptions,
  DeleteOptions,
  JsonPatchOperation,
  KubeDraft,
  Patch,
  WriteOptions,
} from '../../core/ports/kube-api.ts';
import { type Answer, badRequest, done, invalid, type Refused, requiredValue } from '../../twin/world/status.ts';
import { type ApiAnswer, faultAnswer, objectAnswer, statusAnswer } from './answer.ts';
import { type ApiRequest, attributesOf, keyOf, type KindRequest, refusalOf } from './api-request.ts';
import { decodeBody, type JsonObject, parseYaml } from './body.ts';
import { cannotUnmarshal, parseJson } from './go-json.ts';
import { oneAnswer } from './list-answer.ts';
import { mediaTypes } from './media-types.ts';
import { isTrue } from './request-info.ts';
import { selectionOf } from './selection-query.ts';

export const createRoute = async (request: KindRequest): Promise<ApiAnswer> => {
  const sent = await sentObject(request);
  if (!sent.ok) return statusAnswer(sent.status);
  const made = await request.api.create(request.kind, sent.value as unknown as KubeDraft, writeOptions(request));
  return made.ok ? oneAnswer(request, made.value, 201) : faultAnswer(made.fault);
};

export const updateRoute = async (request: KindRequest): Promise<ApiAnswer> => {
  const sent = await sentObject(request);
  if (!sent.ok) return statusAnswer(sent.status);
  const { name = '' } = request.info;
  const said = digText(sent.value, 'metadata', 'name') ?? '';
  if (said !== '' && said !== name)
    return statusAnswer(
      badRequest(`the name of the object (${said}) does not match the name on the URL (${name})`).status,
    );
  const named = withMetadata(sent.value, { name }) as unknown as KubeObject;
  const made = await request.api.update(request.kind, named, writeOptions(request));
  return made.ok ? oneAnswer(request, made.value) : faultAnswer(made.fault);
};

export const patchRoute = async (request: KindRequest): Promise<ApiAnswer> => {
  const { api, kind, contentType = '' } = request;
  const [media] = mediaTypes(contentType);
  if (media?.type === 'application/apply-patch+yaml') return applyRoute(request);
  const change = patchOf(media?.type ?? '', request.body);
  if (!change.ok) return statusAnswer(change.status);
  const made = await api.patch(kind, keyOf(request.info), change.value, writeOptions(request));
  return made.ok ? oneAnswer(request, made.value) : faultAnswer(made.fault);
};

const applyRoute = async (request: KindRequest): Promise<ApiAnswer> => {
  const { api, kind, query, info, world } = request;
  const fieldManager = query.get('fieldManager') ?? '';
  if (fieldManager === '') return statusAnswer(invalid(PATCH_OPTIONS, '', [APPLY_NEEDS_MANAGER]).status);
  const parsed = await parseYaml(request.body);
  if (!parsed.ok) return statusAnswer(badRequest(`error decoding YAML: ${parsed.status.message}`).status);
  if (!isMap(parsed.value) || digText(parsed.value, 'kind') === undefined)
    return statusAnswer(badRequest('invalid object type: /, Kind=').status);
  const options: ApplyOptions = { ...writeOptions(request), fieldManager, force: isTrue(query.get('force')) };
  const object = addressed(request, parsed.value) as unknown as KubeObject;
  const before = world.actor('kube-apiserver').get(kind, keyOf(info));
  const made = await api.apply(kind, object, options);
  return made.ok ? oneAnswer(request, made.value, before === undefined ? 201 : 200) : faultAnswer(made.fault);
};

const PATCH_OPTIONS: KubeResource = {
  group: 'meta.k8s.io',
  version: 'v1',
  plural: '',
  kind: 'PatchOptions',
  namespaced: false,
};

const APPLY_NEEDS_MANAGER = requiredValue('fieldManager', 'is required for apply patch');

const PATCHES: Readonly<Record<string, Patch['type']>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
};

const patchOf = (contentType: string, body: Buffer): Answer<Patch> => {
  const type = PATCHES[contentType];
  if (type === undefined) return unsupportedPatchType();
  const parsed = parseJson(body.toString('utf8'));
  // A strategic patch is read by another function, which says less.
  const refuse = (why: string): Refused => badRequest(`${type === 'strategic' ? '' : 'error decoding patch: '}${why}`);
  if (!parsed.ok) return refuse(parsed.status.message);
  const { value } = parsed;
  if (type === 'json')
    return Array.isArray(value) && value.every(isMap)
      ? done({ type, operations: value as unknown as readonly JsonPatchOperation[] })
      : refuse(cannotUnmarshal(value, '[]handlers.jsonPatchOp'));
  return isMap(value) ? done({ type, body: value }) : refuse(cannotUnmarshal(value, 'map[string]interface {}'));
};

const unsupportedPatchType = (): Refused => ({
  ok: false,
  status: { code: 415, reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type', details: {} },
});

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
  const sent = body.length === 0 ? done({}) : await decodeBody(body, contentType, 'DeleteOptions');
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

const writeOptions = ({ query, info, agent }: KindRequest): WriteOptions => {
  const fieldManager = query.get('fieldManager') || managerOfAgent(agent);
  const { subresource } = info;
  return {
    ...(query.get('dryRun') === 'All' && { dryRun: true }),
    fieldManager,
    ...((subresource === 'status' || subresource === 'scale') && { subresource }),
  };
};

/** Who writes without saying so is known by the first word of its User-Agent (k8s.io/apiserver handlers/create.go). */
const managerOfAgent = (agent: string): string => agent.split('/')[0]?.slice(0, 128) || 'unknown';

/** The object in the body, in the namespace of the path, with its type where a built-in kind leaves it out. */
const sentObject = async (request: KindRequest): Promise<Answer<JsonObject>> => {
  const decoded = await decodeBody(request.body, request.contentType, request.kind.kind);
  if (!decoded.ok) return decoded;
  const { namespace } = request.info;
  const said = digText(decoded.value, 'metadata', 'namespace') ?? '';
  if (namespace !== undefined && said !== '' && said !== namespace)
    return badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  return done(addressed(request, decoded.value));
};

const addressed = ({ kind, info }: KindRequest, object: JsonObject): JsonObject => {
  const isTyped = digText(object, 'kind') !== undefined || kind.rules.isCustom;
  const head = isTyped || info.subresource === 'scale' ? {} : { apiVersion: apiVersionOf(kind), kind: kind.kind };
  const { namespace, name } = info;
  return withMetadata(
    { ...head, ...object },
    {
      ...(namespace !== undefined && { namespace }),
      ...(name !== undefined && digText(object, 'metadata', 'name') === undefined && { name }),
    },
  );
};

const withMetadata = (object: JsonObject, more: JsonObject): JsonObject => ({
  ...object,
  metadata: { ...(isMap(object['metadata']) ? object['metadata'] : {}), ...more },
});
