/**
 * How others that drain, restart or remediate nodes are recognised, one row each, and whether they are waited for. Keys and
 * kinds are upstream's (reference: sriov.md 2.6, network-operator.md 3.2, ipam-maintenance-power.md 2 and 5.4).
 */
import { driverKeys } from '../../driver/driver-keys.ts';
import { dig, digList, digText, digTexts } from '../../model/dig.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import { readDrainNode } from '../../sriov/drain/drain-state.ts';
import type { OtherAtWork } from './other.ts';

/** What of the cluster tells about others; a kind that is not served is an empty list. */
export interface Surroundings {
  readonly node: KubeObject;
  readonly nodeState?: KubeObject | undefined;
  readonly nodeMaintenances: readonly KubeObject[];
  /** All DaemonSets: kured keeps its lock on its own. */
  readonly daemonSets: readonly KubeObject[];
}

type Recogniser = (around: Surroundings) => readonly OtherAtWork[];

const wait = (who: string, because: string, wayOut: string): OtherAtWork => ({ who, because, wayOut, stance: 'wait' });

const labelsOf = (object: unknown): Readonly<Record<string, string>> => digTexts(object, 'metadata', 'labels');
const annotationsOf = (object: unknown): Readonly<Record<string, string>> =>
  digTexts(object, 'metadata', 'annotations');

/** A node in the loop has been drained and is asked to restart again and again: the visit cures that. */
const sriovOperator: Recogniser = ({ node, nodeState }) => {
  const { desired, current } = readDrainNode(node, nodeState).nodeState ?? {};
  if (current === undefined || current === 'Idle') return [];
  const because = `SriovNetworkNodeState/${node.metadata.name} says current-state ${current}, desired-state ${desired ?? 'unset'}`;
  if (current === 'DrainComplete')
    return [
      {
        who: 'the SR-IOV operator',
        because,
        wayOut: 'it uncordons the node when its daemon has applied the policies',
        stance: 'takes-part',
      },
    ];
  return [wait('the SR-IOV operator', because, 'let its drain finish: nicwright drain preview shows what holds it')];
};

/** States in which the upgrade has the node in hand; in the others it has not begun or is over. */
const UPGRADE_AT_WORK: readonly string[] = [
  'node-maintenance-required',
  'cordon-required',
  'wait-for-jobs-required',
  'pod-deletion-required',
  'drain-required',
  'pod-restart-required',
  'validation-required',
  'uncordon-required',
  'upgrade-failed',
];

const driverUpgrade =
  (driver: string, who: string): Recogniser =>
  ({ node }) => {
    const { state } = driverKeys(driver);
    const value = labelsOf(node)[state] ?? '';
    return UPGRADE_AT_WORK.includes(value)
      ? [wait(who, `the node's label ${state} is ${value}`, 'nicwright driver explain')]
      : [];
  };

const OURS = 'nicwright.dev';

const nodeMaintenance: Recogniser = ({ node, nodeMaintenances }) =>
  nodeMaintenances
    .filter((one) => digText(one, 'spec', 'nodeName') === node.metadata.name)
    .filter((one) => digText(one, 'spec', 'requestorID') !== OURS)
    .map((one) => {
      const ready = digList(one, 'status', 'conditions').find((condition) => digText(condition, 'type') === 'Ready');
      const requestor = digText(one, 'spec', 'requestorID') ?? 'unknown';
      return wait(
        `the maintenance operator, for ${requestor}`,
        `NodeMaintenance/${one.metadata.namespace ?? 'default'}/${one.metadata.name} is in phase ${digText(ready, 'reason') ?? 'Pending'}`,
        `ask ${requestor} to finish, or delete the NodeMaintenance if it is stale`,
      );
    });

const KURED_LOCK = 'weave.works/kured-node-lock';
const KURED_AT_WORK = 'weave.works/kured-reboot-in-progress';

const kured: Recogniser = ({ node, daemonSets }) => {
  const wayOut = 'let kured finish its restart';
  if (annotationsOf(node)[KURED_AT_WORK] !== undefined)
    return [wait('kured', `the node has the annotation ${KURED_AT_WORK}`, wayOut)];
  const holder = daemonSets.find((set) => lockedNode(annotationsOf(set)[KURED_LOCK]) === node.metadata.name);
  return holder === undefined
    ? []
    : [wait('kured', `DaemonSet ${holder.metadata.name} has the lock ${KURED_LOCK} for this node`, wayOut)];
};

const lockedNode = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  try {
    return digText(JSON.parse(text), 'nodeID');
  } catch {
    return undefined;
  }
};

/** Taints by which others say that they have the node. */
const TAINTS: Readonly<Record<string, string>> = {
  ToBeDeletedByClusterAutoscaler: 'cluster-autoscaler',
  'karpenter.sh/disrupted': 'Karpenter',
  'karpenter.sh/disruption': 'Karpenter',
  'medik8s.io/drain': 'node-maintenance-operator',
  'remediation.medik8s.io/fence-agents-remediation': 'fence-agents-remediation',
  'node.kubernetes.io/out-of-service': 'whoever set the out-of-service taint',
  'machine.openshift.io/decommissioned': 'Machine API',
};

const taints: Recogniser = ({ node }) =>
  digList(node, 'spec', 'taints').flatMap((taint) => {
    const key = digText(taint, 'key') ?? '';
    const who = Object.hasOwn(TAINTS, key) ? TAINTS[key] : undefined;
    return who === undefined
      ? []
      : [wait(who, `the node has the taint ${key}`, `let ${who} finish, or take the taint off`)];
  });

/** Annotations of remediators: a machine controller would replace a node that is long not Ready. */
const machineConfig: Recogniser = ({ node }) => {
  const annotations = annotationsOf(node);
  const state = annotations['machineconfiguration.openshift.io/state'] ?? '';
  const wanted = annotations['machineconfiguration.openshift.io/desiredDrain'];
  const applied = annotations['machineconfiguration.openshift.io/lastAppliedDrain'];
  if (state === 'Working' || state === 'Degraded' || wanted !== applied)
    return [
      wait(
        'the machine config operator',
        `the node's annotations say state ${state === '' ? 'unset' : state}, desiredDrain ${wanted ?? 'unset'}, lastAppliedDrain ${applied ?? 'unset'}`,
        'let the MachineConfigPool finish its update',
      ),
    ];
  return [];
};

const nodeDeletion: Recogniser = ({ node }) =>
  dig(node, 'metadata', 'deletionTimestamp') === undefined
    ? []
    : [wait('whoever deleted the Node', 'the Node object is being deleted', 'take it out of the rollout')];

const RECOGNISERS: readonly Recogniser[] = [
  sriovOperator,
  driverUpgrade('ofed', "the network operator's driver upgrade"),
  driverUpgrade('gpu', "the GPU operator's driver upgrade"),
  nodeMaintenance,
  kured,
  taints,
  machineConfig,
  nodeDeletion,
];

export const othersAtWork = (around: Surroundings): readonly OtherAtWork[] =>
  RECOGNISERS.flatMap((recognise) => recognise(around));
