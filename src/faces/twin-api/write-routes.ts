/** Requests that write objects: their bodies and options as the server reads them, handed to the world. */
import { digText, isMap } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { apiVersionOf, type KubeResource } from '../../core/model/kube-resource.ts';
import type { ApplyOptions, JsonPatchOperation, KubeDraft, Patch, WriteOptions } from '../../core/ports/kube-api.ts';
import { type Answer, badRequest, done, invalid, type Refused, requiredValue } from '../../twin/world/status.ts';
import { type ApiAnswer, faultAnswer, statusAnswer } from './answer.ts';
import { keyOf, type KindRequest } from './api-request.ts';
import { applyFault, headTypeFault, objectFault, patchFault } from './body-fault.ts';
import { decodeBody, type JsonObject, parseYaml } from './body.ts';
import { cannotUnmarshal, parseJson } from './go-json.ts';
import { oneAnswer } from './list-answer.ts';
import { mediaTypes } from './media-types.ts';
import { isTrue } from './request-info.ts';

export const createRoute = async (request: KindRequest): Promise<ApiAnswer> => {
  const sent = await sentObject(request);
  if (!sent.ok) return statusAnswer(sent.status);
  const made = await request.api.create(request.kind, sent.value as unknown as KubeDraft, writeOptions(request));
  return made.ok ? oneAnswer(request, made.value, 201) : faultAnswer(made.fault);
};

export const updateRoute = async (request: KindRequest): Promise<ApiAnswer> => {
  const sent = await sentObject(request);
  if (!sent.ok) return statusAnswer(sent.status);
  const other = otherName(request, sent.value);
  if (other !== undefined) return statusAnswer(other.status);
  const named = addressed(request, sent.value) as unknown as KubeObject;
  const made = await request.api.update(request.kind, named, writeOptions(request));
  return made.ok ? oneAnswer(request, made.value) : faultAnswer(made.fault);
};

export const patchRoute = async (request: KindRequest): Promise<ApiAnswer> => {
  const { api, kind, contentType = '' } = request;
  const [media] = mediaTypes(contentType);
  if (media?.type === 'application/apply-patch+yaml') return applyRoute(request);
  const change = patchOf(media?.type ?? '', request.body);
  if (!change.ok) return statusAnswer(change.status);
  const fault = patchFault(request, change.value);
  if (fault !== undefined) return statusAnswer(fault.status);
  const made = await api.patch(kind, keyOf(request.info), keepingHead(change.value), writeOptions(request));
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
  const fault =
    headTypeFault(request, parsed.value) ?? otherName(request, parsed.value) ?? applyFault(request, parsed.value);
  if (fault !== undefined) return statusAnswer(fault.status);
  const options: ApplyOptions = { ...writeOptions(request), fieldManager, force: isTrue(query.get('force')) };
  const object = addressed(request, parsed.value) as unknown as KubeObject;
  const before = world.actor('kube-apiserver').get(kind, keyOf(info));
  const made = await api.apply(kind, object, options);
  return made.ok ? oneAnswer(request, made.value, before === undefined ? 201 : 200) : faultAnswer(made.fault);
};

const otherName = ({ info: { name = '' } }: KindRequest, sent: JsonObject): Refused | undefined => {
  const said = digText(sent, 'metadata', 'name') ?? '';
  return said === '' || said === name
    ? undefined
    : badRequest(`the name of the object (${said}) does not match the name on the URL (${name})`);
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
  if (type === 'json') {
    if (!Array.isArray(value) || !value.every(isMap)) return refuse(cannotUnmarshal(value, '[]handlers.jsonPatchOp'));
    const wrong = value.find(({ op, path }) => typeof op !== 'string' || typeof path !== 'string');
    return wrong === undefined
      ? done({ type, operations: value as unknown as readonly JsonPatchOperation[] })
      : refuse(cannotUnmarshal(wrong, 'handlers.jsonPatchOp'));
  }
  return isMap(value) ? done({ type, body: value }) : refuse(cannotUnmarshal(value, 'map[string]interface {}'));
};

/** An object stays of its kind: what takes its head away is passed over, as the server fills it in again. */
const keepingHead = (change: Patch): Patch => {
  if (change.type === 'json')
    return {
      ...change,
      operations: change.operations.filter(
        ({ op, path }) => !(op === 'remove' && /^\/(?:kind|apiVersion)$/.test(path)),
      ),
    };
  const isHead = ([key, value]: [string, unknown]): boolean =>
    (key === 'kind' || key === 'apiVersion') && (value === null || change.type === 'strategic');
  return { ...change, body: Object.fromEntries(Object.entries(change.body).filter((entry) => !isHead(entry))) };
};

const unsupportedPatchType = (): Refused => ({
  ok: false,
  status: { code: 415, reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type', details: {} },
});

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
  const fault = objectFault(request, decoded.value);
  if (fault !== undefined) return fault;
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
      ...(name !== undefined && (digText(object, 'metadata', 'name') ?? '') === '' && { name }),
    },
  );
};

/** Nulls are no fields of the metadata, whatever the kind. */
const withMetadata = (object: JsonObject, more: JsonObject): JsonObject => {
  const sent = Object.entries(isMap(object['metadata']) ? object['metadata'] : {});
  return { ...object, metadata: { ...Object.fromEntries(sent.filter(([, value]) => value !== null)), ...more } };
};
