/** Operators that drain nodes for their own work: SR-IOV, driver upgrades, the maintenance operator, machine config. */
import { driverKeys } from '../../driver/driver-keys.ts';
import { dig, digList, digText } from '../../model/dig.ts';
import { readDrainNode } from '../../sriov/drain/drain-state.ts';
import { labelMark, onNode } from './node-marks.ts';
import { annotationsOf, inNamespace, labelsOf, named, objectsIn, wait, type Family } from './surroundings.ts';

/**
 * Our own label in the SR-IOV operator's configDaemonNodeSelector: taken from a node, its config daemon goes and restarts
 * nothing any more (reference: sriov.md 2.7; a label of the network operator's would be put back by it).
 */
export const DAEMON_LABEL = 'nicwright.dev/sriov-config-daemon';
export const DAEMON_RUNS = 'run';

export const DAEMON_AWAY = labelMark('the config daemon of the SR-IOV operator', 'sriov-daemon', DAEMON_LABEL, 'away');

/** A node in the restart loop has been drained and is asked to restart again and again: the visit cures that. */
export const sriovOperator: Family = {
  atWork: ({ node, nodeState }) => {
    const { desired, current } = readDrainNode(node, nodeState).nodeState ?? {};
    if (current === undefined || current === 'Idle') return [];
    const who = 'the SR-IOV operator';
    const because = `SriovNetworkNodeState/${node.metadata.name} says current-state ${current}, desired-state ${desired ?? 'unset'}`;
    return current === 'DrainComplete'
      ? [
          {
            who,
            because,
            wayOut: 'it uncordons the node when its daemon has applied the policies',
            stance: 'takes-part',
          },
        ]
      : [wait(who, because, 'let its drain finish: nicwright drain preview shows what holds it')];
  },
  toQuiet: (around) => (labelsOf(around.node)[DAEMON_LABEL] === undefined ? [] : [onNode(around, DAEMON_AWAY)]),
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

const DRIVERS = [
  ['ofed', "the network operator's driver upgrade"],
  ['gpu', "the GPU operator's driver upgrade"],
] as const;

export const UPGRADES_SKIP = DRIVERS.map(([driver, who]) => ({
  state: driverKeys(driver).state,
  skip: labelMark(who, `${driver}-upgrade`, driverKeys(driver).skip, 'true'),
}));

export const driverUpgrades: Family = {
  atWork: ({ node }) =>
    DRIVERS.flatMap(([driver, who]) => {
      const { state } = driverKeys(driver);
      const value = labelsOf(node)[state] ?? '';
      return UPGRADE_AT_WORK.includes(value)
        ? [wait(who, `the node's label ${state} is ${value}`, 'nicwright driver explain')]
        : [];
    }),
  toQuiet: (around) =>
    UPGRADES_SKIP.flatMap(({ state, skip }) =>
      labelsOf(around.node)[state] === undefined ? [] : [onNode(around, skip)],
    ),
};

const OURS = 'nicwright.dev';

export const maintenanceOperator: Family = {
  atWork: (around) =>
    objectsIn(around, 'NodeMaintenance.maintenance.nvidia.com')
      .filter((one) => digText(one, 'spec', 'nodeName') === around.node.metadata.name)
      .filter((one) => digText(one, 'spec', 'requestorID') !== OURS)
      .map((one) => {
        const ready = digList(one, 'status', 'conditions').find((condition) => digText(condition, 'type') === 'Ready');
        const requestor = digText(one, 'spec', 'requestorID') ?? 'unknown';
        return wait(
          `the maintenance operator, for ${requestor}`,
          `${named(one)} is in phase ${digText(ready, 'reason') ?? 'Pending'}`,
          `ask ${requestor} to finish, or kubectl delete nodemaintenances.maintenance.nvidia.com${inNamespace(one)} ${one.metadata.name} if it is stale`,
        );
      }),
};

export const machineConfig: Family = {
  atWork: ({ node }) => {
    const annotations = annotationsOf(node);
    const state = annotations['machineconfiguration.openshift.io/state'] ?? '';
    const wanted = annotations['machineconfiguration.openshift.io/desiredDrain'];
    const applied = annotations['machineconfiguration.openshift.io/lastAppliedDrain'];
    return state === 'Working' || state === 'Degraded' || wanted !== applied
      ? [
          wait(
            'the machine config operator',
            `the node's annotations say state ${state === '' ? 'unset' : state}, desiredDrain ${wanted ?? 'unset'}, lastAppliedDrain ${applied ?? 'unset'}`,
            'let the MachineConfigPool finish its update',
          ),
        ]
      : [];
  },
};

/** Taints that nobody's objects explain. */
const TAINTS: Readonly<Record<string, string>> = {
  'remediation.medik8s.io/fence-agents-remediation': 'fence-agents-remediation',
  'node.kubernetes.io/out-of-service': 'whoever set the out-of-service taint',
  'machine.openshift.io/decommissioned': 'Machine API',
};

export const hasTaint = (node: unknown, key: string): boolean =>
  digList(node, 'spec', 'taints').some((taint) => digText(taint, 'key') === key);

/** Others by a taint that says that they have the node. */
export const byTaints =
  (table: Readonly<Record<string, string>>): Family['atWork'] =>
  ({ node }) =>
    Object.entries(table).flatMap(([key, who]) =>
      hasTaint(node, key)
        ? [wait(who, `the node has the taint ${key}`, `let ${who} finish, or take the taint off`)]
        : [],
    );

export const loneTaints: Family = { atWork: byTaints(TAINTS) };

export const nodeDeletion: Family = {
  atWork: ({ node }) =>
    dig(node, 'metadata', 'deletionTimestamp') === undefined
      ? []
      : [wait('whoever deleted the Node', 'the Node object is being deleted', 'take it out of the rollout')],
};
