/** What all controllers that own pods share: a pod from a template, its owner, and which of the pods that they own are theirs still. */
import { dig, digMap, digText, digTexts } from '../../core/model/dig.ts';
import type { KubeObject, OwnerReference } from '../../core/model/kube-object.ts';
import type { KubeDraft } from '../../core/ports/kube-api.ts';
import type { World } from '../world/world.ts';

export const controllerReference = ({
  apiVersion,
  kind,
  metadata,
}: KubeObject): OwnerReference & Record<string, unknown> => ({
  apiVersion,
  kind,
  name: metadata.name,
  ...(metadata.uid === undefined ? {} : { uid: metadata.uid }),
  controller: true,
  blockOwnerDeletion: true,
});

/** The controller's reference on an object, where its uid is told. */
export const controllerUid = ({ metadata }: KubeObject): string | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid;

/** Owned objects of a kind, in the order of their names. */
export const ownedOf = (world: World, owner: KubeObject, kind: string): readonly KubeObject[] =>
  ownedInAnyOrder(world, owner, kind).toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));

/** For those who only count them. */
export const ownedInAnyOrder = (world: World, owner: KubeObject, kind: string): readonly KubeObject[] => {
  const { uid } = owner.metadata;
  const found: KubeObject[] = [];
  for (const object of world.ownedBy(uid ?? ''))
    if (object.kind === kind && controllerUid(object) === uid) found.push(object);
  return found;
};

export interface PodWish {
  readonly name: { readonly name: string } | { readonly generateName: string };
  readonly labels?: Readonly<Record<string, string>>;
  /** Put over the template's spec. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

export const podFrom = (owner: KubeObject, { name, labels = {}, spec = {} }: PodWish): KubeDraft => {
  const template = dig(owner, 'spec', 'template');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...name,
      namespace: owner.metadata.namespace ?? 'default',
      labels: { ...digTexts(template, 'metadata', 'labels'), ...labels },
      annotations: digTexts(template, 'metadata', 'annotations'),
      ownerReferences: [controllerReference(owner)],
    },
    spec: { ...digMap(template, 'spec'), ...spec },
  };
};

export const keyOf = ({ metadata: { name, namespace = 'default' } }: KubeObject) => ({ name, namespace });

export const isOver = (pod: KubeObject): boolean => {
  const phase = digText(pod, 'status', 'phase');
  return phase === 'Succeeded' || phase === 'Failed';
};

export const isGoing = (pod: KubeObject): boolean => pod.metadata.deletionTimestamp !== undefined;
