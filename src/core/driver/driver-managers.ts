/**
 * Which upgrade managers a cluster has, and what each works on: one for the NicClusterPolicy, one more for each
 * NicNodePolicy with a driver (network-operator.md 1.11, 3.18), read from a snapshot of any origin.
 * What a pass of one of them does is upgrade-pass.ts.
 */
import { dig, digText, isMap } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { driverUpgradePolicy, readPolicyBlock } from '../nicpolicy/upgrade-policy.ts';
import { kindKey } from '../snapshot/snapshot.ts';
import type { Gap, Snapshot } from '../snapshot/snapshot.ts';
import { DRIVER_POD_LABEL, DS_OWNER_LABEL, OFED_KEYS } from './driver-keys.ts';
import type { FleetInput, PartialList, RequestorIdentity } from './fleet.ts';
import { nodeAnnotation, nodeLabel, objectName } from './managed-node.ts';
import { operatorSettings } from './operator-settings.ts';
import type { UpgradePolicy } from './upgrade-policy.ts';

export interface DriverManager {
  /** `NicClusterPolicy/nic-cluster-policy` or `NicNodePolicy/NAME`. */
  readonly name: string;
  readonly input: FleetInput;
  /** With autoUpgrade false where nothing is upgraded by itself; `off` says why. */
  readonly policy: UpgradePolicy;
  /** Why this manager takes no pass, in words that follow "since". */
  readonly off?: string;
  readonly requestor?: RequestorIdentity;
  /** The image that the operator runs, where its Deployment or pod is in the input. */
  readonly operatorImage?: string;
  readonly gaps: readonly Gap[];
}

const CLUSTER_POLICY = 'nic-cluster-policy';
const CLUSTER_OWNER = 'NicClusterPolicy';

/** The kinds behind each list of a fleet, as `snapshot.listed` names them. */
const KINDS_OF_LISTS: readonly (readonly [list: PartialList, kind: string])[] = [
  ['nodes', 'Node'],
  ['daemonSets', kindKey('DaemonSet', 'apps/v1')],
  ['driverPods', 'Pod'],
  ['pods', 'Pod'],
  ['revisions', kindKey('ControllerRevision', 'apps/v1')],
  ['maintenances', kindKey('NodeMaintenance', 'maintenance.nvidia.com/v1alpha1')],
];

/** A kind that was listed is there whole; of any other, more may exist than the input shows. */
const partialLists = ({ listed }: Snapshot): ReadonlySet<PartialList> =>
  new Set(KINDS_OF_LISTS.filter(([, kind]) => !listed.has(kind)).map(([list]) => list));

/** Since 24.4 the kernel hash is part of `app`; the label nvidia.com/ofed-driver is there on every release since 23.x. */
const isDriver = (labels: unknown): boolean =>
  digText(labels, DRIVER_POD_LABEL) !== undefined || (digText(labels, 'app') ?? '').startsWith('mofed-');

export const isDriverPod = (pod: KubeObject): boolean => isDriver(dig(pod, 'metadata', 'labels'));

const isDriverDaemonSet = (daemonSet: KubeObject): boolean =>
  isDriver(dig(daemonSet, 'metadata', 'labels')) || isDriver(dig(daemonSet, 'spec', 'template', 'metadata', 'labels'));

/** `NicClusterPolicy`, `nnp-NAME`, or undefined on releases before 26.4. */
const ownerOf = (object: KubeObject): string | undefined =>
  digText(object, 'metadata', 'labels', DS_OWNER_LABEL) ??
  digText(object, 'spec', 'template', 'metadata', 'labels', DS_OWNER_LABEL);

/** All managers, the NicClusterPolicy's first. It is there even without a policy, since its clean-up is too. */
export const driverManagers = (snapshot: Snapshot): readonly DriverManager[] => {
  const byKind = Map.groupBy(
    snapshot.objects.map(({ object }) => object),
    ({ kind }) => kind,
  );
  const objects = (kind: string): readonly KubeObject[] => byKind.get(kind) ?? [];
  const daemonSets = objects('DaemonSet').filter(isDriverDaemonSet);
  const driverPods = objects('Pod').filter(isDriverPod);
  const labelled = [...daemonSets, ...driverPods].some((object) => ownerOf(object) !== undefined);
  const partial = partialLists(snapshot);

  const managerOf = (
    policyObject: KubeObject | undefined,
    kind: string,
    name: string,
    owner: string,
  ): DriverManager => {
    // Before 26.4 nothing carries the owner label, and the one manager takes all.
    const isMine = (object: KubeObject): boolean => !labelled || ownerOf(object) === owner;
    const settings = operatorSettings(
      [...objects('Deployment'), ...objects('Pod')],
      owner === CLUSTER_OWNER ? '' : `-${owner}`,
    );
    const requestor =
      settings === undefined ? assumedRequestor(objects('Node'), objects('NodeMaintenance')) : settings.requestor;
    return {
      name: `${kind}/${name}`,
      ...policyOf(policyObject, kind, name, snapshot),
      ...(requestor && { requestor }),
      ...(settings && { operatorImage: settings.image }),
      input: {
        keys: OFED_KEYS,
        nodes: objects('Node'),
        daemonSets: daemonSets.filter(isMine),
        driverPods: driverPods.filter(isMine),
        revisions: objects('ControllerRevision'),
        pods: objects('Pod'),
        maintenances: objects('NodeMaintenance'),
        partial,
      },
      gaps: settings === undefined ? [OPERATOR_UNSEEN] : [],
    };
  };

  const cluster = objects('NicClusterPolicy').find((object) => objectName(object) === CLUSTER_POLICY);
  const nodePolicies = objects('NicNodePolicy').filter((object) => isMap(dig(object, 'spec', 'ofedDriver')));
  return [
    managerOf(cluster, 'NicClusterPolicy', CLUSTER_POLICY, CLUSTER_OWNER),
    ...nodePolicies.map((object) => {
      const name = objectName(object);
      return managerOf(object, 'NicNodePolicy', name, `nnp-${name}`);
    }),
  ];
};

const OPERATOR_UNSEEN: Gap = {
  what: 'whether requestor mode is on',
  because: "the operator's Deployment is not in the input, so the mode is judged by its traces on nodes",
  settle: 'kubectl get deployments -n nvidia-network-operator -o yaml',
};

const policyOf = (
  object: KubeObject | undefined,
  kind: string,
  name: string,
  snapshot: Snapshot,
): Pick<DriverManager, 'policy' | 'off'> => {
  const block = readPolicyBlock(dig(object, 'spec', 'ofedDriver', 'upgradePolicy'));
  const off = whyOff(object, kind, name, block?.autoUpgrade, snapshot);
  const policy = block === undefined ? NO_POLICY : driverUpgradePolicy(block);
  return { policy, ...(off !== undefined && { off }) };
};

const NO_POLICY: UpgradePolicy = { autoUpgrade: false, maxParallelUpgrades: 0 };

const whyOff = (
  object: KubeObject | undefined,
  kind: string,
  name: string,
  autoUpgrade: boolean | undefined,
  { listed, objects }: Snapshot,
): string | undefined => {
  if (object === undefined) {
    const other = objects.find((each) => each.object.kind === kind);
    if (other !== undefined)
      return `${kind} ${objectName(other.object)} is ignored: the operator looks only at one called ${name}`;
    return listed.has('NicClusterPolicy.mellanox.com')
      ? `there is no ${kind} ${name}`
      : `no ${kind} ${name} is in the input`;
  }
  if (!isMap(dig(object, 'spec', 'ofedDriver'))) return `${kind} ${name} has no ofedDriver section`;
  if (autoUpgrade === undefined) return `ofedDriver of ${kind} ${name} has no upgradePolicy`;
  return autoUpgrade ? undefined : `ofedDriver.upgradePolicy.autoUpgrade of ${kind} ${name} is false`;
};

/** Requestor IDs of the releases since 25.4 (network-operator.md 2.2). */
const KNOWN_REQUESTORS: ReadonlySet<string> = new Set([
  'nvidia.network.operator',
  'nvidia.network-operator-driver-upgrade-controller',
  'nvidia.doca-driver-upgrade',
]);

/** Where the operator itself is not in the input: a node under way in requestor mode shows that the mode is, or was, on. */
const assumedRequestor = (
  nodes: readonly KubeObject[],
  maintenances: readonly KubeObject[],
): RequestorIdentity | undefined => {
  const traces = nodes.some(
    (node) =>
      nodeLabel(node, OFED_KEYS.state) === 'node-maintenance-required' ||
      nodeAnnotation(node, OFED_KEYS.requestorMode) !== undefined,
  );
  if (!traces) return undefined;
  for (const object of maintenances) {
    const id = digText(object, 'spec', 'requestorID') ?? '';
    const suffix = `-${digText(object, 'spec', 'nodeName') ?? ''}`;
    const name = objectName(object);
    if (KNOWN_REQUESTORS.has(id) && name.endsWith(suffix))
      return {
        id,
        prefix: name.slice(0, -suffix.length),
        namespace: digText(object, 'metadata', 'namespace') ?? 'default',
      };
  }
  return { id: 'nvidia.doca-driver-upgrade', prefix: 'network-operator', namespace: 'default' };
};
