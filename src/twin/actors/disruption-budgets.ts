/**
 * The disruption controller: how many pods a PodDisruptionBudget covers, how many are healthy, and how many may go
 * (kubernetes pkg/controller/disruption). What an eviction is answered from that status is the API server's matter.
 */
import { desiredHealthy } from '../../core/drain/budgets.ts';
import { isReady } from '../../core/drain/pod-facts.ts';
import { dig, digMap, digNumber } from '../../core/model/dig.ts';
import { objectPath, type KubeObject } from '../../core/model/kube-object.ts';
import {
  DEPLOYMENTS,
  JOBS,
  POD_DISRUPTION_BUDGETS,
  PODS,
  REPLICA_SETS,
  STATEFUL_SETS,
} from '../../core/model/kube-resource.ts';
import { readLabelSelector } from '../../core/model/label-selector.ts';
import { timestamp } from '../../core/model/timestamp.ts';
import { seconds } from '../latency.ts';
import type { Stage } from '../stage.ts';
import { createActor } from './actor.ts';
import { actorLoop } from './actor-loop.ts';
import { isGoing, isOver, keyOf } from './controller-pods.ts';
import { CoveredPods } from './covered-pods.ts';

const REACT = seconds(0.02, 0.1, 0.5, 'not measured: a controller that watches');

const SCALES = { ReplicaSet: REPLICA_SETS, StatefulSet: STATEFUL_SETS, Deployment: DEPLOYMENTS, Job: JOBS } as const;

export const startDisruptionBudgets = (stage: Stage): void => {
  const { world } = stage;
  const actor = createActor(world, 'disruption-controller');
  const covered = new CoveredPods((namespace) => actor.list(PODS, { namespace }));

  /** The sum of what the pods' controllers want; with minAvailable as a number, only the pods that there are. */
  const expectedPods = (budget: KubeObject, pods: readonly KubeObject[]): number => {
    if (dig(budget, 'spec', 'maxUnavailable') === undefined && typeof dig(budget, 'spec', 'minAvailable') === 'number')
      return pods.length;
    const counts = new Map<string, number>();
    for (const pod of pods) {
      const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true);
      const kind = owner === undefined ? undefined : SCALES[owner.kind as keyof typeof SCALES];
      if (owner === undefined || kind === undefined) continue;
      const found = actor.get(kind, { name: owner.name, namespace: pod.metadata.namespace ?? 'default' });
      counts.set(owner.uid ?? owner.name, digNumber(found, 'spec', 'replicas') ?? 1);
    }
    return [...counts.values()].reduce((sum, count) => sum + count, 0);
  };

  const loop = actorLoop(stage, actor, REACT, (path) => {
    const [, namespace = '', name = ''] = path.split('/');
    const budget = actor.get(POD_DISRUPTION_BUDGETS, { name, namespace });
    const selector = readLabelSelector(dig(budget, 'spec', 'selector'));
    if (budget === undefined || selector === undefined) return undefined;
    const pods = [...covered.of(budget)].filter((pod) => !isOver(pod));
    const expected = expectedPods(budget, pods);
    const desired = desiredHealthy(budget, expected) ?? expected;
    // A pod whose eviction was granted counts as disrupted until it is seen to go.
    const disrupted = digMap(budget, 'status', 'disruptedPods');
    const healthy = pods.filter(
      (pod) => isReady(pod) && !isGoing(pod) && disrupted[pod.metadata.name] === undefined,
    ).length;
    const left = Object.fromEntries(
      Object.keys(disrupted).map((pod) => [
        pod,
        pods.some((one) => one.metadata.name === pod && !isGoing(one)) ? disrupted[pod] : null,
      ]),
    );
    const counts = {
      currentHealthy: healthy,
      desiredHealthy: desired,
      expectedPods: expected,
      disruptionsAllowed: expected === 0 ? 0 : Math.max(0, healthy - desired),
      observedGeneration: budget.metadata.generation ?? 1,
    };
    const isSame =
      Object.values(left).every((value) => value !== null) &&
      Object.entries(counts).every(([key, value]) => digNumber(budget, 'status', key) === value);
    if (isSame) return undefined;
    const allows = counts.disruptionsAllowed > 0;
    const conditions = [
      {
        type: 'DisruptionAllowed',
        status: allows ? 'True' : 'False',
        reason: allows ? 'SufficientPods' : 'InsufficientPods',
        message: '',
        observedGeneration: budget.metadata.generation ?? 1,
        lastTransitionTime: timestamp(stage.clock.now()),
      },
    ];
    const body = { status: { ...counts, disruptedPods: left, conditions } };
    actor.patch(POD_DISRUPTION_BUDGETS, keyOf(budget), { type: 'merge', body }, { subresource: 'status' });
    return undefined;
  });

  world.subscribe(POD_DISRUPTION_BUDGETS, ({ type, object }) => {
    covered.followBudget(type, object);
    if (type !== 'DELETED') loop.wake(objectPath(object));
  });
  world.subscribe(PODS, ({ type, object, before }) => {
    const covering = covered.followPod(type, object);
    if (type === 'MODIFIED' && isReady(before) === isReady(object) && isGoing(before) === isGoing(object)) return;
    for (const path of covering) loop.wake(path);
  });
};
