/**
 * Public reports of others who met what a rule finds, by rule: repository, number and one line. `exact` where the report
 * shows the same thing on the same kind of machine; the others are relatives, and a rule's page says so. Numbers are of
 * reference sriov.md 5, network-operator.md 5, ipam-maintenance-power.md 4.8 and dpf.md 7.
 */

export interface UpstreamReport {
  readonly repository: string;
  readonly number: number;
  /** What it tells, in one line of our own. */
  readonly says: string;
  readonly exact: boolean;
}

const SRIOV = 'k8snetworkplumbingwg/sriov-network-operator';
const SRIOV_OPENSHIFT = 'openshift/sriov-network-operator';
const DEVICE_PLUGIN = 'k8snetworkplumbingwg/sriov-network-device-plugin';
const NETWORK = 'Mellanox/network-operator';
const NIC_CONFIGURATION = 'Mellanox/nic-configuration-operator';
const MSTFLINT = 'Mellanox/mstflint';

const exact = (repository: string, number: number, says: string): UpstreamReport => ({
  repository,
  number,
  says,
  exact: true,
});
const akin = (repository: string, number: number, says: string): UpstreamReport => ({
  repository,
  number,
  says,
  exact: false,
});

const REPORTS: Readonly<Record<string, readonly UpstreamReport[]>> = {
  'cold-restart-pending': [
    exact(NIC_CONFIGURATION, 188, 'on some DGX servers a warm restart does not apply the new settings'),
    exact(NIC_CONFIGURATION, 189, 'the same; answered with a firmware reset before the restart'),
    akin(SRIOV, 449, 'BlueField-2: the daemon asks for a restart for ever, 16 to 12 VFs; a firmware reset ended it'),
  ],
  'firmware-change-pending': [
    akin(NIC_CONFIGURATION, 43, 'gives up after one restart that did not apply the settings'),
    akin(SRIOV, 449, 'the restart loop that follows when the platform keeps the slots powered'),
  ],
  'nv-access-error': [
    akin(MSTFLINT, 1191, 'the same text on BlueField-2 after a set; the answer was a full power cycle'),
    akin(SRIOV, 788, 'since this redesign a plugin error leaves InProgress and an empty lastSyncError'),
    akin(SRIOV_OPENSHIFT, 696, 'mstconfig cannot open the device; never told why'),
    akin(SRIOV, 317, 'the same text as that one'),
  ],
  'kernel-lockdown': [
    exact(SRIOV, 670, 'the plugin refuses a Mellanox card while the kernel is locked down'),
    akin(SRIOV, 103, 'firmware cannot be set under secure boot'),
  ],
  'node-state-not-synced': [
    akin(SRIOV, 788, 'why a failed plugin shows as InProgress and Idle, without an error'),
    akin(SRIOV, 718, 'flips between InProgress and Succeeded and drains again and again'),
  ],
  'sriov-disabled-in-firmware': [
    exact(DEVICE_PLUGIN, 601, 'ConnectX-7 with SRIOV_EN off has no VFs and no sriov files'),
  ],
  'vfs-missing': [
    akin(SRIOV, 672, 'NumVfs is larger than TotalVfs; and no memory for the VFs (MMIO)'),
    akin(SRIOV, 492, 'VFs cannot be made while something holds them'),
  ],
  'device-plugin-pool-empty': [
    exact(DEVICE_PLUGIN, 260, 'no devices in device pool: the selectors match no VF'),
    exact(DEVICE_PLUGIN, 340, 'the same line, with another selector'),
    akin(DEVICE_PLUGIN, 601, 'the same line, since SR-IOV is off in firmware'),
  ],
  'resource-missing': [
    akin(DEVICE_PLUGIN, 189, 'a resource is not in allocatable'),
    akin(SRIOV_OPENSHIFT, 727, 'a resource is not in allocatable after an update'),
  ],
  'drain-blocked-by-budget': [
    akin(SRIOV, 429, 'a drain that never ends'),
    akin(SRIOV, 537, 'asks for a fallback when a drain fails'),
  ],
  'drain-waits-for-terminating-pods': [exact(SRIOV, 306, 'the drain waits for pods that hang in Terminating')],
  'operator-config-missing': [
    exact(SRIOV, 584, 'no daemon pods until a SriovOperatorConfig named default is there'),
    akin(SRIOV, 672, 'the same came up beside another fault'),
  ],
  'daemon-selects-no-node': [
    exact(SRIOV, 420, 'the config daemon selects a label that no node has'),
    akin(SRIOV, 417, 'what led to it'),
  ],
  'nicclusterpolicy-name-ignored': [
    exact(NETWORK, 38, 'a NicClusterPolicy of another name is ignored, and says so since'),
    akin(NETWORK, 17, 'the report that led to it'),
  ],
  'nicclusterpolicy-missing': [
    exact('NVIDIA/cloud-native-stack', 95, 'an installer had to make the policy itself since chart 24.10'),
    akin(NETWORK, 1085, 'takes the policy out of the chart'),
    akin(NETWORK, 439, 'asked for it'),
  ],
  'gpu-driver-waits-for-ofed': [
    akin('NVIDIA/cloud-native-stack', 95, 'without the policy nothing installs the driver'),
  ],
  'helm-lacks-crd': [
    exact(NETWORK, 833, 'no matches for kind NodeFeatureRule at helm upgrade'),
    akin(NETWORK, 557, 'background of that CRD in the chart'),
    akin(NETWORK, 571, 'background of that CRD in the chart'),
  ],
  'image-pull-failing': [
    akin(NETWORK, 1052, '401 from a staging registry at a release'),
    akin(NETWORK, 1879, 'images of a release that were not published yet'),
  ],
  'driver-still-building': [exact(NETWORK, 318, 'raised the time that a build may take before it is killed')],
  'storage-modules-hold-driver': [exact(NETWORK, 1084, 'storage modules are loaded, and the driver container stops')],
  'hand-edit-started-upgrade': [exact(NETWORK, 1084, 'an edit of the DaemonSet drained nodes')],
  'kernel-package-missing': [
    exact(NETWORK, 888, 'RHEL: the kernel package is in no repository that the node reaches'),
    akin(NETWORK, 720, 'headers missing after a kernel update'),
    akin(NETWORK, 1415, 'headers missing after a kernel update'),
  ],
  'driver-repoconfig-refused': [
    exact(NETWORK, 888, 'repoConfig is refused for RHEL'),
    exact(NETWORK, 933, 'adds repoConfig for RHEL'),
  ],
  'package-source-unreachable': [exact(NETWORK, 830, 'the build cannot reach its package source')],
  'driver-module-in-use': [akin(NETWORK, 1639, 'the driver cannot be loaded, since modules are in use')],
};

export const upstreamReports = (rule: string): readonly UpstreamReport[] => REPORTS[rule] ?? [];

/** Rules that the table speaks of, for the test that none is misspelt. */
export const RULES_WITH_REPORTS: readonly string[] = Object.keys(REPORTS);
