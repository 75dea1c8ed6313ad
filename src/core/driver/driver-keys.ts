/**
 * The labels and annotations through which the upgrade manager of k8s-operator-libs keeps its state on nodes and pods
 * (network-operator.md 3.2; pkg/upgrade/consts.go). What the values mean is left to the rules.
 */

export interface DriverKeys {
  /** `ofed` for the network operator, `gpu` for the GPU operator. */
  readonly driver: string;
  /** Node label: the upgrade state. */
  readonly state: string;
  /** Node label, exactly `true`: a person parks the node in upgrade-required. */
  readonly skip: string;
  /** Pod label, exactly `true`: the drain leaves the pod alone. */
  readonly drainSkip: string;
  /** Node annotation, any non-empty value: the driver pod's init container waits for its removal. */
  readonly safeLoad: string;
  /** Node annotation, presence counts: the node was cordoned before the upgrade began. */
  readonly initialUnschedulable: string;
  /** Node annotation: unix seconds at which waiting for jobs began. */
  readonly waitStart: string;
  /** Node annotation: unix seconds at which a validator was first seen not ready. */
  readonly validationStart: string;
  /** Node annotation, exactly `true`: somebody asks for an upgrade although the pod may be current. */
  readonly requested: string;
  /** Node annotation, presence counts: the maintenance operator handles this node. */
  readonly requestorMode: string;
}

export const driverKeys = (driver: string): DriverKeys => ({
  driver,
  state: `nvidia.com/${driver}-driver-upgrade-state`,
  skip: `nvidia.com/${driver}-driver-upgrade.skip`,
  drainSkip: `nvidia.com/${driver}-driver-upgrade-drain.skip`,
  safeLoad: `nvidia.com/${driver}-driver-upgrade.driver-wait-for-safe-load`,
  initialUnschedulable: `nvidia.com/${driver}-driver-upgrade.node-initial-state.unschedulable`,
  waitStart: `nvidia.com/${driver}-driver-upgrade-wait-for-pod-completion-start-time`,
  validationStart: `nvidia.com/${driver}-driver-upgrade-validation-start-time`,
  requested: `nvidia.com/${driver}-driver-upgrade-requested`,
  requestorMode: `nvidia.com/${driver}-driver-upgrade-requestor-mode`,
});

export const OFED_KEYS = driverKeys('ofed');

/** Label on driver pods and their DaemonSets, whatever the release, since 23.x. */
export const DRIVER_POD_LABEL = 'nvidia.com/ofed-driver';

/** Label from 26.4 on that says which policy's manager owns a driver DaemonSet and its pods. */
export const DS_OWNER_LABEL = 'ds-owner';
