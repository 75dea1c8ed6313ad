/**
 * The objects of a snapshot as a twin takes them over: pods stay where they run, controllers know their own again, budgets
 * count what they counted. What the input cannot say is assumed, and every assumption is told as data; hardware is the fleet's
 * matter (a scenario's `fleet`).
 */
import { dig, digList, digText, digTexts } from '../core/model/dig.ts';
import { objectPath, type KubeObject } from '../core/model/kube-object.ts';
import { millisOf } from '../core/model/timestamp.ts';
import type { Snapshot } from '../core/snapshot/snapshot.ts';
import { controllerUid } from './actors/controller-pods.ts';

/** Something that was taken for true although the input does not say it. */
export interface Assumption {
  /** `Pod/ml/a`, `Node/dgx030`, or a kind for many. */
  readonly about: string;
  readonly assumed: string;
  readonly because: string;
}

export interface LoadedObjects {
  /** For a scenario's `stored`: owners before what they own. */
  readonly stored: readonly KubeObject[];
  /** For a scenario's `startMs`: the newest moment that the objects tell of, in milliseconds since the Unix epoch. */
  readonly startMs: number | undefined;
  readonly assumptions: readonly Assumption[];
}

/** Of no consequence to what happens next, or made by the twin itself. */
const NOT_LOADED: ReadonlySet<string> = new Set([
  'Event',
  'Lease',
  'Endpoints',
  'EndpointSlice',
  'CustomResourceDefinition',
  'APIService',
  'CSINode',
]);

/** The order in which they are told to the twin's controllers. */
const ORDER: readonly string[] = ['Namespace', 'Node', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicaSet'];

const rank = ({ kind }: KubeObject): number => {
  if (kind === 'Pod') return ORDER.length + 1;
  const at = ORDER.indexOf(kind);
  return at < 0 ? ORDER.length : at;
};

export const loadSnapshot = (snapshot: Snapshot): LoadedObjects => {
  const newest = new Map<string, KubeObject>();
  for (const { object } of snapshot.objects) if (!NOT_LOADED.has(object.kind)) newest.set(identity(object), object);
  const read = [...newest.values()].map(withoutSecrets);
  const objects = [...missingNamespaces(read), ...read, ...missingRevisions(read)];
  return {
    stored: objects.toSorted((a, b) => rank(a) - rank(b) || (objectPath(a) < objectPath(b) ? -1 : 1)),
    startMs: newestMoment(read),
    assumptions: assumptionsOf(read),
  };
};

const identity = (object: KubeObject): string => `${object.apiVersion.split('/')[0] ?? ''} ${objectPath(object)}`;

/** What is in a Secret is nobody's matter here. */
const withoutSecrets = (object: KubeObject): KubeObject =>
  object.kind === 'Secret' ? { ...object, data: undefined, stringData: undefined } : object;

const missingNamespaces = (objects: readonly KubeObject[]): readonly KubeObject[] => {
  const known = new Set(objects.flatMap(({ kind, metadata }) => (kind === 'Namespace' ? [metadata.name] : [])));
  const named = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
  return [...named]
    .filter((name) => !known.has(name))
    .map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    }));
};

const HASH_LABEL = 'controller-revision-hash';

const podsOf = (objects: readonly KubeObject[], owner: KubeObject): readonly KubeObject[] =>
  objects.filter((one) => one.kind === 'Pod' && controllerUid(one) === owner.metadata.uid);

const isRevisionOf =
  (owner: KubeObject) =>
  (object: KubeObject): boolean =>
    object.kind === 'ControllerRevision' && controllerUid(object) === owner.metadata.uid;

/** DaemonSets and StatefulSets whose history is not in the input, though their pods name a revision. */
const withoutRevision = (objects: readonly KubeObject[]): readonly { owner: KubeObject; hash: string }[] =>
  objects.flatMap((owner) => {
    if (owner.kind !== 'DaemonSet' && owner.kind !== 'StatefulSet') return [];
    if (objects.some(isRevisionOf(owner))) return [];
    const hashes = podsOf(objects, owner).flatMap((pod) => digTexts(pod, 'metadata', 'labels')[HASH_LABEL] ?? []);
    const [hash] = [...Map.groupBy(hashes, (one) => one)].toSorted(([, a], [, b]) => b.length - a.length)[0] ?? [];
    return hash === undefined ? [] : [{ owner, hash }];
  });

/** Without them the twin would take every pod for one of an older template, and roll it. */
const missingRevisions = (objects: readonly KubeObject[]): readonly KubeObject[] =>
  withoutRevision(objects).map(({ owner, hash }) => {
    const { name, namespace, uid } = owner.metadata;
    const ending = hash.startsWith(`${name}-`) ? hash.slice(name.length + 1) : hash;
    return {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name: `${name}-${ending}`,
        ...(namespace === undefined ? {} : { namespace }),
        labels: { [HASH_LABEL]: ending },
        ownerReferences: [
          {
            apiVersion: owner.apiVersion,
            kind: owner.kind,
            name,
            ...(uid === undefined ? {} : { uid }),
            controller: true,
          },
        ],
      },
      data: { spec: { template: dig(owner, 'spec', 'template') } },
      revision: 1,
    };
  });

const MOMENTS = ['creationTimestamp', 'lastHeartbeatTime', 'lastTransitionTime', 'startTime', 'deletionTimestamp'];

/** Times that tell of what has been; a deletion may lie ahead and still was asked for in this hour. */
const newestMoment = (objects: readonly KubeObject[]): number | undefined => {
  let newest: number | undefined;
  const look = (holder: unknown): void => {
    for (const key of MOMENTS) {
      const moment = millisOf(digText(holder, key) ?? '');
      if (moment !== undefined && (newest === undefined || moment > newest)) newest = moment;
    }
  };
  for (const object of objects) {
    look(object.metadata);
    look(object['status']);
    for (const condition of digList(object, 'status', 'conditions')) look(condition);
  }
  return newest;
};

const isReady = (node: KubeObject): boolean =>
  digList(node, 'status', 'conditions').some(
    (one) => digText(one, 'type') === 'Ready' && digText(one, 'status') === 'True',
  );

const assumptionsOf = (objects: readonly KubeObject[]): readonly Assumption[] => {
  const uids = new Set(objects.flatMap(({ metadata }) => metadata.uid ?? []));
  const orphans = objects.filter((object) => {
    const owner = controllerUid(object);
    return object.kind === 'Pod' && owner !== undefined && !uids.has(owner);
  });
  const ownerOf = (pod: KubeObject): string => {
    const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true);
    return `${owner?.kind ?? ''}/${pod.metadata.namespace ?? ''}/${owner?.name ?? ''}`;
  };
  return [
    ...[...Map.groupBy(orphans, ownerOf)].map(([owner, pods]) => ({
      about: owner,
      assumed: `its ${pods.length} pods do not come back once they are gone`,
      because: 'the pods name it as their controller, and it is not in the input',
    })),
    ...withoutRevision(objects).map(({ owner, hash }) => ({
      about: objectPath(owner),
      assumed: `its present template is that of its pods with ${HASH_LABEL} ${hash}`,
      because: 'its ControllerRevisions are not in the input',
    })),
    ...objects
      .filter((object) => object.kind === 'Node' && !isReady(object))
      .map((node) => ({
        about: objectPath(node),
        assumed: 'it stays as it is until it is restarted',
        because: 'it is not Ready in the input, and the input does not say what would mend it',
      })),
    ...(objects.some(({ kind }) => kind === 'Secret')
      ? [{ about: 'Secret', assumed: 'empty', because: 'what is in Secrets is not carried over' }]
      : []),
  ];
};
