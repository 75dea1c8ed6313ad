/**
 * The resource types of what runs around smart NICs: DPF, the network and SR-IOV operators, node feature discovery,
 * cert-manager, OpenShift. From the CRDs of the charts' releases, dpf.md 1 and OpenShift's API listing.
 * CRDs of the manifests under review come before these (resource-types.ts). Columns as in kubernetes-types.ts.
 */
export const FIELD_TYPES = `
cert-manager.io v1 certificaterequests CertificateRequest cr,crs n
cert-manager.io v1 certificates Certificate cert,certs n
cert-manager.io v1 clusterissuers ClusterIssuer - c
cert-manager.io v1 issuers Issuer - n
acme.cert-manager.io v1 challenges Challenge - n
acme.cert-manager.io v1 orders Order - n
operator.dpu.nvidia.com v1alpha1 dpfoperatorconfigs DPFOperatorConfig - n
provisioning.dpu.nvidia.com v1alpha1 bfbs BFB - n
provisioning.dpu.nvidia.com v1alpha1 bluefieldsoftwares BlueFieldSoftware - n
provisioning.dpu.nvidia.com v1alpha1 dpuclusters DPUCluster - n
provisioning.dpu.nvidia.com v1alpha1 dpudevices DPUDevice - n
provisioning.dpu.nvidia.com v1alpha1 dpudiscoveries DPUDiscovery - n
provisioning.dpu.nvidia.com v1alpha1 dpuflavors DPUFlavor - n
provisioning.dpu.nvidia.com v1alpha1 dpuflavortemplates DPUFlavorTemplate - n
provisioning.dpu.nvidia.com v1alpha1 dpunodemaintenances DPUNodeMaintenance - n
provisioning.dpu.nvidia.com v1alpha1 dpunodes DPUNode - n
provisioning.dpu.nvidia.com v1alpha1 dpus DPU - n
provisioning.dpu.nvidia.com v1alpha1 dpusets DPUSet - n
svc.dpu.nvidia.com v1alpha1 dpudeployments DPUDeployment - n
svc.dpu.nvidia.com v1alpha1 dpuservicechains DPUServiceChain - n
svc.dpu.nvidia.com v1alpha1 dpuserviceconfigurations DPUServiceConfiguration - n
svc.dpu.nvidia.com v1alpha1 dpuservicecredentialrequests DPUServiceCredentialRequest - n
svc.dpu.nvidia.com v1alpha1 dpuserviceinterfaces DPUServiceInterface - n
svc.dpu.nvidia.com v1alpha1 dpuserviceipams DPUServiceIPAM - n
svc.dpu.nvidia.com v1alpha1 dpuservicenads DPUServiceNAD - n
svc.dpu.nvidia.com v1alpha1 dpuservices DPUService - n
svc.dpu.nvidia.com v1alpha1 dpuservicetemplates DPUServiceTemplate - n
mellanox.com v1alpha1 hostdevicenetworks HostDeviceNetwork - c
mellanox.com v1alpha1 ipoibnetworks IPoIBNetwork - c
mellanox.com v1alpha1 macvlannetworks MacvlanNetwork - c
mellanox.com v1alpha1 nicclusterpolicies NicClusterPolicy ncp c
mellanox.com v1alpha1 nicnodepolicies NicNodePolicy nicnode,nnp c
configuration.net.nvidia.com v1alpha1 nicconfigurationtemplates NicConfigurationTemplate - n
configuration.net.nvidia.com v1alpha1 nicdevices NicDevice - n
configuration.net.nvidia.com v1alpha1 nicfirmwaresources NicFirmwareSource - n
configuration.net.nvidia.com v1alpha1 nicfirmwaretemplates NicFirmwareTemplate - n
configuration.net.nvidia.com v1alpha1 nicinterfacenametemplates NicInterfaceNameTemplate - n
maintenance.nvidia.com v1alpha1 maintenanceoperatorconfigs MaintenanceOperatorConfig - n
maintenance.nvidia.com v1alpha1 nodemaintenances NodeMaintenance - n
nv-ipam.nvidia.com v1alpha1 cidrpools CIDRPool - n
nv-ipam.nvidia.com v1alpha1 ippools IPPool - n
spectrumx.nvidia.com v1alpha2 spectrumxrailpoolconfigs SpectrumXRailPoolConfig - n
sriovnetwork.openshift.io v1 ovsnetworks OVSNetwork - n
sriovnetwork.openshift.io v1 sriovibnetworks SriovIBNetwork - n
sriovnetwork.openshift.io v1 sriovnetworknodepolicies SriovNetworkNodePolicy - n
sriovnetwork.openshift.io v1 sriovnetworknodestates SriovNetworkNodeState - n
sriovnetwork.openshift.io v1 sriovnetworkpoolconfigs SriovNetworkPoolConfig - n
sriovnetwork.openshift.io v1 sriovnetworks SriovNetwork - n
sriovnetwork.openshift.io v1 sriovoperatorconfigs SriovOperatorConfig - n
sriovnetwork.k8snetworkplumbingwg.io v1alpha1 deviceattributes DeviceAttributes - n
sriovnetwork.k8snetworkplumbingwg.io v1alpha1 sriovresourcepolicies SriovResourcePolicy - n
k8s.cni.cncf.io v1 network-attachment-definitions NetworkAttachmentDefinition nad,net-attach-def n
whereabouts.cni.cncf.io v1alpha1 overlappingrangeipreservations OverlappingRangeIPReservation - n
nfd.k8s-sigs.io v1alpha1 nodefeaturegroups NodeFeatureGroup nfg n
nfd.k8s-sigs.io v1alpha1 nodefeaturerules NodeFeatureRule nfr c
nfd.k8s-sigs.io v1alpha1 nodefeatures NodeFeature - n
nvidia.com v1 clusterpolicies ClusterPolicy - c
argoproj.io v1alpha1 applications Application app,apps n
argoproj.io v1alpha1 appprojects AppProject appproj,appprojs n
monitoring.coreos.com v1 servicemonitors ServiceMonitor smon n
monitoring.coreos.com v1 prometheusrules PrometheusRule promrule n
apps.openshift.io v1 deploymentconfigs DeploymentConfig dc n all
build.openshift.io v1 buildconfigs BuildConfig bc n all
build.openshift.io v1 builds Build - n all
config.openshift.io v1 clusteroperators ClusterOperator co c
config.openshift.io v1 clusterversions ClusterVersion - c
config.openshift.io v1 infrastructures Infrastructure - c
config.openshift.io v1 networks Network - c
image.openshift.io v1 imagestreams ImageStream is n all
image.openshift.io v1 imagestreamtags ImageStreamTag istag n
machineconfiguration.openshift.io v1 machineconfigpools MachineConfigPool mcp c
machineconfiguration.openshift.io v1 machineconfigs MachineConfig mc c
operator.openshift.io v1 networks Network - c
operators.coreos.com v1alpha1 clusterserviceversions ClusterServiceVersion csv,csvs n
operators.coreos.com v1alpha1 installplans InstallPlan ip n
operators.coreos.com v1alpha1 subscriptions Subscription sub,subs n
operators.coreos.com v1 operatorgroups OperatorGroup og n
project.openshift.io v1 projectrequests ProjectRequest - c
project.openshift.io v1 projects Project - c
route.openshift.io v1 routes Route - n all
security.openshift.io v1 securitycontextconstraints SecurityContextConstraints scc c
template.openshift.io v1 processedtemplates Template - n
template.openshift.io v1 templates Template - n
user.openshift.io v1 groups Group - c
user.openshift.io v1 users User - c
`;

/** Types whose objects get their names at run time, so that a grant cannot name them once and for all. */
export const NAMES_FOUND_AT_RUN_TIME: Readonly<Record<string, string>> = {
  'provisioning.dpu.nvidia.com/dpudevices': 'a DPUDevice is named by the serial number of its card, read on the host',
};
