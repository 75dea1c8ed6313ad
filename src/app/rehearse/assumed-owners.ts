/**
 * Controllers that pods of the input name and that the input itself lacks, made again out of their pods, so that pods come
 * back as they would on the cluster. Dumps often have pods and no workloads. An owner of a kind that the twin has no
 * controller for is left to be told as an assumption (load-snapshot.ts): its pods do not come back.
 */
import { dig, digList, digMap, digText } from '../../core/model/dig.ts';
import type { KubeObject, OwnerReference } from '../../core/model/kube-object.ts';
import { controllerReference } from '../../twin/actors/controller-pods.ts';
import type { Snapshot, SnapshotObject } from '../../core/snapshot/snapshot.ts';

export interface AssumedSnapshot {
  readonly snapshot: Snapshot;
  readonly assumptions: readonly string[];
}

/** Labels that a controller puts on its pods beside those of the template. */
const OWN_LABELS: ReadonlySet<string> = new Set([
  'controller-revision-hash',
  'pod-template-generation',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
]);

/** A DaemonSet pins each pod to its node by this field. */
const isPin = (term: unknown): boolean => digList(term, 'matchFields').length > 0;

const withoutPin = (spec: Readonly<Record<string, unknown>>): unknown => {
  const affinity = digMap(spec, 'affinity');
  const terms = digList(
    affinity, 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms',
  ); // prettier-ignore
  if (!terms.some(isPin)) return spec['affinity'];
  const { nodeAffinity: _pinned, ...rest } = affinity;
  return rest;
};

const templateOf = (pod: KubeObject): Readonly<Record<string, unknown>> => {
  const { nodeName: _node, affinity: _affinity, ...spec } = digMap(pod, 'spec');
  const labels = Object.fromEntries(
    Object.entries(pod.metadata.labels ?? {}).filter(([name]) => !OWN_LABELS.has(name)),
  );
  const affinity = withoutPin(digMap(pod, 'spec'));
  return { metadata: { labels }, spec: { ...spec, ...(affinity !== undefined && { affinity }) } };
};

const SPECS: Readonly<Record<string, (pods: readonly KubeObject[]) => Readonly<Record<string, unknown>>>> = {
  DaemonSet: () => ({ updateStrategy: { type: 'RollingUpdate' } }),
  ReplicaSet: ({ length }) => ({ replicas: length }),
  StatefulSet: ({ length }) => ({ replicas: length, serviceName: '' }),
};

const ownerOf = ({ kind, metadata }: KubeObject): OwnerReference | undefined =>
  kind === 'Pod' ? metadata.ownerReferences?.find(({ controller }) => controller === true) : undefined;

/** The Deployment that a ReplicaSet of this name was made by; its template is the surer one. */
const deploymentOf = (
  owner: OwnerReference,
  pod: KubeObject,
  objects: readonly KubeObject[],
): KubeObject | undefined => {
  const hash = pod.metadata.labels?.['pod-template-hash'];
  if (owner.kind !== 'ReplicaSet' || hash === undefined || !owner.name.endsWith(`-${hash}`)) return undefined;
  const name = owner.name.slice(0, -hash.length - 1);
  return objects.find(
    ({ kind, metadata }) =>
      kind === 'Deployment' && metadata.name === name && metadata.namespace === pod.metadata.namespace,
  );
};

const madeBy = (deployment: KubeObject | undefined, template: Readonly<Record<string, unknown>>, labels: object) =>
  deployment === undefined
    ? { references: {}, template }
    : {
        references: { ownerReferences: [controllerReference(deployment)] },
        template: {
          ...digMap(deployment, 'spec', 'template'),
          metadata: { ...digMap(deployment, 'spec', 'template', 'metadata'), labels },
        },
      };

const assumed = (
  owner: OwnerReference,
  pods: readonly KubeObject[],
  objects: readonly KubeObject[],
): KubeObject | undefined => {
  const [first] = pods;
  const specOf = SPECS[owner.kind];
  const labels = dig(first === undefined ? {} : templateOf(first), 'metadata', 'labels') as object | undefined;
  // What selects by nothing would own everything.
  if (first === undefined || specOf === undefined || owner.uid === undefined || Object.keys(labels ?? {}).length === 0)
    return undefined;
  const { references, template } = madeBy(deploymentOf(owner, first, objects), templateOf(first), labels ?? {});
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    metadata: {
      name: owner.name,
      uid: owner.uid,
      namespace: first.metadata.namespace ?? 'default',
      generation: 1,
      ...(digText(first, 'metadata', 'creationTimestamp') !== undefined && {
        creationTimestamp: digText(first, 'metadata', 'creationTimestamp'),
      }),
      labels,
      ...references,
    } as KubeObject['metadata'],
    spec: { ...specOf(pods), selector: { matchLabels: labels }, template },
  };
};

export const withAssumedOwners = (snapshot: Snapshot): AssumedSnapshot => {
  const objects = snapshot.objects.map(({ object }) => object);
  const uids = new Set(objects.flatMap(({ metadata }) => metadata.uid ?? []));
  const orphans = objects.filter((pod) => {
    const owner = ownerOf(pod);
    return owner?.uid !== undefined && !uids.has(owner.uid);
  });
  const made = [...Map.groupBy(orphans, (pod) => ownerOf(pod)?.uid ?? '').values()].flatMap((pods) => {
    const [first] = pods;
    const owner = first === undefined ? undefined : ownerOf(first);
    const object = owner === undefined ? undefined : assumed(owner, pods, objects);
    return object === undefined ? [] : [{ object, pods: pods.length }];
  });
  return {
    snapshot: {
      ...snapshot,
      objects: [
        ...snapshot.objects,
        ...made.map(({ object }): SnapshotObject => ({ object, origin: { source: 'assumed' } })),
      ],
    },
    assumptions: made.map(
      ({ object: { kind, metadata }, pods }) =>
        `${kind}/${metadata.namespace ?? ''}/${metadata.name}: it is taken to be as its ${pods === 1 ? 'pod' : `${pods} pods`} ${pods === 1 ? 'is' : 'are'}, since the input does not hold it`,
    ),
  };
};
