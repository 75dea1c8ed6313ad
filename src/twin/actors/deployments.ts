/**
 * The Deployment controller: a ReplicaSet for each template, and a rolling update within maxSurge and maxUnavailable
 * (kubernetes pkg/controller/deployment). Recreate, pause and rollback are left out: drains need none of them.
 */
import { dig, digNumber, digTexts } from '../../core/model/dig.ts';
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

const REACT = seconds(0.02, 0.1, 0.5, 'not measured: a controller that watches');

const HASH_LABEL = 'pod-template-hash';

const replicasOf = (object: KubeObject): number => digNumber(object, 'spec', 'replicas') ?? 1;
const readyOf = (object: KubeObject): number => digNumber(object, 'status', 'readyReplicas') ?? 0;

export const startDeployments = (stage: Stage): void => {
  const { world } = stage;
  const actor = createActor(world, 'deployment-controller');

  const create = (deployment: KubeObject, hash: string, replicas: number): void => {
    const template = dig(deployment, 'spec', 'template');
    const labels = { ...digTexts(template, 'metadata', 'labels'), [HASH_LABEL]: hash };
    actor.create(REPLICA_SETS, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${deployment.metadata.name}-${hash}`,
        namespace: deployment.metadata.namespace ?? 'default',
        labels,
        ownerReferences: [controllerReference(deployment)],
      },
      spec: {
        replicas,
        selector: { matchLabels: { ...digTexts(deployment, 'spec', 'selector', 'matchLabels'), [HASH_LABEL]: hash } },
        template: { metadata: { ...(dig(template, 'metadata') as object), labels }, spec: dig(template, 'spec') },
      },
    });
  };

  const scale = (set: KubeObject, replicas: number): void => {
    if (replicasOf(set) !== replicas)
      actor.patch(REPLICA_SETS, keyOf(set), { type: 'merge', body: { spec: { replicas } } });
  };

  const loop = actorLoop(stage, actor, REACT, (path) => {
    const [, namespace = '', name = ''] = path.split('/');
    const deployment = actor.get(DEPLOYMENTS, { name, namespace });
    if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) return undefined;
    const wanted = replicasOf(deployment);
    const hash = nameHash(JSON.stringify(dig(deployment, 'spec', 'template')));
    const sets = ownedOf(world, deployment, 'ReplicaSet');
    const newest = sets.find((set) => digTexts(set, 'metadata', 'labels')[HASH_LABEL] === hash);
    const old = sets.filter((set) => set !== newest && replicasOf(set) > 0);
    const surge = countOf(dig(deployment, 'spec', 'strategy', 'rollingUpdate', 'maxSurge') ?? '25%', wanted, 'up') ?? 1;
    const spare =
      countOf(dig(deployment, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable') ?? '25%', wanted, 'down') ?? 0;
    const oldTotal = old.reduce((sum, set) => sum + replicasOf(set), 0);
    const room = Math.max(0, wanted + surge - oldTotal);
    if (newest === undefined) create(deployment, hash, Math.min(wanted, room));
    else scale(newest, old.length === 0 ? wanted : Math.min(wanted, Math.max(replicasOf(newest), room)));
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
      scale(set, replicasOf(set) - idle - going);
    }
    writeStatus(deployment, hash);
    return undefined;
  });

  const writeStatus = (deployment: KubeObject, hash: string): void => {
    const sets = ownedOf(world, deployment, 'ReplicaSet');
    const sum = (of: readonly KubeObject[], field: string): number =>
      of.reduce((total, set) => total + (digNumber(set, 'status', field) ?? 0), 0);
    const newest = sets.filter((set) => digTexts(set, 'metadata', 'labels')[HASH_LABEL] === hash);
    const ready = sum(sets, 'readyReplicas');
    const counts = {
      observedGeneration: deployment.metadata.generation ?? 1,
      replicas: sum(sets, 'replicas'),
      updatedReplicas: sum(newest, 'replicas'),
      readyReplicas: ready,
      availableReplicas: ready,
      unavailableReplicas: Math.max(0, replicasOf(deployment) - ready),
    };
    if (Object.entries(counts).every(([key, value]) => (digNumber(deployment, 'status', key) ?? 0) === value)) return;
    const isAvailable = ready >= replicasOf(deployment);
    const at = timestamp(stage.clock.now());
    const conditions = [
      {
        type: 'Available',
        status: isAvailable ? 'True' : 'False',
        reason: isAvailable ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
        message: isAvailable
          ? 'Deployment has minimum availability.'
          : 'Deployment does not have minimum availability.',
        lastUpdateTime: at,
        lastTransitionTime: at,
      },
    ];
    actor.patch(
      DEPLOYMENTS,
      keyOf(deployment),
      { type: 'merge', body: { status: { ...counts, conditions } } },
      { subresource: 'status' },
    );
  };

  followOwned({ world, kind: DEPLOYMENTS, owned: REPLICA_SETS, wake: loop.wake });
};
