/** The ReplicaSet controller: as many pods as wanted, no more and no less (kubernetes pkg/controller/replicaset). */
import { isReady } from '../../core/drain/pod-facts.ts';
import { digNumber, digText } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { PODS, REPLICA_SETS } from '../../core/model/kube-resource.ts';
import { seconds } from '../latency.ts';
import type { Stage } from '../stage.ts';
import { createActor } from './actor.ts';
import { actorLoop } from './actor-loop.ts';
import { isGoing, isOver, keyOf, ownedInAnyOrder, podFrom } from './controller-pods.ts';
import { followOwned } from './follow-owned.ts';
import { type PodCount, PodCounts } from './pod-counts.ts';

const REACT = seconds(0.02, 0.1, 0.5, 'not measured: a controller that watches');

/** Which go first when there are too many: not bound, not ready, then the youngest (by name where they are of one age). */
const isCheaper = (a: KubeObject, b: KubeObject): number => {
  const rank = (pod: KubeObject): number => (digText(pod, 'spec', 'nodeName') === undefined ? 0 : isReady(pod) ? 2 : 1);
  const born = (pod: KubeObject): string => pod.metadata.creationTimestamp ?? '';
  return (
    rank(a) - rank(b) || (born(a) > born(b) ? -1 : born(a) < born(b) ? 1 : a.metadata.name < b.metadata.name ? -1 : 1)
  );
};

export const startReplicaSets = (stage: Stage): void => {
  const { world } = stage;
  const actor = createActor(world, 'replicaset-controller');
  const counts = new PodCounts();

  const loop = actorLoop(stage, actor, REACT, (path) => {
    const [, namespace = '', name = ''] = path.split('/');
    const set = actor.get(REPLICA_SETS, { name, namespace });
    if (set === undefined || set.metadata.deletionTimestamp !== undefined) return undefined;
    const { alive } = countOf(set);
    const wanted = digNumber(set, 'spec', 'replicas') ?? 1;
    for (let missing = wanted - alive; missing > 0; missing -= 1)
      actor.create(PODS, podFrom(set, { name: { generateName: `${name}-` } }));
    if (alive > wanted) for (const pod of cheapestOf(set).slice(0, alive - wanted)) actor.delete(PODS, keyOf(pod));
    // Whoever was added or sent away stands in no count that was taken before.
    writeStatus(set, countOf(set));
    return undefined;
  });

  const countOf = ({ metadata: { uid = '' } }: KubeObject): PodCount => counts.of(uid);

  const cheapestOf = (set: KubeObject): readonly KubeObject[] =>
    ownedInAnyOrder(world, set, 'Pod')
      .filter((pod) => !isOver(pod) && !isGoing(pod))
      .toSorted(isCheaper);

  const writeStatus = (set: KubeObject, { alive, ready, going }: PodCount): void => {
    const status = {
      replicas: alive,
      fullyLabeledReplicas: alive,
      readyReplicas: ready,
      availableReplicas: ready,
      terminatingReplicas: going,
      observedGeneration: set.metadata.generation ?? 1,
    };
    const isSame = Object.entries(status).every(([key, value]) => (digNumber(set, 'status', key) ?? 0) === value);
    if (!isSame) actor.patch(REPLICA_SETS, keyOf(set), { type: 'merge', body: { status } }, { subresource: 'status' });
  };

  world.subscribe(PODS, ({ type, object, before }) => counts.follow(before, type === 'DELETED' ? undefined : object));
  followOwned({ world, kind: REPLICA_SETS, owned: PODS, wake: loop.wake });
};
