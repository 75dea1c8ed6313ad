/**
 * What the network operator deploys, component by component: state, field of the policy, images, objects, and what the
 * removal of a component takes along. Facts of upstream's states, in the order in which the operator syncs them
 * (reference page network-operator.md 1.5 to 1.7, 1.10).
 */
import { compareVersions, lineOf } from '../release/version.ts';

export interface ComponentObject {
  readonly kind: string;
  /** `mofed-*-ds` stands for one per OS and kernel. */
  readonly name: string;
  readonly since?: string;
  /** The first release that no longer has it. */
  readonly until?: string;
}

export interface ComponentImage {
  /** Path of the block with image, repository and version below the component's own field; `''` is the field itself. */
  readonly field: string;
  /** Name in the release file. */
  readonly component: string;
}

export interface Component {
  readonly state: string;
  /** Field below `spec`. */
  readonly field: string;
  /** Condition type in status.conditions (26.7 and later). */
  readonly condition: string | undefined;
  readonly since?: string;
  readonly until?: string;
  readonly images: readonly ComponentImage[];
  readonly objects: readonly ComponentObject[];
  /** Kinds of which every object dies with the CRD that removal of the component deletes. */
  readonly destroys: readonly string[];
  /** True for the states that a NicNodePolicy has as well; their objects carry `ds-owner` from 26.4. */
  readonly perNode?: true;
}

const single = (component: string): readonly ComponentImage[] => [{ field: '', component }];
const object = (kind: string, name: string, since?: string, until?: string): ComponentObject => ({
  kind,
  name,
  ...(since === undefined ? {} : { since }),
  ...(until === undefined ? {} : { until }),
});

// prettier-ignore
export const COMPONENTS: readonly Component[] = [
  { state: 'state-pod-security-policy', field: 'psp', condition: undefined, until: '24.1.0', images: [], objects: [], destroys: [] },
  { state: 'state-multus-cni', field: 'secondaryNetwork.multus', condition: 'MultusCNIReady', images: single('Multus'), destroys: [],
    objects: [object('DaemonSet', 'kube-multus-ds'), object('ConfigMap', 'multus-cni-config'), object('ServiceAccount', 'multus'), object('ClusterRole', 'multus'), object('ClusterRoleBinding', 'multus')] },
  { state: 'state-container-networking-plugins', field: 'secondaryNetwork.cniPlugins', condition: 'CNIPluginsReady', images: single('CniPlugins'), destroys: [],
    objects: [object('DaemonSet', 'cni-plugins-ds')] },
  { state: 'state-ipoib-cni', field: 'secondaryNetwork.ipoib', condition: 'IPoIBCNIReady', images: single('Ipoib'), destroys: [],
    objects: [object('DaemonSet', 'kube-ipoib-cni-ds')] },
  { state: 'state-whereabouts-cni', field: 'secondaryNetwork.ipamPlugin', condition: undefined, until: '25.10.0', images: single('IpamPlugin'), destroys: ['IPPool.whereabouts.cni.cncf.io', 'OverlappingRangeIPReservation.whereabouts.cni.cncf.io'],
    objects: [object('DaemonSet', 'whereabouts'), object('Deployment', 'whereabouts-node-slice-controller', '25.7.0'), object('ConfigMap', 'whereabouts-config'), object('ServiceAccount', 'whereabouts'), object('ClusterRole', 'whereabouts-cni'), object('ClusterRoleBinding', 'whereabouts-cni'), object('CustomResourceDefinition', 'ippools.whereabouts.cni.cncf.io'), object('CustomResourceDefinition', 'overlappingrangeipreservations.whereabouts.cni.cncf.io'), object('CustomResourceDefinition', 'nodeslicepools.whereabouts.cni.cncf.io', '25.7.0')] },
  { state: 'state-OFED', field: 'ofedDriver', condition: 'OFEDDriverReady', images: single('Mofed'), destroys: [], perNode: true,
    objects: [object('DaemonSet', 'mofed-*-ds'), object('ConfigMap', 'ofed-init-container-config'), object('ServiceAccount', 'ofed-driver'), object('ClusterRole', 'ofed-driver'), object('ClusterRoleBinding', 'ofed-driver')] },
  { state: 'state-SRIOV-device-plugin', field: 'sriovDevicePlugin', condition: 'SRIOVDevicePluginReady', images: single('SriovDevicePlugin'), destroys: [], perNode: true,
    objects: [object('DaemonSet', 'sriov-device-plugin', undefined, '25.1.0'), object('ConfigMap', 'sriovdp-config', undefined, '25.1.0'), object('ServiceAccount', 'sriov-device-plugin', undefined, '25.1.0'), object('DaemonSet', 'network-operator-sriov-device-plugin', '25.1.0'), object('ConfigMap', 'network-operator-sriovdp-config', '25.1.0'), object('ServiceAccount', 'network-operator-sriov-device-plugin', '25.1.0')] },
  { state: 'state-RDMA-device-plugin', field: 'rdmaSharedDevicePlugin', condition: 'RDMASharedDevicePluginReady', images: single('RdmaSharedDevicePlugin'), destroys: [], perNode: true,
    objects: [object('DaemonSet', 'rdma-shared-dp-ds'), object('ConfigMap', 'rdma-devices')] },
  { state: 'state-NV-Peer', field: 'nvPeerDriver', condition: undefined, until: '23.7.0', images: [], objects: [], destroys: [] },
  { state: 'state-ib-kubernetes', field: 'ibKubernetes', condition: 'IBKubernetesReady', images: single('IbKubernetes'), destroys: [],
    objects: [object('Deployment', 'ib-kubernetes')] },
  { state: 'state-nv-ipam-cni', field: 'nvIpam', condition: 'NVIPAMReady', images: single('nvIpam'), destroys: ['IPPool.nv-ipam.nvidia.com', 'CIDRPool.nv-ipam.nvidia.com'],
    objects: [object('DaemonSet', 'nv-ipam-node'), object('Deployment', 'nv-ipam-controller'), object('ServiceAccount', 'nv-ipam-node'), object('ServiceAccount', 'nv-ipam-controller'), object('ClusterRole', 'nv-ipam-node'), object('ClusterRole', 'nv-ipam-controller'), object('ClusterRoleBinding', 'nv-ipam-node'), object('ClusterRoleBinding', 'nv-ipam-controller'), object('CustomResourceDefinition', 'ippools.nv-ipam.nvidia.com'), object('CustomResourceDefinition', 'cidrpools.nv-ipam.nvidia.com')] },
  { state: 'state-nic-feature-discovery', field: 'nicFeatureDiscovery', condition: 'NICFeatureDiscoveryReady', images: single('nicFeatureDiscovery'), destroys: [],
    objects: [object('DaemonSet', 'nic-feature-discovery-ds')] },
  { state: 'state-doca-telemetry-service', field: 'docaTelemetryService', condition: 'DOCATelemetryServiceReady', images: single('docaTelemetryService'), destroys: [],
    objects: [object('DaemonSet', 'doca-telemetry-service'), object('ConfigMap', 'doca-telemetry-service'), object('ServiceAccount', 'doca-telemetry-service')] },
  { state: 'state-nic-configuration-operator', field: 'nicConfigurationOperator', condition: 'NICConfigurationOperatorReady', since: '25.4.0',
    images: [{ field: 'operator', component: 'nicConfigurationOperator' }, { field: 'configurationDaemon', component: 'nicConfigurationConfigDaemon' }],
    destroys: ['NicConfigurationTemplate.configuration.net.nvidia.com', 'NicDevice.configuration.net.nvidia.com', 'NicFirmwareSource.configuration.net.nvidia.com', 'NicFirmwareTemplate.configuration.net.nvidia.com', 'NicInterfaceNameTemplate.configuration.net.nvidia.com'],
    objects: [object('Deployment', 'nic-configuration-operator'), object('DaemonSet', 'nic-configuration-daemon'), object('ConfigMap', 'nic-configuration-operator-supported-nic-firmware'), object('PersistentVolumeClaim', 'nic-fw-storage-pvc'), object('CustomResourceDefinition', 'nicconfigurationtemplates.configuration.net.nvidia.com'), object('CustomResourceDefinition', 'nicdevices.configuration.net.nvidia.com'), object('CustomResourceDefinition', 'nicfirmwaresources.configuration.net.nvidia.com'), object('CustomResourceDefinition', 'nicfirmwaretemplates.configuration.net.nvidia.com'), object('CustomResourceDefinition', 'nicinterfacenametemplates.configuration.net.nvidia.com', '26.1.0')] },
  { state: 'state-spectrum-x-operator', field: 'spectrumXOperator', condition: 'SpectrumXOperatorReady', since: '25.4.0',
    images: [{ field: '', component: 'spectrumXOperator' }, { field: 'xPlane', component: 'xPlaneService' }],
    destroys: ['SpectrumXRailPoolConfig.spectrumx.nvidia.com'],
    objects: [object('Deployment', 'spectrum-x-operator', '25.4.0', '25.7.0'), object('DaemonSet', 'spectrum-x-flowcontroller', '25.4.0'), object('CustomResourceDefinition', 'spectrumxrailpoolconfigs.spectrumx.nvidia.com', '26.1.0')] },
];

/** Labels and names that mark what the operator made. */
export const STATE_LABEL = 'nvidia.network-operator.state';
export const OWNER_LABEL = 'ds-owner';
export const CLUSTER_POLICY_OWNER = 'NicClusterPolicy';
export const POLICY_NAME = 'nic-cluster-policy';

/** The release that gave the objects of some states a ds-owner label, and searches for it ever since. */
export const OWNER_LABEL_SINCE = '26.4.0';

/** True when something that exists from `since` on and is gone at `until` is in a release. */
const inRelease = (release: string, { since, until }: { readonly since?: string; readonly until?: string }): boolean =>
  (since === undefined || compareVersions(release, since) >= 0) &&
  (until === undefined || compareVersions(release, until) < 0);

/** The components of a release, in the order in which the operator syncs them. */
export const componentsOf = (release: string): readonly Component[] =>
  COMPONENTS.filter((component) => inRelease(release, component)).map((component) => ({
    ...component,
    objects: component.objects.filter((item) => inRelease(release, item)),
  }));

export const componentOfState = (state: string): Component | undefined =>
  COMPONENTS.find((component) => component.state === state);

export const componentOfField = (field: string): Component | undefined =>
  COMPONENTS.find((component) => component.field === field);

/** Says why a state is not one of a release: `gone since 25.10`, `only from 25.4`; undefined when it is. */
export const whyNotInRelease = (state: string, release: string): string | undefined => {
  const component = componentOfState(state);
  if (component === undefined) return 'no release of the network operator has a state of this name';
  if (inRelease(release, component)) return undefined;
  return component.until !== undefined && compareVersions(release, component.until) >= 0
    ? `gone since ${lineOf(component.until)}`
    : `only from ${lineOf(component.since ?? '')} on`;
};
