/**
 * The Deployment controller: a ReplicaSet for each template, and a rolling update within maxSurge and maxUnavailable
 * (kubernetes pkg/controller/deployment). Recreate, pause and rollback are left out: drains need none of them.
 */
import { dig, digList, digNumber, digText, digTexts } from '../../core/model/dig.ts';
import { countOf } from '../../core/model/int-or-percent.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { DEPLOYMENTS, REPLICA_SETS } from '../../core/model/kube-resource.ts';
import { timestamp } from '../../core/model/timestamp.ts';
import { nameHash } from '../fnv.ts';
import { seconds } from '../latency.ts';
import type { Stage } from '../stage.ts';
import { createActor } from './actor.ts';
import { actorLoop } from './actor-loop.ts';
import { controllerReference, keyOf, ownedOf } from './controller-pods.ts';
import { followOwned } from './follow-owned.ts';
import { sameTemplate } from './revisions.ts';

const REACT = seconds(0.02, 0.1, 0.5, 'not measured: a controller that watches');

const HASH_LABEL = 'pod-template-hash';
const REVISION = 'deployment.kubernetes.io/revision';
const DESIRED = 'deployment.kubernetes.io/desired-replicas';
const MOST = 'deployment.kubernetes.io/max-replicas';

const replicasOf = (object: KubeObject): number => digNumber(object, 'spec', 'replicas') ?? 1;
const revisionOf = (set: KubeObject): number => Number(digText(set, 'metadata', 'annotations', REVISION) ?? 0);

const hashOf = (set: KubeObject | undefined): string | undefined => digText(set, 'metadata', 'labels', HASH_LABEL);

const surgeOf = (deployment: KubeObject): number =>
  countOf(dig(deployment, 'spec', 'strategy', 'rollingUpdate', 'maxSurge') ?? '25%', replicasOf(deployment), 'up') ?? 1;

const readyOf = (object: KubeObject): number => digNumber(object, 'status', 'readyReplicas') ?? 0;

export const startDeployments = (stage: Stage): void => {
  const { world } = stage;
  const actor = createActor(world, 'deployment-controller');

  /** What a ReplicaSet is told of its Deployment each time that it is scaled. */
  const sizesOf = (deployment: KubeObject): Readonly<Record<string, string>> => ({
    [DESIRED]: String(replicasOf(deployment)),
    [MOST]: String(replicasOf(deployment) + surgeOf(deployment)),
  });

  const create = (deployment: KubeObject, hash: string, replicas: number, revision: number): void => {
    const template = dig(deployment, 'spec', 'template');
    const labels = { ...digTexts(template, 'metadata', 'labels'), [HASH_LABEL]: hash };
    actor.create(REPLICA_SETS, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${deployment.metadata.name}-${hash}`,
        namespace: deployment.metadata.namespace ?? 'default',
        labels,
        annotations: { [REVISION]: String(revision), ...sizesOf(deployment) },
        ownerReferences: [controllerReference(deployment)],
      },
      spec: {
        replicas,
        selector: { matchLabels: { ...digTexts(deployment, 'spec', 'selector', 'matchLabels'), [HASH_LABEL]: hash } },
        template: { metadata: { ...(dig(template, 'metadata') as object), labels }, spec: dig(template, 'spec') },
      },
    });
  };

  const scale = (deployment: KubeObject, set: KubeObject, replicas: number): void => {
    const sizes = sizesOf(deployment);
    const isTold = [DESIRED, MOST].every((key) => digText(set, 'metadata', 'annotations', key) === sizes[key]);
    // One that is scaled down to nothing is left alone from then on.
    if (replicasOf(set) === replicas && (isTold || replicas === 0)) return;
    const body = { metadata: { annotations: sizes }, spec: { replicas } };
    actor.patch(REPLICA_SETS, keyOf(set), { type: 'merge', body });
  };

  const loop = actorLoop(stage, actor, REACT, (path) => {
    const [, namespace = '', name = ''] = path.split('/');
    const deployment = actor.get(DEPLOYMENTS, { name, namespace });
    if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) return undefined;
    const wanted = replicasOf(deployment);
    const template = dig(deployment, 'spec', 'template');
    const sets = ownedOf(world, deployment, 'ReplicaSet');
    const newest = sets.find((set) => sameTemplate(dig(set, 'spec', 'template'), template));
    const hash = hashOf(newest) ?? nameHash(JSON.stringify(template));
    const old = sets.filter((set) => set !== newest && replicasOf(set) > 0);
    const revision = 1 + Math.max(0, ...sets.map(revisionOf));
    const spare =
      countOf(dig(deployment, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable') ?? '25%', wanted, 'down') ?? 0;
    const oldTotal = old.reduce((sum, set) => sum + replicasOf(set), 0);
    const room = Math.max(0, wanted + surgeOf(deployment) - oldTotal);
    if (newest === undefined) create(deployment, hash, Math.min(wanted, room), revision);
    else scale(deployment, newest, old.length === 0 ? wanted : Math.min(wanted, Math.max(replicasOf(newest), room)));
    // Old ones that are not ready cost nothing; the others go as new ones are there.
    let mayGo = Math.max(
      0,
      [...old, ...(newest === undefined ? [] : [newest])].reduce((sum, set) => sum + readyOf(set), 0) -
        (wanted - spare),
    );
    for (const set of old) {
      const idle = Math.max(0, replicasOf(set) - readyOf(set));
      const going = Math.min(readyOf(set), mayGo);
      mayGo -= going;
      scale(deployment, set, replicasOf(set) - idle - going);
    }
    writeStatus(deployment, hash);
    return undefined;
  });

  const writeStatus = (deployment: KubeObject, hash: string): void => {
    const sets = ownedOf(world, deployment, 'ReplicaSet');
    const sum = (of: readonly KubeObject[], field: string): number =>
      of.reduce((total, set) => total + (digNumber(set, 'status', field) ?? 0), 0);
    const newest = sets.filter((set) => hashOf(set) === hash);
    const ready = sum(sets, 'readyReplicas');
    const counts = {
      observedGeneration: deployment.metadata.generation ?? 1,
      replicas: sum(sets, 'replicas'),
      updatedReplicas: sum(newest, 'replicas'),
      readyReplicas: ready,
      availableReplicas: ready,
      unavailableReplicas: Math.max(0, replicasOf(deployment) - ready),
      terminatingReplicas: sum(sets, 'terminatingReplicas'),
    };
    const revision = String(Math.max(0, ...newest.map(revisionOf)));
    const isTold = digText(deployment, 'metadata', 'annotations', REVISION) === revision;
    const isSame = Object.entries(counts).every(
      ([key, value]) => (digNumber(deployment, 'status', key) ?? 0) === value,
    );
    if (isSame && isTold) return;
    const body = {
      metadata: { annotations: { [REVISION]: revision } },
      status: { ...counts, conditions: conditionsOf(deployment, counts, timestamp(stage.clock.now())) },
    };
    actor.patch(DEPLOYMENTS, keyOf(deployment), { type: 'merge', body }, { subresource: 'status' });
  };

  followOwned({ world, kind: DEPLOYMENTS, owned: REPLICA_SETS, wake: loop.wake });
};

interface Counts {
  readonly replicas: number;
  readonly updatedReplicas: number;
  readonly availableReplicas: number;
}

/** Whether enough are there, and whether the newest template is everywhere; what has not changed keeps its time. */
const conditionsOf = (deployment: KubeObject, counts: Counts, now: string): readonly object[] => {
  const wanted = replicasOf(deployment);
  const isAvailable = counts.availableReplicas >= wanted;
  const isComplete =
    counts.updatedReplicas === wanted && counts.replicas === wanted && counts.availableReplicas === wanted;
  const before = digList(deployment, 'status', 'conditions');
  const wasComplete = before.some((one) => digText(one, 'reason') === 'NewReplicaSetAvailable');
  const isRolledOut = isComplete || (wasComplete && counts.replicas === counts.updatedReplicas);
  return [
    isAvailable
      ? condition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.')
      : condition('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.'),
    isRolledOut
      ? condition('Progressing', 'True', 'NewReplicaSetAvailable', 'The newest ReplicaSet has successfully progressed.')
      : condition('Progressing', 'True', 'ReplicaSetUpdated', 'The newest ReplicaSet is progressing.'),
  ].map((one) => {
    const old = before.find((other) => digText(other, 'type') === one.type);
    if (digText(old, 'status') === one.status && digText(old, 'reason') === one.reason) return old as object;
    const since = digText(old, 'status') === one.status ? digText(old, 'lastTransitionTime') : undefined;
    return { ...one, lastUpdateTime: now, lastTransitionTime: since ?? now };
  });
};

const condition = (type: string, status: string, reason: string, message: string) => ({
  type,
  status,
  reason,
  message,
});
