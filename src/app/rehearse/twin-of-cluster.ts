/**
 * A twin that stands for the cluster of a snapshot: its machines with what their firmware is set to, and its objects without
 * what only a server or a controller may write. Controllers of the twin make the rest anew. What the twin has no part for is
 * computed from the input and told.
 */
import { buildInventory } from '../../core/inventory/build-inventory.ts';
import { apiVersionOf } from '../../core/model/kube-resource.ts';
import { dig, digList, digText } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { KubeDraft } from '../../core/ports/kube-api.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { objectsOf, type Snapshot } from '../../core/snapshot/snapshot.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { NVIDIA_RESOURCE_PREFIX } from '../../core/sriov/extended-resources.ts';
import { loadSnapshot } from '../../twin/load-snapshot.ts';
import { createTwin, type Twin } from '../../twin/twin.ts';
import { installedRelease } from '../release/installed-release.ts';
import { assumePlanned } from './assume-planned.ts';
import { holdWatchedObjects, withoutUnreadMachines } from './watched-objects.ts';
import { withAssumedOwners } from './assumed-owners.ts';
import { assumedPrograms } from './assumed-programs.ts';
import { assumptionsOf, fleetNodeOf, stagedOf } from './fleet-from-inventory.ts';
import { leftOutOf, withoutFinalizers } from './left-out.ts';
import { carryNodeMarks } from './node-marks.ts';

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

/** Assumed otherwise here than where a snapshot is only stored. */
const HANDLED_HERE: ReadonlySet<string> = new Set(['Node', 'Secret']);

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

/** Applies what the twin has kinds for; the answer tells what it refused. */
const applyAll = (twin: Twin, drafts: readonly KubeDraft[]): readonly string[] => {
  const kinds = new Map(twin.world.served().map((kind) => [`${apiVersionOf(kind)} ${kind.kind}`, kind]));
  const actor = twin.world.actor('snapshot');
  return drafts.flatMap((draft) => {
    const kind = kinds.get(`${draft.apiVersion} ${draft.kind}`);
    const made = kind === undefined ? undefined : actor.create(kind, draft);
    if (made === undefined || made.ok || made.fault.code === 'kube-already-exists') return [];
    return [`${draft.kind}/${draft.metadata?.name ?? ''}: the twin does not take it: ${made.fault.message}`];
  });
};

const TIMES = 'shutdown, boot and drain take times drawn for this class of machine, not measured on these hosts';

/** What plugins of the twin register: the resources of policies, and GPUs where their plugin is among the workloads. */
const offeredByPlugins = (snapshot: Snapshot): ReadonlySet<string> => {
  const policies = objectsOf(snapshot, 'SriovNetworkNodePolicy').flatMap(
    ({ object }) => digText(object, 'spec', 'resourceName') ?? [],
  );
  const hasGpuPlugin = objectsOf(snapshot, 'DaemonSet').some(({ object }) =>
    digList(object, 'spec', 'template', 'spec', 'containers').some(
      (container) => digText(container, 'name') === GPU_PLUGIN,
    ),
  );
  return new Set([
    ...policies.map((name) => `${NVIDIA_RESOURCE_PREFIX}/${name}`),
    ...(hasGpuPlugin ? ['nvidia.com/gpu'] : []),
  ]);
};

const GPU_PLUGIN = 'nvidia-device-plugin';

const groupsOf = (plan: Plan | undefined) =>
  (plan?.steps ?? []).flatMap(({ act }) => (act.do === 'rollout' ? act.spec.groups : []));

const generalAssumptions = (snapshot: Snapshot, release: string | undefined): readonly string[] => [
  TIMES,
  ...(release === undefined
    ? [`the release of the network operator is not in the input; ${DEFAULT_RELEASE} is taken`]
    : []),
  ...(objectsOf(snapshot, 'Pod').length === 0
    ? ['the input has no pods; those of its workloads are placed anew, and no others are drained']
    : []),
];

/** `plan`: the one that is to be rehearsed. Fails where the input has no nodes. The twin has not been let run. */
export const twinOfCluster = (read: Snapshot, seed: number, plan?: Plan): Result<LoadedTwin> => {
  const { snapshot, assumptions: owners } = withAssumedOwners(read);
  const groups = groupsOf(plan);
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
  const programs = assumedPrograms(snapshot, plan);
  const plugins = offeredByPlugins(snapshot);
  const scenario = {
    name: 'rehearsal',
    about: 'a cluster as it was read',
    release: release ?? DEFAULT_RELEASE,
    fleet: members.map(({ node, object }) => fleetNodeOf(node, object, plugins, rungOf(node.name))),
    objects: [],
    stored: loaded.stored.filter(({ kind }) => WORKLOADS.has(kind)).map(withoutFinalizers),
    standIns: programs.standIns,
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
  const refused = applyAll(twin, [...programs.objects, ...objectsToApply(snapshot)]);
  for (const { node } of members)
    for (const { pci, name, value } of stagedOf(node)) twin.hosts.get(node.name)?.adapterOf(pci)?.stage(name, value);
  const states = objectsOf(snapshot, 'SriovNetworkNodeState').map(({ object }) => object);
  const marks = carryNodeMarks(twin, withoutUnreadMachines(nodes, snapshot), (name) =>
    states.find(({ metadata }) => metadata.name === name),
  );
  const held = holdWatchedObjects(twin, snapshot);
  return ok({
    twin,
    assumptions: [
      ...generalAssumptions(snapshot, release),
      ...programs.assumptions,
      ...owners,
      ...loaded.assumptions
        .filter(({ about }) => !HANDLED_HERE.has(about.split('/')[0] ?? ''))
        .map(({ about, assumed, because }) => `${about}: ${assumed}, since ${because}`),
      ...marks,
      ...members.flatMap(({ node, assumptions }) => [...assumptions, ...assumptionsOf(node)]),
    ],
    leftOut: [...leftOutOf(snapshot, twin, NOT_LOADED), ...held, ...refused],
  });
};
