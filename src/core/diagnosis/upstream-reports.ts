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
const RDMA_PLUGIN = 'Mellanox/k8s-rdma-shared-dev-plugin';
const IPAM = 'Mellanox/nvidia-k8s-ipam';
const WHEREABOUTS = 'k8snetworkplumbingwg/whereabouts';
const DPF = 'NVIDIA/doca-platform';

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
  'no-mmio-space': [
    exact(SRIOV, 672, 'cannot allocate memory when VFs are made: not enough MMIO resources'),
    akin(MSTFLINT, 736, 'the same limit, met with another tool'),
  ],
  'vfs-above-total': [exact(SRIOV, 672, 'NumVfs is larger than TotalVfs')],
  'link-type-mismatch': [
    exact(SRIOV_OPENSHIFT, 640, 'an InfiniBand port under a policy without linkType: operation not supported'),
    exact(SRIOV, 274, 'the same line'),
    akin(SRIOV_OPENSHIFT, 73, 'a card that cannot change its link type'),
  ],
  'vf-guid-invalid': [exact(SRIOV, 307, 'VF GUID is not valid'), akin(NETWORK, 1825, 'VFs without a GUID')],
  'dpu-mode-selected': [
    exact(SRIOV, 816, 'a NIC in DPU mode is refused by the daemon'),
    akin(MSTFLINT, 830, 'how the mode of a BlueField shows in its settings'),
  ],
  'webhook-without-certificate': [
    exact(SRIOV_OPENSHIFT, 503, 'failed calling webhook'),
    akin(SRIOV_OPENSHIFT, 214, 'failed calling webhook'),
    akin(SRIOV_OPENSHIFT, 602, 'failed calling webhook'),
    akin(SRIOV, 554, 'certificates of the webhook that are not ready'),
  ],
  'stale-annotation': [
    akin(SRIOV, 718, 'a node that stays SchedulingDisabled after Succeeded'),
    akin(SRIOV, 463, 'no uncordon by the controller'),
  ],
  'device-plugin-selector-wrong': [
    exact(DEVICE_PLUGIN, 572, 'a device type given as a driver: an empty pool'),
    akin(DEVICE_PLUGIN, 260, 'selectors that match no VF'),
    akin(DEVICE_PLUGIN, 340, 'selectors that match no VF'),
    akin(DEVICE_PLUGIN, 420, 'a selector by a name that changed'),
  ],
  'vf-without-driver-at-start': [
    exact(SRIOV, 1046, 'error getting driver info at the start of the plugin: one VF too few until it is restarted'),
  ],
  'pods-started-before-vfs': [
    exact(SRIOV, 322, 'pods that were there before a reboot are admitted before the VFs are'),
    akin('kubernetes/kubernetes', 109595, 'the race in the kubelet'),
  ],
  'rdma-module-missing': [akin(RDMA_PLUGIN, 192, 'issm or rdma_cm is missing')],
  'rdma-plugin-no-devices': [exact(RDMA_PLUGIN, 103, 'exposing "0" devices'), akin(RDMA_PLUGIN, 44, 'issm is missing')],
  'switchdev-refused': [
    exact(SRIOV, 1015, 'switchdev is refused by the driver'),
    akin(SRIOV, 1017, 'the order in which VFs and switchdev are set'),
    akin(SRIOV, 40, 'an early report of it'),
  ],
  'two-owners-of-daemonset': [
    exact(DEVICE_PLUGIN, 610, 'two operators own the DaemonSet of one name'),
    akin(NETWORK, 1234, 'gives it another name'),
  ],
  'component-left-behind': [exact(NETWORK, 73, 'components that are taken out of the policy stay')],
  'image-absent': [akin(NETWORK, 1879, 'images of a release that were not published')],
  'registry-needs-credentials': [exact(NETWORK, 1052, '401 from a staging registry at a release')],
  'management-link-on-nic': [
    exact(NETWORK, 2176, 'a node is lost when its own link runs over the adapter, and again after each reboot'),
    akin(NETWORK, 1515, 'a bond over the adapter breaks at the reload'),
    akin(NETWORK, 2258, 'asks for a hook after the driver is loaded'),
  ],
  'driver-build-failed': [
    exact(NETWORK, 1415, 'the driver does not compile after a kernel update'),
    akin(NETWORK, 1639, 'compile and load failures after a kernel update'),
  ],
  'precompiled-driver-not-found': [
    exact(NETWORK, 1322, 'an error only, where the precompiled image is missing'),
    akin(NETWORK, 1771, 'the same, and hard to read'),
  ],
  'driver-toolkit-missing': [
    exact(NETWORK, 2471, 'the driver toolkit of OpenShift is not found'),
    akin(NETWORK, 720, 'state-OFED notReady on OpenShift'),
  ],
  'driver-build-out-of-time': [exact(NETWORK, 318, 'raised the time that a build may take before it is killed')],
  'pods-run-while-driver-loads': [akin(NETWORK, 2954, 'pods start before the driver after a reboot')],
  'node-blocks-excluded': [exact(IPAM, 154, 'exclusions are not honoured when blocks are given out (mended in 0.4.0)')],
  'pods-get-no-address': [akin(IPAM, 154, 'a block that lies in the exclusions has no address to give')],
  'reservations-leaked': [
    akin(WHEREABOUTS, 75, 'reservations of pods that are gone'),
    akin(WHEREABOUTS, 291, 'reservations of pods that are gone'),
    akin(WHEREABOUTS, 550, 'reservations of pods that are gone'),
  ],
  'scc-denied': [exact(DPF, 61, 'adds the SCC bindings that two controllers lack')],
  'pf-netdevice-missing': [exact(DPF, 2, 'DMS cannot start, since the function has no net device')],
  'bfb-not-available': [exact(DPF, 29, 'a wrong URL shows nothing useful: the BFB stays in Initializing')],
  'flavor-exceeds-memory': [exact(DPF, 17, 'huge pages beyond the memory of the card: its Arm side does not boot')],
  'client-secret-stale': [exact(DPF, 40, 'a stale client secret leads to Error without another try')],
  'bfb-volume-gone': [akin(DPF, 40, 'the volume of the images was away')],
  'dpu-not-provisioned': [
    akin(DPF, 29, 'a card that waits for its image'),
    akin(DPF, 40, 'a card in Error is not tried again'),
  ],
  'mechanism-driver-missing': [exact('vexxhost/atmosphere', 3925, 'adds the mechanism driver for vnic_type baremetal')],
  'boot-override-refused': [
    akin('metal3-io/baremetal-operator', 493, 'a BMC that refuses the persistent override'),
    akin('DMTF/Redfish-Tacklebox', 144, 'a BMC that refuses the persistent override'),
  ],
  'setup-at-every-boot': [akin('kubevirtbmc/kubevirtbmc', 165, 'a one-time override that stays')],
  'wrong-cni-for-link': [
    exact('k8snetworkplumbingwg/sriov-cni', 285, 'the VLAN of an InfiniBand VF: operation not supported'),
    exact(DEVICE_PLUGIN, 261, 'InfiniBand VFs under the CNI for Ethernet; ib-sriov-cni cured it'),
  ],
  'network-without-resource': [
    exact(DEVICE_PLUGIN, 258, 'VF pci addr is required: no device was handed to the network'),
  ],
  'multus-unauthorized': [
    exact(NETWORK, 1363, 'Multus is refused: Unauthorized'),
    akin('k8snetworkplumbingwg/multus-cni', 852, 'the token of Multus has run out'),
  ],
  'policy-selects-nothing': [
    exact(SRIOV, 287, 'a policy is accepted and nothing happens'),
    akin(SRIOV, 434, 'a policy is accepted and nothing happens'),
    akin(SRIOV, 358, 'no supported NIC is selected: the model is not listed'),
  ],
  'policies-overlap': [exact(SRIOV_OPENSHIFT, 417, 'VF index ranges that overlap')],
  'pf-unbound-by-daemon': [
    exact(SRIOV, 784, 'VFs appear and the net device of the port vanishes'),
    exact(SRIOV, 786, 'a port without RDMA and net device afterwards'),
  ],
  'port-lost-its-device': [exact(SRIOV, 786, 'a port without RDMA and net device')],
  'disable-drain-leaves-cordon': [
    akin(SRIOV, 463, 'no uncordon where drains were switched off meanwhile'),
    akin(SRIOV, 718, 'a node that stays SchedulingDisabled after Succeeded'),
  ],
  'device-plugin-config-stale': [
    exact(NETWORK, 1831, 'a new configuration needs a restart of the plugin by hand'),
    akin(NETWORK, 2035, 'restarts it by itself, from 26.1 on'),
  ],
  'adapter-not-supported': [
    exact(SRIOV_OPENSHIFT, 747, 'Succeeded without any interface: no adapter is supported'),
    akin(SRIOV, 358, 'a model that is not in the list'),
  ],
  'nic-labels-missing': [akin(NETWORK, 557, 'background of the NodeFeatureRule that sets the label')],
  'host-restart-awaited': [akin(DPF, 21, 'provisioning needs restarts of the host')],
  'boot-override-ignored': [
    exact('kubevirtbmc/kubevirtbmc', 165, 'Once is taken with 204 and read back as Continuous'),
    akin('ironcore-dev/metal-operator', 80, 'a host that boots from disk in spite of a one-time override'),
  ],
  'driver-module-in-use': [akin(NETWORK, 1639, 'the driver cannot be loaded, since modules are in use')],
};

export const upstreamReports = (rule: string): readonly UpstreamReport[] => REPORTS[rule] ?? [];

/** Rules that the table speaks of, for the test that none is misspelt. */
export const RULES_WITH_REPORTS: readonly string[] = Object.keys(REPORTS);
