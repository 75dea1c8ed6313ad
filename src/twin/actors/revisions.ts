/**
 * Which template of a workload an object stands for: by the template itself, as upstream's controllers compare, so that what
 * real controllers left behind (under hashes of theirs) is known again. ControllerRevisions of DaemonSets and StatefulSets
 * are found or made here.
 */
import { dig, digTexts, isMap } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { CONTROLLER_REVISIONS } from '../../core/model/kube-resource.ts';
import { nameHash } from '../fnv.ts';
import type { ActorApi } from '../world/actor-api.ts';
import type { World } from '../world/world.ts';
import { controllerReference, ownedOf } from './controller-pods.ts';

/** Kept in ControllerRevisions, and in templates of ReplicaSets, and no part of the template itself. */
const NOT_OWN: ReadonlySet<string> = new Set(['$patch', 'creationTimestamp', 'pod-template-hash']);

const bare = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(bare);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => inner !== null && inner !== undefined && !NOT_OWN.has(key))
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, bare(inner)]),
  );
};

/** Of templates that are stored, and so never change. */
const TEXTS = new WeakMap<object, string>();

/** Equal for templates that are the same. */
const textOf = (template: unknown): string => {
  if (!isMap(template) || !Object.isFrozen(template)) return JSON.stringify(bare(template)) ?? '';
  let text = TEXTS.get(template);
  if (text === undefined) {
    text = JSON.stringify(bare(template));
    TEXTS.set(template, text);
  }
  return text;
};

export const sameTemplate = (one: unknown, other: unknown): boolean => one === other || textOf(one) === textOf(other);

/** The hash at the end of a revision's name. */
export const revisionHash = (world: World, actor: ActorApi, owner: KubeObject): string => {
  const template = dig(owner, 'spec', 'template') as object;
  const prefix = `${owner.metadata.name}-`;
  const revisions = ownedOf(world, owner, 'ControllerRevision');
  const found = revisions.find((revision) => sameTemplate(dig(revision, 'data', 'spec', 'template'), template));
  if (found !== undefined)
    return (
      digTexts(found, 'metadata', 'labels')['controller-revision-hash'] ?? found.metadata.name.slice(prefix.length)
    );
  const hash = nameHash(JSON.stringify(template));
  actor.create(CONTROLLER_REVISIONS, {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${prefix}${hash}`,
      namespace: owner.metadata.namespace ?? 'default',
      labels: { ...digTexts(template, 'metadata', 'labels'), 'controller-revision-hash': hash },
      ownerReferences: [controllerReference(owner)],
    },
    data: { spec: { template } },
    revision: revisions.length + 1,
  });
  return hash;
};
