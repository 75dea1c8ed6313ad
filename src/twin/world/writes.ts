/**
 * create, update and patch: what kube-apiserver makes of what it is sent (k8s.io/apiserver pkg/registry/rest and
 * pkg/endpoints/handlers). applies.ts and deletes.ts go on from here; whether the caller may write at all was asked before.
 */
import { dig, digText, isMap } from '../../core/model/dig.ts';
import type { KubeMetadata, KubeObject } from '../../core/model/kube-object.ts';
import { apiVersionOf, NAMESPACES } from '../../core/model/kube-resource.ts';
import { timestamp } from '../../core/model/timestamp.ts';
import type { KubeDraft, ObjectKey, Patch, WriteOptions } from '../../core/ports/kube-api.ts';
import { HOLLOW } from './apply/built-in-lists.ts';
import { isManaged, type Manager, trackUpdate } from './apply/managed-fields.ts';
import type { ServedKind } from './kind-registry.ts';
import { changeEach, changeMap, NO_TIMES, orDefaults } from './kind-rules.ts';
import { finalizersOf, generatedName, keptMetadata, metadataCauses, newMetadata, newUid } from './object-meta.ts';
import { applyJsonPatch } from './patch/json-patch.ts';
import { applyMergePatch } from './patch/merge-patch.ts';
import { applyStrategicPatch } from './patch/strategic-patch.ts';
import { changeScale, scaleOf } from './scale.ts';
import type { ServerParts } from './server-parts.ts';
import {
  alreadyExists,
  type Answer,
  badRequest,
  conflict,
  done,
  forbidden,
  invalid,
  invalidValue,
  kindAbsent,
  modified,
  notAllowed,
  notFound,
  type Refused,
  unprocessable,
  unreadable,
  unsupportedPatch,
} from './status.ts';
import { asTyped, filledFrom, freezeJson, type JsonMap, sameJson, without } from './stored-value.ts';
import { inStorage, shownIn } from './versions.ts';

export interface WriteCall {
  readonly kind: ServedKind;
  /** For the write log. */
  readonly actor: string;
  readonly options: { readonly [Option in 'dryRun' | 'fieldManager' | 'subresource']: WriteOptions[Option] };
  readonly force?: boolean | undefined;
}

export const create = (parts: ServerParts, call: WriteCall, draft: KubeDraft): Answer<KubeObject> =>
  add(parts, call, draft, 'create');

export const add = (
  parts: ServerParts,
  call: WriteCall,
  draft: KubeDraft,
  verb: 'create' | 'apply',
): Answer<KubeObject> => {
  const { kind } = call;
  const { rules } = kind;
  const wrong = wrongHead(kind, draft) ?? wrongNamespace(parts, kind, draft);
  if (wrong !== undefined) return wrong;
  const { name = '', generateName = '' } = draft.metadata;
  if (name === '' && generateName === '')
    return invalid(kind, '', [
      {
        reason: 'FieldValueRequired',
        message: 'Required value: name or generateName is required',
        field: 'metadata.name',
      },
    ]);
  if (draft.metadata.resourceVersion !== undefined && draft.metadata.resourceVersion !== '')
    return {
      ok: false,
      status: { code: 500, reason: '', message: 'resourceVersion should not be set on objects to be created' },
    };
  const metadata = {
    ...newMetadata(draft.metadata as JsonMap),
    name: name === '' ? generatedName(generateName, parts.random) : name,
    uid: newUid(parts.random),
    creationTimestamp: timestamp(parts.clock.now()),
    ...(rules.countsGeneration !== false && { generation: 1 }),
  } as unknown as KubeMetadata;
  const decoded = rules.complete({ ...typed(kind, draft as KubeObject), metadata });
  // Who wrote what is noted down before the server adds its own.
  const noted = verb === 'apply' ? decoded : tracked(parts, call, zeroOf(kind), decoded);
  const begun = rules.onCreate(noted);
  const causes = [...metadataCauses(begun, undefined, rules), ...rules.validate(begun, undefined)];
  if (causes.length > 0) return invalid(kind, metadata.name, causes);
  if (parts.store.get(kind, metadata.namespace, metadata.name) !== undefined) return alreadyExists(kind, metadata.name);
  if (call.options.dryRun === true) return done(freezeJson(begun));
  const stored = parts.store.put(kind, inStorage(kind, begun), undefined, { actor: call.actor, verb });
  if (call.options.fieldManager === undefined) parts.store.unnoted.add(stored.metadata.uid ?? '');
  return done(stored);
};

export const update = (parts: ServerParts, call: WriteCall, object: KubeObject): Answer<KubeObject> => {
  const { kind } = call;
  const { name, namespace, resourceVersion } = object.metadata;
  const absent = absentSubresource(call) ?? wrongHead(kind, object, call);
  if (absent !== undefined) return absent;
  const before = parts.store.get(kind, namespace, name);
  if (before === undefined)
    return kind.rules.createsOnUpdate && call.options.subresource === undefined
      ? add(parts, call, { ...object, metadata: without(object.metadata, 'resourceVersion') }, 'create')
      : notFound(kind, name);
  if (call.options.subresource === 'scale') return writeScale(parts, call, before, object, 'update');
  const isUnversioned = resourceVersion === undefined || resourceVersion === '';
  if (isUnversioned && kind.rules.needsVersion)
    return invalid(kind, name, [invalidValue('metadata.resourceVersion', 0, 'must be specified for an update')]);
  return replace(parts, call, before, object, 'update');
};

export const patch = (parts: ServerParts, call: WriteCall, key: ObjectKey, change: Patch): Answer<KubeObject> => {
  const { kind } = call;
  const absent = absentSubresource(call);
  if (absent !== undefined) return absent;
  if (change.type === 'strategic' && kind.rules.isCustom) return unsupportedPatch();
  const before = parts.store.get(kind, key.namespace, key.name);
  if (before === undefined) return notFound(kind, key.name);
  const isScale = call.options.subresource === 'scale';
  const target = isScale ? scaleOf(before) : shownIn(kind, before);
  const patched = patchedBy(kind, target, change);
  if (!patched.ok) return patched;
  if (!isMap(patched.value) || !isMap(patched.value['metadata'])) return badRequest('the patch leaves no object');
  const next = patched.value as unknown as KubeObject;
  if (next.metadata.name !== key.name)
    return badRequest(
      `the name of the object (${next.metadata.name}) does not match the name on the URL (${key.name})`,
    );
  return isScale ? writeScale(parts, call, before, next, 'patch') : replace(parts, call, before, next, 'patch');
};

const patchedBy = ({ rules }: ServedKind, target: KubeObject, change: Patch): Answer<unknown> => {
  switch (change.type) {
    case 'merge':
      return done(applyMergePatch(target, change.body));
    case 'strategic': {
      const raw = rules.rawFields.flatMap((field) => Object.keys((change.body[field] ?? {}) as JsonMap))[0];
      if (raw !== undefined)
        return unreadable(`unable to find api field in struct RawExtension for the json field ${JSON.stringify(raw)}`);
      const patched = applyStrategicPatch(target, change.body, rules.replacedMaps);
      return patched.ok ? done(patched.value) : unreadable(patched.because);
    }
    case 'json': {
      const patched = applyJsonPatch(target, change.operations);
      return patched.ok ? done(patched.value) : unprocessable();
    }
  }
};

/** Every write of what is there ends here. `next` is the whole object as the caller would have it. */
export const replace = (
  parts: ServerParts,
  call: WriteCall,
  before: KubeObject,
  sent: KubeObject,
  verb: 'update' | 'patch' | 'apply',
): Answer<KubeObject> => {
  const { kind, options } = call;
  const { rules } = kind;
  const { name, resourceVersion, uid } = sent.metadata;
  if (uid !== undefined && uid !== '' && uid !== before.metadata.uid)
    return conflict(
      kind,
      name,
      `StorageError: invalid object, Code: 4, Key: , ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${before.metadata.uid ?? ''}`,
    );
  if (resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== before.metadata.resourceVersion)
    return modified(kind, name);
  const isStatus = options.subresource === 'status';
  const kept = inStorage(kind, {
    ...typed(kind, sent),
    metadata: keptMetadata(sent.metadata as JsonMap, before.metadata),
  });
  const parted = isStatus ? statusOnly(kind, kept, before) : rules.statusApart ? withStatusOf(kept, before) : kept;
  const completed = rules.complete(parted, before);
  const noted = verb === 'apply' ? completed : tracked(parts, call, before, completed);
  const changed = isStatus ? rules.onStatusUpdate(noted, before) : rules.onUpdate(noted, before);
  const next = isStatus ? changed : withGeneration(kind, changed, before);
  const causes = [
    ...metadataCauses(next, before, rules),
    ...(isStatus && !rules.isCustom ? rules.validateStatus(next) : rules.validate(next, before)),
  ];
  if (causes.length > 0) return invalid(kind, name, causes);
  if (isSameObject(next, before)) return done(shownIn(kind, before));
  if (options.dryRun === true) return done(shownIn(kind, freezeJson(next)));
  const writer = {
    actor: call.actor,
    verb: options.subresource === undefined ? verb : `${verb} ${options.subresource}`,
  };
  if (isFinished(next)) return done(shownIn(kind, parts.store.remove(kind, next, before, writer)));
  return done(shownIn(kind, parts.store.put(kind, next, before, writer)));
};

/** Marked, without finalizers and without time left: the write that brings it there takes it away. */
const isFinished = ({ metadata }: KubeObject): boolean =>
  metadata.deletionTimestamp !== undefined &&
  finalizersOf(metadata).length === 0 &&
  (metadata['deletionGracePeriodSeconds'] === undefined || metadata['deletionGracePeriodSeconds'] === 0);

const writeScale = (
  parts: ServerParts,
  call: WriteCall,
  before: KubeObject,
  scale: KubeObject,
  verb: 'update' | 'patch',
): Answer<KubeObject> => {
  const sent = changeScale(before, scale);
  const { resourceVersion, uid } = scale.metadata;
  const versioned = { ...sent, metadata: { ...sent.metadata, resourceVersion: resourceVersion ?? '', uid: uid ?? '' } };
  const written = replace(parts, call, before, versioned, verb);
  return written.ok ? done(scaleOf(written.value)) : written;
};

const statusOnly = (kind: ServedKind, next: KubeObject, before: KubeObject): KubeObject => {
  const { rules } = kind;
  const metadata = rules.isCustom
    ? { ...before.metadata, ...('managedFields' in next.metadata && { managedFields: next.metadata['managedFields'] }) }
    : withKept(next.metadata, before.metadata, rules.apartFromStatus);
  const { status } = next;
  return status === undefined ? { ...without(before, 'status'), metadata } : { ...before, metadata, status };
};

const withKept = (metadata: KubeMetadata, before: KubeMetadata, fields: readonly string[]): KubeMetadata => {
  if (fields.every((field) => metadata[field] === before[field])) return metadata;
  const old = Object.fromEntries(
    fields.flatMap((field) => (before[field] === undefined ? [] : [[field, before[field]]])),
  );
  return { ...without(metadata, ...fields), ...old };
};

const withStatusOf = (next: KubeObject, before: KubeObject): KubeObject => {
  if (next['status'] === before['status']) return next;
  return before['status'] === undefined ? without(next, 'status') : { ...next, status: before['status'] };
};

const withGeneration = (kind: ServedKind, next: KubeObject, before: KubeObject): KubeObject => {
  const { rules } = kind;
  if (rules.countsGeneration === false) return next;
  const same = rules.isCustom
    ? sameJson(contentOf(next, rules.statusApart), contentOf(before, rules.statusApart))
    : sameJson(next['spec'], before['spec']);
  const isAnnotated =
    rules.countsGeneration === 'with-annotations' && !sameJson(next.metadata.annotations, before.metadata.annotations);
  if (same && !isAnnotated) return next;
  return { ...next, metadata: { ...next.metadata, generation: (before.metadata.generation ?? 0) + 1 } };
};

const contentOf = (object: KubeObject, statusApart: boolean): unknown =>
  without(object, 'metadata', ...(statusApart ? ['status'] : []));

/** Times of ownership alone are no change. */
const isSameObject = (next: KubeObject, before: KubeObject): boolean => {
  for (const key in next) if (key !== 'metadata' && !sameJson(next[key], before[key])) return false;
  for (const key in before) if (next[key] === undefined && before[key] !== undefined) return false;
  return next.metadata === before.metadata || sameJson(timeless(next), timeless(before));
};

const timeless = ({ metadata }: KubeObject): unknown => {
  const entries = metadata['managedFields'];
  return Array.isArray(entries)
    ? { ...metadata, managedFields: entries.map((entry: JsonMap) => without(entry, 'time')) }
    : metadata;
};

export const managerOf = (
  kind: ServedKind,
  name: string,
  operation: Manager['operation'],
  subresource: string | undefined,
): Manager => ({ name, operation, apiVersion: apiVersionOf(kind), ...(subresource !== undefined && { subresource }) });

/**
 * Ownership is kept where the writer says who he is, and from then on. What actors write without a name is as good as
 * written before anybody was noted down, and costs nothing. Of an object that was noted down from the beginning and now is
 * nobody's, the server notes nothing down until somebody applies (fieldmanager/internal/skipnonapplied.go).
 */
const tracked = (
  parts: ServerParts,
  { kind, options }: WriteCall,
  before: KubeObject,
  next: KubeObject,
): KubeObject => {
  const { fieldManager, subresource } = options;
  const { uid } = before.metadata;
  const isNew = uid === undefined;
  if (!isManaged(before) && (fieldManager === undefined || !(isNew || parts.store.unnoted.has(uid)))) return next;
  const by = managerOf(kind, fieldManager ?? 'unknown', 'Update', subresource);
  return trackUpdate(kind.rules.shape, before, next, by, timestamp(parts.clock.now()));
};

export const zeroOf = (kind: ServedKind): KubeObject => ({
  apiVersion: apiVersionOf(kind),
  kind: kind.kind,
  metadata: { name: '' },
  ...kind.rules.zero,
});

/** As the server decodes it and its storage keeps it. Custom resources are kept as they are sent. */
export const typed = ({ rules }: ServedKind, object: KubeObject): KubeObject => {
  if (rules.isCustom) return object;
  const kept = filledFrom(rules.zero, asTyped(object, HOLLOW) as JsonMap) as unknown as KubeObject;
  const decoded = rules.conditionTimes === NO_TIMES ? kept : withConditionTimes(kept, rules.conditionTimes);
  const raw = rules.rawFields.filter((field) => object[field] !== undefined);
  return raw.length === 0 ? decoded : { ...decoded, ...Object.fromEntries(raw.map((field) => [field, object[field]])) };
};

const withConditionTimes = (object: KubeObject, times: JsonMap): KubeObject => {
  const conditions = dig(object, 'status', 'conditions');
  // What is frozen was stored like this, the list or some of its entries.
  if (!Array.isArray(conditions) || Object.isFrozen(conditions)) return object;
  return changeMap(object, 'status', (status) =>
    changeEach(status, 'conditions', (condition) =>
      Object.isFrozen(condition) ? condition : orDefaults(condition, times),
    ),
  ) as KubeObject;
};

export const absentSubresource = ({ kind, options }: WriteCall): Refused | undefined =>
  options.subresource === undefined || kind.subresources.includes(options.subresource) ? undefined : kindAbsent();

export const wrongHead = (kind: ServedKind, object: KubeDraft, call?: WriteCall): Refused | undefined => {
  if (call?.options.subresource === 'scale') return undefined;
  if (object.apiVersion !== apiVersionOf(kind))
    return badRequest(
      `the API version in the data (${object.apiVersion}) does not match the expected API version (${apiVersionOf(kind)})`,
    );
  return object.kind === kind.kind
    ? undefined
    : badRequest(`${object.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}`);
};

const wrongNamespace = (parts: ServerParts, kind: ServedKind, { metadata }: KubeDraft): Refused | undefined => {
  const { namespace, name = '' } = metadata;
  if (!kind.namespaced) return undefined;
  if (namespace === undefined) return notAllowed();
  const home = parts.store.get(NAMESPACES, undefined, namespace);
  if (home === undefined) return notFound(NAMESPACES, namespace);
  if (digText(home, 'status', 'phase') !== 'Terminating') return undefined;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  return forbidden(kind, name, why, [
    {
      reason: 'NamespaceTerminating',
      message: `namespace ${namespace} is being terminated`,
      field: 'metadata.namespace',
    },
  ]);
};
