/**
 * A cluster in the state of files: its objects as they were read, its logs, and nobody who acts on them but for a stand-in of
 * the kubelets, so that pods that are deleted go. What the objects would become is left to scenarios and rehearsals.
 */
import { digText } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { CUSTOM_RESOURCE_DEFINITIONS, NAMESPACES, PODS } from '../../core/model/kube-resource.ts';
import type { KubeDraft } from '../../core/ports/kube-api.ts';
import type { Snapshot, SnapshotText } from '../../core/snapshot/snapshot.ts';
import { seededRandom } from '../../twin/seeded-random.ts';
import { VirtualClock } from '../../twin/virtual-clock.ts';
import { createWorld, type World } from '../../twin/world/world.ts';
import { definitionsFor } from './definitions-for.ts';
import type { TwinCluster } from './twin-cluster.ts';

/** `now`: milliseconds since the Unix epoch, at which the cluster's time begins. */
export const clusterOfSnapshot = (snapshot: Snapshot, now: number): TwinCluster => {
  const clock = new VirtualClock(now);
  // Owners may be missing from files; nothing is to vanish for that.
  const world = createWorld({ clock, random: seededRandom(1, 'snapshot'), garbageCollector: false });
  const objects = snapshot.objects.map(({ object }) => object);
  const isDefinition = ({ kind }: KubeObject): boolean => kind === CUSTOM_RESOURCE_DEFINITIONS.kind;
  const server = world.actor('kube-apiserver');
  for (const crd of [...objects.filter(isDefinition).map(asWritten), ...definitionsFor(objects)])
    server.create(CUSTOM_RESOURCE_DEFINITIONS, crd);
  const namespaces = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
  for (const name of namespaces) server.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  world.load(objects.filter((object) => !isDefinition(object)));
  endPods(world, clock);
  serveLogs(world, snapshot.texts);
  return { world, clock };
};

/** A definition without what only the server writes, which would refuse it: a resourceVersion, a uid, a status. */
const asWritten = ({ status: _status, metadata, ...rest }: KubeObject): KubeDraft => ({
  ...rest,
  metadata: {
    name: metadata.name,
    ...(metadata.labels !== undefined && { labels: metadata.labels }),
    ...(metadata.annotations !== undefined && { annotations: metadata.annotations }),
  },
});

/** A pod that is marked for deletion goes when its grace is over, on nodes that are up and those that are not. */
const endPods = (world: World, clock: VirtualClock): void => {
  const kubelet = world.actor('kubelet');
  world.subscribe(PODS, ({ type, object, before }) => {
    const { name, namespace = 'default', deletionTimestamp, deletionGracePeriodSeconds = 0 } = object.metadata;
    if (type !== 'MODIFIED' || deletionTimestamp === undefined || before.metadata.deletionTimestamp !== undefined)
      return;
    clock.after(Number(deletionGracePeriodSeconds) * 1000, () => {
      const { uid } = object.metadata;
      kubelet.delete(
        PODS,
        { name, namespace },
        { graceSeconds: 0, ...(uid !== undefined && { preconditions: { uid } }) },
      );
    });
  });
};

const serveLogs = (world: World, texts: readonly SnapshotText[]): void => {
  const logs = texts.filter(({ kind }) => kind === 'log');
  world.hostContainers({
    log: ({ metadata, spec }, container, previous) =>
      logs.find(
        (log) =>
          log.pod === metadata.name &&
          (log.namespace ?? metadata.namespace) === metadata.namespace &&
          (log.container ?? digText(spec, 'containers', 0, 'name')) === container &&
          (log.previous ?? false) === previous,
      )?.text,
    exec: (_pod, _container, [program = '']) => ({
      stderr: `exec: "${program}": nothing runs in a cluster that was read from files\n`,
      exitCode: 127,
    }),
  });
};
