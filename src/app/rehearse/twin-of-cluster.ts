/**
 * A twin that stands for the cluster of a snapshot: its machines with what their firmware is set to, and its objects without
 * what only a server or a controller may write. Controllers of the twin make the rest anew. What the twin has no part for is
 * computed from the input and told.
 */
import { buildInventory } from '../../core/inventory/build-inventory.ts';
import { dig, digList } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { KubeDraft } from '../../core/ports/kube-api.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { kindKey, objectsOf, type Snapshot } from '../../core/snapshot/snapshot.ts';
import type { RolloutGroup } from '../../core/model/crd/rollout.ts';
import { loadSnapshot } from '../../twin/load-snapshot.ts';
import { createTwin, type Twin } from '../../twin/twin.ts';
import { installedRelease } from '../release/installed-release.ts';
import { assumePlanned } from './assume-planned.ts';
import { assumptionsOf, fleetNodeOf, stagedOf } from './fleet-from-inventory.ts';

export interface LoadedTwin {
  readonly twin: Twin;
  readonly assumptions: readonly string[];
  /** Kinds and programs of the cluster that the twin has no part for. */
  readonly leftOut: readonly string[];
}

/** The release whose images the twin's operators run, where the input does not show the installed one. */
const DEFAULT_RELEASE = '25.7.0';

/** Made by the twin itself, or of no consequence to a rollout. */
const NOT_LOADED: ReadonlySet<string> = new Set([
  'Node',
  'Event',
  'Lease',
  'Endpoints',
  'EndpointSlice',
  'ControllerRevision',
  'CustomResourceDefinition',
  'SriovNetworkNodeState',
  'Secret',
  'Rollout',
  'CSINode',
  'APIService',
]);

/** Taken over as they are: pods stay where they run, and their controllers know them again. */
const WORKLOADS: ReadonlySet<string> = new Set([
  'Namespace',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'ControllerRevision',
  'PodDisruptionBudget',
  'Pod',
]);

const isControlled = (object: KubeObject): boolean =>
  digList(object, 'metadata', 'ownerReferences').some((owner) => dig(owner, 'controller') === true);

/** What a person would have applied. */
const asApplied = (object: KubeObject): KubeDraft => {
  const { name, namespace, labels, annotations } = object.metadata;
  const { status: _status, metadata: _metadata, ...rest } = object;
  return {
    ...rest,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(labels !== undefined && { labels }),
      ...(annotations !== undefined && { annotations }),
    },
  } as KubeDraft;
};

/** What people have applied beside the workloads; what the twin's operators make is made anew. */
const objectsToApply = (snapshot: Snapshot): readonly KubeDraft[] =>
  snapshot.objects
    .map(({ object }) => object)
    .filter((object) => !NOT_LOADED.has(object.kind) && !WORKLOADS.has(object.kind) && !isControlled(object))
    .map(asApplied);

/** Webhooks and controllers that act on pods and nodes, and that nothing in the twin stands for. */
const leftOutOf = (snapshot: Snapshot, twin: Twin): readonly string[] => {
  const served = new Set(
    twin.world.served().map((kind) => kindKey(kind.kind, `${kind.group}/${kind.version}`.replace(/^\//, ''))),
  );
  const unknown = [
    ...Map.groupBy(
      snapshot.objects
        .map(({ object }) => object)
        .filter((object) => !served.has(kindKey(object.kind, object.apiVersion))),
      ({ kind }) => kind,
    ),
  ];
  const webhooks = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'].flatMap((kind) =>
    objectsOf(snapshot, kind).map(({ object }) => `${kind} ${object.metadata.name}`),
  );
  return [
    ...unknown
      .filter(([kind]) => !NOT_LOADED.has(kind))
      .map(([kind, objects]) => `${objects.length} ${kind}: the twin has no such kind`)
      .toSorted(),
    ...webhooks,
  ];
};

const TIMES = 'shutdown, boot and drain take times drawn for this class of machine, not measured on these hosts';

/** `groups`: of the plan that is to be rehearsed. Fails where the input has no nodes. The twin has not been let run. */
export const twinOfCluster = (
  snapshot: Snapshot,
  seed: number,
  groups: readonly RolloutGroup[] = [],
): Result<LoadedTwin> => {
  const inventory = buildInventory(snapshot);
  const nodes = objectsOf(snapshot, 'Node').map(({ object }) => object);
  if (nodes.length === 0)
    return fail(
      'input-no-nodes',
      'The input has no nodes to rehearse on; read the cluster, or a dump with kubectl get nodes -o yaml.',
    );
  const members = nodes.flatMap((object) => {
    const node = inventory.nodes.find(({ name }) => name === object.metadata.name);
    return node === undefined ? [] : [{ ...assumePlanned(node, groups), object }];
  });
  const rungOf = (name: string) => groups.find((group) => group.nodes.includes(name))?.rung;
  const release = installedRelease(snapshot)?.version;
  const loaded = loadSnapshot(snapshot);
  const scenario = {
    name: 'rehearsal',
    about: 'a cluster as it was read',
    release: release ?? DEFAULT_RELEASE,
    fleet: members.map(({ node, object }) => fleetNodeOf(node, object, rungOf(node.name))),
    objects: objectsToApply(snapshot),
    stored: loaded.stored.filter(({ kind }) => WORKLOADS.has(kind)),
    ...(loaded.startMs === undefined ? {} : { startMs: loaded.startMs }),
    steps: [],
    untilMinutes: 0,
  };
  let twin: Twin;
  try {
    twin = createTwin(scenario, seed);
  } catch (error) {
    return fail(
      'input-rehearsal',
      `the input cannot be loaded into the twin: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  for (const { node } of members)
    for (const { pci, name, value } of stagedOf(node)) twin.hosts.get(node.name)?.adapterOf(pci)?.stage(name, value);
  return ok({
    twin,
    assumptions: [
      TIMES,
      ...(release === undefined
        ? [`the release of the network operator is not in the input; ${DEFAULT_RELEASE} is taken`]
        : []),
      ...loaded.assumptions
        .filter(({ about }) => WORKLOADS.has(about.split('/')[0] ?? ''))
        .map(({ about, assumed, because }) => `${about}: ${assumed}, since ${because}`),
      ...members.flatMap(({ node, assumptions }) => [...assumptions, ...assumptionsOf(node)]),
    ],
    leftOut: leftOutOf(snapshot, twin),
  });
};
