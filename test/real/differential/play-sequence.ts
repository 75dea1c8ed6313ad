/** Plays a sequence of writes on one API, and tells each answer without what is drawn by the server: uids, versions, times. */
import type { KubeObject } from '../../../src/core/model/kube-object.ts';
import { apiVersionOf } from '../../../src/core/model/kube-resource.ts';
import type { KubeApi, KubeDraft, ObjectKey } from '../../../src/core/ports/kube-api.ts';
import type { KubeResult } from '../../../src/core/ports/kube-fault.ts';
import { type Change, type Sequence, setAt, type Write } from './write-sequences.ts';
import type { Body, WrittenKind } from './written-kinds.ts';

const NAMESPACE = 'default';
const WRONG_UID = '99999999-9999-4999-8999-999999999999';

export interface Told {
  /** `ok`, or the code with status and reason of the refusal. */
  readonly answer: string;
  /** The server's words, which are shown and not compared. */
  readonly words?: string;
  readonly object?: unknown;
  /** Of the stored object, after the write: none there, as it was, or a newer version. */
  readonly stored: 'none' | 'same' | 'newer';
}

export const playSequence = async (
  api: KubeApi,
  { kind, writes }: Sequence,
  prefix: string,
): Promise<readonly Told[]> => {
  const told: Told[] = [];
  const versions = new Map<string, readonly string[]>();
  for (const write of writes) {
    const key = keyOf(kind, `${prefix}-${write.name}`);
    const before = await read(api, kind, key);
    const past = versions.get(key.name) ?? [];
    const answer = await play(api, { kind, write, key, before, stale: past.at(-2) });
    const after = await read(api, kind, key);
    const version = after?.metadata.resourceVersion;
    if (version !== undefined && version !== past.at(-1)) versions.set(key.name, [...past, version]);
    told.push({
      ...tell(answer),
      stored: after === undefined ? 'none' : version === before?.metadata.resourceVersion ? 'same' : 'newer',
      // What a delete answers differs by kind; what is left of the object is what counts.
      ...(after !== undefined && { object: plain(after) }),
    });
  }
  return told;
};

const keyOf = ({ resource }: WrittenKind, name: string): ObjectKey =>
  resource.namespaced ? { name, namespace: NAMESPACE } : { name };

const read = async (api: KubeApi, { resource }: WrittenKind, key: ObjectKey): Promise<KubeObject | undefined> => {
  const found = await api.get(resource, key);
  if (found.ok) return found.value;
  if (found.fault.code === 'kube-not-found') return undefined;
  throw new Error(found.fault.message);
};

interface Move {
  readonly kind: WrittenKind;
  readonly write: Write;
  readonly key: ObjectKey;
  readonly before: KubeObject | undefined;
  /** A version that is no longer the newest, where there was one. */
  readonly stale: string | undefined;
}

const play = (api: KubeApi, move: Move): Promise<KubeResult<unknown>> => {
  const { kind, write, key, before } = move;
  const { resource } = kind;
  switch (write.do) {
    case 'create':
      return api.create(resource, changed(head(kind, key, kind.base), write.changes) as KubeDraft, write.options);
    case 'update':
      return api.update(resource, updated(move, write), write.options);
    case 'patch':
      return api.patch(resource, key, write.patch, write.options);
    case 'apply': {
      const { fieldManager = 'one', ...options } = write.options;
      const object = changed(head(kind, key, write.whole ? kind.base : {}), write.changes);
      return api.apply(resource, object, { ...options, fieldManager, force: write.force });
    }
    case 'delete':
    case 'evict': {
      const { uid, version, propagation, graceSeconds } = write;
      const preconditions = {
        ...(uid !== undefined && { uid: uid === 'right' ? (before?.metadata.uid ?? WRONG_UID) : WRONG_UID }),
        ...(version !== undefined && {
          resourceVersion: version === 'right' ? (before?.metadata.resourceVersion ?? '1') : '1',
        }),
      };
      const options = {
        ...(Object.keys(preconditions).length > 0 && { preconditions }),
        ...(graceSeconds !== undefined && { graceSeconds }),
        ...(write.options.dryRun === true && { dryRun: true }),
      };
      return write.do === 'evict'
        ? api.evict({ namespace: NAMESPACE, name: key.name }, options)
        : api.delete(resource, key, { ...options, ...(propagation !== undefined && { propagation }) });
    }
  }
};

const head = ({ resource }: WrittenKind, key: ObjectKey, body: Body): Body => ({
  ...body,
  apiVersion: apiVersionOf(resource),
  kind: resource.kind,
  metadata: { ...(body['metadata'] as object | undefined), ...key },
});

const changed = (body: Body, changes: readonly Change[]): KubeObject =>
  changes.reduce<Body>((object, { at, value }) => setAt(object, at, value), body) as unknown as KubeObject;

const updated = ({ kind, key, before, stale }: Move, write: Write & { readonly do: 'update' }): KubeObject => {
  const object = changed((before as unknown as Body | undefined) ?? head(kind, key, kind.base), write.changes);
  const { resourceVersion: _newest, ...metadata } = object.metadata;
  if (write.version === 'newest') return object;
  if (write.version === 'none' || stale === undefined) return { ...object, metadata } as KubeObject;
  return { ...object, metadata: { ...metadata, resourceVersion: stale } } as KubeObject;
};

const tell = (answer: KubeResult<unknown>): Pick<Told, 'answer' | 'words'> => {
  if (answer.ok) return { answer: 'ok' };
  const { code, status, reason = '', message } = answer.fault;
  return { answer: `${code} ${status ?? ''} ${reason}`, words: message };
};

const TIMES = new Set([
  'creationTimestamp',
  'deletionTimestamp',
  'time',
  'lastTransitionTime',
  'lastUpdateTime',
  'startTime',
  'timeAdded',
]);

/** Without uid, version and times; owners in an order of their own, since the server sorts them by time. */
export const plain = (object: KubeObject): unknown => {
  const { uid = '' } = object.metadata;
  const walk = (value: unknown, key: string): unknown => {
    if (Array.isArray(value) && key !== 'clusterIPs') {
      const inner = value.map((entry) => walk(entry, ''));
      return key === 'managedFields' ? inner.toSorted(byOwner) : inner;
    }
    // A Service's address comes out of a range of the server's.
    if (key === 'clusterIP' && value !== 'None') return 'ADDRESS';
    if (key === 'clusterIPs' && !(value as readonly unknown[]).includes('None')) return ['ADDRESS'];
    if (typeof value === 'string') return uid !== '' && value.includes(uid) ? value.replaceAll(uid, 'UID') : value;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([inner]) => inner !== 'resourceVersion')
        .map(([inner, one]) => [
          uid !== '' && inner.includes(uid) ? inner.replaceAll(uid, 'UID') : inner,
          TIMES.has(inner) && typeof one === 'string' ? 'TIME' : walk(one, inner),
        ]),
    );
  };
  return walk(object, '');
};

const ownerText = (entry: unknown): string =>
  ['operation', 'manager', 'subresource'].map((key) => (entry as Body)[key]).join(' ');

const byOwner = (one: unknown, other: unknown): number => (ownerText(one) < ownerText(other) ? -1 : 1);
