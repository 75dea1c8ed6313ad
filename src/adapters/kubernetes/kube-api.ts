/**
 * KubeApi over one connection: each verb as the request that kube-apiserver expects, each answer as the port has it.
 * Transport, log-in and the meaning of failures are left to connection.ts and fault-of.ts.
 */
import { dig, digFlag, digList, digMap, digNumber, digText, isMap } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { apiVersionOf, collectionWords, type KubeResource, objectWords, PODS } from '../../core/model/kube-resource.ts';
import type {
  AccessAttributes,
  AccessVerdict,
  CallOptions,
  KubeApi,
  ObjectKey,
  Page,
  Patch,
  Selection,
  UserInfo,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from '../../core/ports/kube-api.ts';
import type { KubeResult } from '../../core/ports/kube-fault.ts';
import type { Connection, Request } from './connection.ts';
import { discover } from './discovery.ts';
import { execInPod } from './exec.ts';
import { brokenAnswer } from './fault-of.ts';
import { reasonOf } from './http-exchange.ts';
import { collectionPath, objectPath, queryOf } from './paths.ts';
import { readWatch } from './watch-stream.ts';

export const kubeApi = (connection: Connection): KubeApi => {
  const { where } = connection;

  const object = async (request: Request): Promise<KubeResult<KubeObject>> => {
    const answer = await connection.json(request);
    if (!answer.ok || isMap(answer.value)) return answer as KubeResult<KubeObject>;
    return { ok: false, fault: brokenAnswer({ what: request.what, where }, 'it is no object') };
  };

  const review = async (
    what: string,
    path: string,
    spec: object,
    options?: CallOptions,
  ): Promise<KubeResult<unknown>> => {
    const [, , group = '', version = '', plural = ''] = path.split('/');
    const body = { apiVersion: `${group}/${version}`, kind: REVIEW_KINDS[plural], spec };
    const answer = await connection.json({ what, method: 'POST', path, body, signal: options?.signal });
    return answer.ok ? { ok: true, value: dig(answer.value, 'status') } : answer;
  };

  return {
    where,

    version: async (options) => {
      const answer = await connection.json({ what: 'read the version', path: '/version', signal: options?.signal });
      if (!answer.ok) return answer;
      const version = digText(answer.value, 'gitVersion');
      if (version !== undefined) return { ok: true, value: version };
      return { ok: false, fault: brokenAnswer({ what: 'read the version', where }, 'it has no gitVersion') };
    },

    discover: (options) => discover(connection, options?.signal),

    get: (kind, key, options) =>
      object({
        what: `get ${objectWords(kind, key)}`,
        path: objectPath(kind, key) + queryOf({ resourceVersion: options?.resourceVersion }),
        signal: options?.signal,
      }),

    list: async (kind, options = {}) => {
      const what = `list ${collectionWords(kind, options)}`;
      const query = queryOf({
        ...selectionQuery(options),
        limit: options.limit,
        continue: options.continue,
        resourceVersion: options.resourceVersion,
        resourceVersionMatch: options.match,
      });
      const path = collectionPath(kind, options.namespace) + query;
      const answer = await connection.json({ what, path, signal: options.signal });
      if (!answer.ok) return answer;
      const page = pageOf(kind, answer.value);
      return page === undefined
        ? { ok: false, fault: brokenAnswer({ what, where }, 'it is no list') }
        : { ok: true, value: page };
    },

    watch: (kind, options = {}) => watch(connection, kind, options),

    create: (kind, draft, options) =>
      object({
        what: `create ${objectWords(kind, draft.metadata)}`,
        method: 'POST',
        path: collectionPath(kind, draft.metadata.namespace) + writeQuery(options),
        body: draft,
        signal: options?.signal,
      }),

    update: (kind, body, options) =>
      object({
        what: `update ${objectWords(kind, body.metadata)}`,
        method: 'PUT',
        path: objectPath(kind, keyOf(body), options?.subresource) + writeQuery(options),
        body,
        signal: options?.signal,
      }),

    apply: (kind, body, options) =>
      object({
        what: `apply ${objectWords(kind, body.metadata)}`,
        method: 'PATCH',
        path: objectPath(kind, keyOf(body), options.subresource) + writeQuery(options, { force: options.force }),
        body,
        contentType: 'application/apply-patch+yaml',
        signal: options.signal,
      }),

    patch: (kind, key, patch, options) =>
      object({
        what: `patch ${objectWords(kind, key)}`,
        method: 'PATCH',
        path: objectPath(kind, key, options?.subresource) + writeQuery(options),
        body: patch.type === 'json' ? patch.operations : patch.body,
        contentType: PATCH_TYPES[patch.type],
        signal: options?.signal,
      }),

    delete: async (kind, key, options) => {
      const answer = await object({
        what: `delete ${objectWords(kind, key)}`,
        method: 'DELETE',
        path: objectPath(kind, key),
        body: deleteOptions(options, options?.propagation),
        signal: options?.signal,
      });
      if (!answer.ok) return answer;
      const left = answer.value;
      return { ok: true, value: left.kind === 'Status' ? { gone: true } : { gone: isGone(left), object: left } };
    },

    evict: async (pod, options) => {
      const answer = await connection.json({
        what: `evict ${objectWords(PODS, pod)}`,
        method: 'POST',
        path: objectPath(PODS, pod, 'eviction'),
        body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: pod, deleteOptions: deleteOptions(options) },
        signal: options?.signal,
      });
      return answer.ok ? { ok: true, value: undefined } : answer;
    },

    canI: async (attributes, options) => {
      const status = await review(`ask whether we may ${words(attributes)}`, SELF_ACCESS, access(attributes), options);
      return status.ok ? { ok: true, value: verdictOf(status.value) } : status;
    },

    can: async (who, attributes, options) => {
      const spec = { user: who.username, uid: who.uid, groups: who.groups, ...access(attributes) };
      const status = await review(`ask whether ${who.username} may ${words(attributes)}`, ACCESS, spec, options);
      return status.ok ? { ok: true, value: verdictOf(status.value) } : status;
    },

    whoAmI: async (options) => {
      const status = await review('ask who we are', SELF_SUBJECT, {}, options);
      return status.ok ? { ok: true, value: userOf(dig(status.value, 'userInfo')) } : status;
    },

    logs: (pod, options = {}) =>
      connection.text({
        what: `read the log of ${objectWords(PODS, pod)}`,
        path:
          objectPath(PODS, pod, 'log') +
          queryOf({
            container: options.container,
            previous: options.previous,
            tailLines: options.tailLines,
            sinceSeconds: options.sinceSeconds,
            limitBytes: options.limitBytes,
            timestamps: options.timestamps,
          }),
        accept: '*/*',
        signal: options.signal,
      }),

    exec: (pod, command, options) => execInPod(connection, pod, command, options),
  };
};

const SELF_ACCESS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const ACCESS = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
const SELF_SUBJECT = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const REVIEW_KINDS: Readonly<Record<string, string>> = {
  selfsubjectaccessreviews: 'SelfSubjectAccessReview',
  subjectaccessreviews: 'SubjectAccessReview',
  selfsubjectreviews: 'SelfSubjectReview',
};

const PATCH_TYPES: Readonly<Record<Patch['type'], string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

async function* watch(connection: Connection, kind: KubeResource, options: WatchOptions): AsyncGenerator<WatchEvent> {
  const asked = { what: `watch ${collectionWords(kind, options)}`, where: connection.where };
  const query = queryOf({
    ...selectionQuery(options),
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion: options.resourceVersion,
    timeoutSeconds: options.timeoutSeconds,
    ...(options.initialEvents === true && { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' }),
  });
  const path = collectionPath(kind, options.namespace) + query;
  const stream = await connection.open({ what: asked.what, path, signal: options.signal });
  if (!stream.ok) {
    yield { type: 'FAILED', fault: stream.fault };
    return;
  }
  for await (const event of readWatch(stream.value, asked, options.omitManagedFields)) {
    if (options.signal?.aborted === true) throw reasonOf(options.signal);
    yield event;
  }
}

const keyOf = ({ metadata: { name, namespace } }: KubeObject): ObjectKey => ({
  name,
  ...(namespace !== undefined && { namespace }),
});

const selectionQuery = ({ labelSelector, fieldSelector }: Selection): Record<string, string | undefined> => ({
  labelSelector,
  fieldSelector,
});

const writeQuery = (options?: WriteOptions, more: Readonly<Record<string, boolean | undefined>> = {}): string =>
  queryOf({ fieldManager: options?.fieldManager, dryRun: options?.dryRun === true ? 'All' : undefined, ...more });

const deleteOptions = (
  options: Parameters<KubeApi['evict']>[1],
  propagation?: 'Orphan' | 'Background' | 'Foreground',
): unknown => ({
  apiVersion: 'v1',
  kind: 'DeleteOptions',
  ...(options?.preconditions !== undefined && { preconditions: options.preconditions }),
  ...(propagation !== undefined && { propagationPolicy: propagation }),
  ...(options?.graceSeconds !== undefined && { gracePeriodSeconds: options.graceSeconds }),
  ...(options?.dryRun === true && { dryRun: ['All'] }),
});

/**
 * A delete is answered with the object as it was last: marked and waiting, or already gone, as pods are when they are
 * deleted with no grace left. Nothing waits without grace and without finalizers.
 */
const isGone = (left: KubeObject): boolean =>
  digText(left, 'metadata', 'deletionTimestamp') === undefined ||
  (digNumber(left, 'metadata', 'deletionGracePeriodSeconds') === 0 &&
    digList(left, 'metadata', 'finalizers').length === 0);

/** Undefined when it is no list. Items of built-in kinds come without apiVersion and kind. */
const pageOf = (kind: KubeResource, list: unknown): Page | undefined => {
  const items = dig(list, 'items');
  const resourceVersion = digText(list, 'metadata', 'resourceVersion');
  if (resourceVersion === undefined || !(Array.isArray(items) || items === null)) return undefined;
  const head = { apiVersion: apiVersionOf(kind), kind: kind.kind };
  const next = digText(list, 'metadata', 'continue') ?? '';
  const remaining = digNumber(list, 'metadata', 'remainingItemCount');
  return {
    items: (items ?? []).map((item: unknown) => ({ ...head, ...digMap(item) }) as KubeObject),
    resourceVersion,
    ...(next !== '' && { continue: next }),
    ...(remaining !== undefined && { remaining }),
  };
};

const access = (attributes: AccessAttributes): object =>
  'path' in attributes ? { nonResourceAttributes: attributes } : { resourceAttributes: attributes };

const words = (attributes: AccessAttributes): string => {
  if ('path' in attributes) return `${attributes.verb} ${attributes.path}`;
  const { verb, group, resource, subresource, namespace } = attributes;
  const what = `${resource}${subresource === undefined ? '' : `/${subresource}`}${group === '' ? '' : `.${group}`}`;
  return `${verb} ${what}${namespace === undefined ? '' : ` in namespace ${namespace}`}`;
};

const verdictOf = (status: unknown): AccessVerdict => ({
  allowed: digFlag(status, 'allowed') ?? false,
  denied: digFlag(status, 'denied') ?? false,
  reason: digText(status, 'reason') ?? '',
});

const userOf = (info: unknown): UserInfo => {
  const uid = digText(info, 'uid');
  return {
    username: digText(info, 'username') ?? '',
    ...(uid !== undefined && { uid }),
    groups: digList(info, 'groups').filter((group) => typeof group === 'string'),
  };
};
