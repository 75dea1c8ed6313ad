/**
 * The snapshot a pass begins with: which nodes are managed, each with its driver pod and DaemonSet, in upstream's order
 * (network-operator.md 3.5; upgrade_state.go, BuildState). What is to be done with them is the rules'.
 */
import { digNumber, digText } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { fail, ok } from '../result.ts';
import type { Fault, Result } from '../result.ts';
import type { Gap } from '../snapshot/snapshot.ts';
import type { DriverKeys } from './driver-keys.ts';
import { podNode } from './driver-pod.ts';
import { nodeLabel, objectName } from './managed-node.ts';
import { ownerFinder } from './pod-owner.ts';
import type { Owner } from './pod-owner.ts';
import type { ManagedNode } from './managed-node.ts';
import { podSyncReader } from './pod-sync.ts';
import type { PodSync } from './pod-sync.ts';

/** Lists of the input that may lack objects, as those of a dump do: what is not in them is unknown, not absent. */
export type PartialList = 'nodes' | 'daemonSets' | 'driverPods' | 'revisions' | 'pods' | 'maintenances';

export interface FleetInput {
  readonly keys: DriverKeys;
  readonly nodes: readonly KubeObject[];
  /** The driver DaemonSets of one manager. */
  readonly daemonSets: readonly KubeObject[];
  /** The driver pods of one manager, orphans among them. */
  readonly driverPods: readonly KubeObject[];
  readonly revisions: readonly KubeObject[];
  /** Pods of all namespaces: jobs, validators, what a drain would move. */
  readonly pods: readonly KubeObject[];
  readonly maintenances: readonly KubeObject[];
  readonly partial?: ReadonlySet<PartialList>;
}

export interface RequestorIdentity {
  readonly id: string;
  /** NodeMaintenance objects are named PREFIX-NODE. */
  readonly prefix: string;
  readonly namespace: string;
}

export interface Fleet {
  readonly keys: DriverKeys;
  /** In upstream's order: DaemonSet by DaemonSet, then orphans. */
  readonly managed: readonly ManagedNode[];
  readonly buckets: ReadonlyMap<string, readonly ManagedNode[]>;
  readonly syncOf: (managed: ManagedNode) => PodSync;
  /** Pods of all namespaces on a node. */
  readonly podsOn: (node: string) => readonly KubeObject[];
  readonly partial: ReadonlySet<PartialList>;
  readonly gaps: readonly Gap[];
}

const NOTHING: ReadonlySet<PartialList> = new Set();

export const maintenanceName = (requestor: RequestorIdentity, node: string): string => `${requestor.prefix}-${node}`;

/** Builds the fleet of one manager. A fault is upstream's own reason to end the pass before it touched anything. */
export const buildFleet = (input: FleetInput, requestor?: RequestorIdentity): Result<Fleet> => {
  const partial = input.partial ?? NOTHING;
  const gaps: Gap[] = [];
  const paired = pairPods(input, partial, gaps);
  if (!paired.ok) return paired;

  const nodes = new Map(input.nodes.map((node) => [objectName(node), node]));
  const maintenances = new Map(
    requestor === undefined
      ? []
      : input.maintenances
          .filter((object) => (digText(object, 'metadata', 'namespace') ?? 'default') === requestor.namespace)
          .map((object) => [objectName(object), object]),
  );
  const managed: ManagedNode[] = [];
  for (const { pod, daemonSet } of paired.value) {
    const name = podNode(pod);
    // A Pending pod without a node counts for its DaemonSet and is no managed node (upgrade_state.go, BuildState).
    if (name === '' && digText(pod, 'status', 'phase') === 'Pending') continue;
    const node = nodes.get(name);
    if (node === undefined) {
      const missing = `driver pod ${objectName(pod)} is on node ${JSON.stringify(name)}, which is not among the nodes`;
      if (!partial.has('nodes'))
        return fail('upstream-no-node', `${missing}; upstream ends the pass for all nodes until that pod is gone`);
      gaps.push({ what: `node ${name}`, because: missing, settle: `kubectl get node ${name} -o yaml`, node: name });
      continue;
    }
    const maintenance = requestor && maintenances.get(maintenanceName(requestor, name));
    managed.push({
      name,
      label: nodeLabel(node, input.keys.state) ?? '',
      node,
      pod,
      ...(daemonSet && { daemonSet }),
      ...(maintenance && { maintenance }),
    });
  }
  return ok({
    keys: input.keys,
    managed,
    buckets: Map.groupBy(managed, ({ label }) => label),
    syncOf: podSyncReader(input.revisions, partial.has('revisions')),
    podsOn: podIndex(input.pods),
    partial,
    gaps,
  });
};

interface PairedPod {
  readonly pod: KubeObject;
  readonly daemonSet?: KubeObject;
}

const pairPods = (
  { daemonSets, driverPods }: FleetInput,
  partial: ReadonlySet<PartialList>,
  gaps: Gap[],
): Result<readonly PairedPod[]> => {
  const ownerOf = ownerFinder(daemonSets, partial.has('daemonSets'));
  const byOwner = Map.groupBy(driverPods, ownerOf);
  const paired: PairedPod[] = [];
  for (const daemonSet of daemonSets) {
    const owned = byOwner.get(daemonSet) ?? [];
    const shortage = shortageOf(daemonSet, owned.length);
    if (shortage !== undefined) {
      if (!partial.has('driverPods') || shortage.missing < 0) return { ok: false, fault: shortage.fault };
      gaps.push({ what: `driver pods of ${objectName(daemonSet)}`, because: shortage.fault.message });
    }
  }
  for (const owner of new Set<Owner>([...daemonSets, ...byOwner.keys()]))
    if (owner !== 'orphan' && owner !== 'stranger')
      for (const pod of byOwner.get(owner) ?? []) paired.push({ pod, daemonSet: owner });
  for (const pod of byOwner.get('orphan') ?? []) paired.push({ pod });
  return ok(paired);
};

/** One driver pod too few or too many stops the upgrade of every node (D1). */
const shortageOf = (
  daemonSet: KubeObject,
  owned: number,
): { readonly missing: number; readonly fault: Fault } | undefined => {
  const desired = digNumber(daemonSet, 'status', 'desiredNumberScheduled') ?? 0;
  if (desired === owned) return undefined;
  return {
    missing: desired - owned,
    fault: {
      code: 'upstream-unscheduled-pods',
      message: `DaemonSet ${objectName(daemonSet)} wants ${desired} driver ${desired === 1 ? 'pod' : 'pods'} and owns ${owned}; until the two agree upstream does nothing on any node`,
      next: 'wait',
    },
  };
};

/** Built when the first node asks, since most passes never do. */
const podIndex = (pods: readonly KubeObject[]): ((node: string) => readonly KubeObject[]) => {
  let index: ReadonlyMap<string, readonly KubeObject[]> | undefined;
  return (node) => {
    index ??= Map.groupBy(pods, podNode);
    return index.get(node) ?? [];
  };
};
