/**
 * The StatefulSet controller: pods by number, one after the other, each created again under its own name (kubernetes
 * pkg/controller/statefulset, OrderedReady and Parallel). Volume claims and partitions are left out.
 */
import { isReady } from '../../core/drain/pod-facts.ts';
import { digNumber, digText, digTexts } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { PODS, STATEFUL_SETS } from '../../core/model/kube-resource.ts';
import { seconds } from '../latency.ts';
import type { Stage } from '../stage.ts';
import { createActor } from './actor.ts';
import { actorLoop } from './actor-loop.ts';
import { isGoing, isOver, keyOf, ownedOf, podFrom } from './controller-pods.ts';
import { followOwned } from './follow-owned.ts';
import { revisionHash } from './revisions.ts';

const REACT = seconds(0.02, 0.1, 0.5, 'not measured: a controller that watches');

const HASH_LABEL = 'controller-revision-hash';

export const startStatefulSets = (stage: Stage): void => {
  const { world } = stage;
  const actor = createActor(world, 'statefulset-controller');

  const loop = actorLoop(stage, actor, REACT, (path) => {
    const [, namespace = '', name = ''] = path.split('/');
    const set = actor.get(STATEFUL_SETS, { name, namespace });
    if (set === undefined || set.metadata.deletionTimestamp !== undefined) return undefined;
    const wanted = digNumber(set, 'spec', 'replicas') ?? 1;
    const revision = `${name}-${revisionHash(world, actor, set)}`;
    const pods = new Map(ownedOf(world, set, 'Pod').map((pod) => [pod.metadata.name, pod]));
    const isParallel = digText(set, 'spec', 'podManagementPolicy') === 'Parallel';
    for (let at = 0; at < wanted; at += 1) {
      const pod = pods.get(`${name}-${at}`);
      if (pod === undefined)
        actor.create(
          PODS,
          podFrom(set, {
            name: { name: `${name}-${at}` },
            labels: {
              [HASH_LABEL]: revision,
              'statefulset.kubernetes.io/pod-name': `${name}-${at}`,
              'apps.kubernetes.io/pod-index': String(at),
            },
            spec: { hostname: `${name}-${at}`, subdomain: digText(set, 'spec', 'serviceName') ?? '' },
          }),
        );
      else if (isOver(pod) && !isGoing(pod)) actor.delete(PODS, keyOf(pod));
      if (!isParallel && (pod === undefined || !isReady(pod) || isGoing(pod))) break;
    }
    const surplus = [...pods.values()].filter(
      (pod) => Number(pod.metadata.name.slice(name.length + 1)) >= wanted && !isGoing(pod),
    );
    for (const pod of surplus) actor.delete(PODS, keyOf(pod));
    if (digText(set, 'spec', 'updateStrategy', 'type') !== 'OnDelete') roll([...pods.values()], revision);
    writeStatus(set, revision);
    return undefined;
  });

  /** From the highest number down, the next only when all are ready. */
  const roll = (pods: readonly KubeObject[], revision: string): void => {
    if (pods.some((pod) => isGoing(pod))) return;
    const old = pods.filter((pod) => digTexts(pod, 'metadata', 'labels')[HASH_LABEL] !== revision);
    const last = old
      .toSorted(
        (a, b) => a.metadata.name.length - b.metadata.name.length || (a.metadata.name < b.metadata.name ? -1 : 1),
      )
      .at(-1);
    const others = pods.filter((pod) => pod !== last);
    if (last !== undefined && (!isReady(last) || others.every(isReady))) actor.delete(PODS, keyOf(last));
  };

  const writeStatus = (set: KubeObject, revision: string): void => {
    const pods = ownedOf(world, set, 'Pod').filter((pod) => !isOver(pod));
    const updated = pods.filter((pod) => digTexts(pod, 'metadata', 'labels')[HASH_LABEL] === revision).length;
    const ready = pods.filter((pod) => isReady(pod) && !isGoing(pod)).length;
    const status = {
      observedGeneration: set.metadata.generation ?? 1,
      replicas: pods.length,
      readyReplicas: ready,
      availableReplicas: ready,
      currentReplicas: updated,
      updatedReplicas: updated,
    };
    const isSame = Object.entries(status).every(([key, value]) => (digNumber(set, 'status', key) ?? 0) === value);
    if (!isSame)
      actor.patch(
        STATEFUL_SETS,
        keyOf(set),
        {
          type: 'merge',
          body: { status: { ...status, updateRevision: revision, currentRevision: revision, collisionCount: 0 } },
        },
        { subresource: 'status' },
      );
  };

  followOwned({ world, kind: STATEFUL_SETS, owned: PODS, wake: loop.wake });
};
