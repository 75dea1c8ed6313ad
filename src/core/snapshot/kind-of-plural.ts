/**
 * Kinds by the resource names that collectors use for their files and people type after `kubectl get`: for lists whose
 * items say no kind, and for tables. Only kinds that some room asks for, or that every dump has, are here.
 */

export interface NamedKind {
  readonly kind: string;
  readonly apiVersion: string;
  /** Plural and short names, lower case. */
  readonly names: readonly string[];
  readonly clusterScoped?: true;
}

const of = (apiVersion: string, kind: string, ...names: readonly string[]): NamedKind => ({ apiVersion, kind, names });
const wide = (apiVersion: string, kind: string, ...names: readonly string[]): NamedKind => ({
  ...of(apiVersion, kind, ...names),
  clusterScoped: true,
});

const RBAC = 'rbac.authorization.k8s.io/v1';
const SRIOV = 'sriovnetwork.openshift.io/v1';
const MELLANOX = 'mellanox.com/v1alpha1';
const IPAM = 'nv-ipam.nvidia.com/v1alpha1';
const DPF = 'provisioning.dpu.nvidia.com/v1alpha1';
const ADMISSION = 'admissionregistration.k8s.io/v1';

export const NAMED_KINDS: readonly NamedKind[] = [
  wide('v1', 'Node', 'nodes', 'node', 'no', 'all-nodes'),
  wide('v1', 'Namespace', 'namespaces', 'namespace', 'ns'),
  of('v1', 'Pod', 'pods', 'pod', 'po'),
  of('v1', 'Event', 'events', 'event', 'ev'),
  of('v1', 'ConfigMap', 'configmaps', 'configmap', 'cm'),
  of('v1', 'Secret', 'secrets', 'secret'),
  of('v1', 'Service', 'services', 'service', 'svc'),
  of('v1', 'ServiceAccount', 'serviceaccounts', 'serviceaccount', 'sa'),
  of('v1', 'ReplicationController', 'replication-controllers', 'replicationcontrollers', 'rc'),
  of('apps/v1', 'DaemonSet', 'daemonsets', 'daemonset', 'ds'),
  of('apps/v1', 'Deployment', 'deployments', 'deployment', 'deploy'),
  of('apps/v1', 'ReplicaSet', 'replicasets', 'replicaset', 'rs'),
  of('apps/v1', 'StatefulSet', 'statefulsets', 'statefulset', 'sts'),
  of('batch/v1', 'Job', 'jobs', 'job'),
  of('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets', 'pod-disruption-budgets', 'pdb'),
  of(RBAC, 'Role', 'roles', 'role'),
  of(RBAC, 'RoleBinding', 'rolebindings', 'rolebinding'),
  wide(RBAC, 'ClusterRole', 'clusterroles', 'clusterrole'),
  wide(RBAC, 'ClusterRoleBinding', 'clusterrolebindings', 'clusterrolebinding'),
  wide(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    'customresourcedefinitions',
    'custom-resource-definitions',
    'crds',
    'crd',
  ),
  wide(ADMISSION, 'ValidatingWebhookConfiguration', 'validatingwebhookconfigurations'),
  wide(ADMISSION, 'MutatingWebhookConfiguration', 'mutatingwebhookconfigurations'),
  wide(MELLANOX, 'NicClusterPolicy', 'nicclusterpolicies', 'nicclusterpolicy', 'ncp'),
  wide(MELLANOX, 'NicNodePolicy', 'nicnodepolicies', 'nicnodepolicy'),
  wide(MELLANOX, 'MacvlanNetwork', 'macvlannetworks', 'macvlannetwork'),
  wide(MELLANOX, 'HostDeviceNetwork', 'hostdevicenetworks', 'hostdevicenetwork'),
  wide(MELLANOX, 'IPoIBNetwork', 'ipoibnetworks', 'ipoibnetwork'),
  of(SRIOV, 'SriovNetworkNodeState', 'sriovnetworknodestates', 'sriovnetworknodestate'),
  of(SRIOV, 'SriovNetworkNodePolicy', 'sriovnetworknodepolicies', 'sriovnetworknodepolicy'),
  of(SRIOV, 'SriovNetwork', 'sriovnetworks', 'sriovnetwork'),
  of(SRIOV, 'SriovIBNetwork', 'sriovibnetworks', 'sriovibnetwork'),
  of(SRIOV, 'OVSNetwork', 'ovsnetworks', 'ovsnetwork'),
  of(SRIOV, 'SriovNetworkPoolConfig', 'sriovnetworkpoolconfigs', 'sriovnetworkpoolconfig'),
  of(SRIOV, 'SriovOperatorConfig', 'sriovoperatorconfigs', 'sriovoperatorconfig'),
  of(IPAM, 'IPPool', 'ippools', 'ippool'),
  of(IPAM, 'CIDRPool', 'cidrpools', 'cidrpool'),
  of('configuration.net.nvidia.com/v1alpha1', 'NicDevice', 'nicdevices', 'nicdevice'),
  of('maintenance.nvidia.com/v1alpha1', 'NodeMaintenance', 'nodemaintenances', 'nodemaintenance'),
  of(
    'k8s.cni.cncf.io/v1',
    'NetworkAttachmentDefinition',
    'network-attachment-definitions',
    'network-attachment-definition',
    'net-attach-def',
    'nad',
  ),
  of(DPF, 'DPU', 'dpus', 'dpu'),
  of(DPF, 'DPUSet', 'dpusets', 'dpuset'),
  of(DPF, 'BFB', 'bfbs', 'bfb'),
  of(DPF, 'DPUFlavor', 'dpuflavors', 'dpuflavor'),
];

const byName = new Map(NAMED_KINDS.flatMap((kind) => kind.names.map((name) => [name, kind] as const)));

/** `pods`, `po`, `Pods`, `nicclusterpolicies.mellanox.com`; undefined for what nobody asks for. */
export const kindOfPlural = (name: string): NamedKind | undefined => {
  const plain = name.toLowerCase();
  return byName.get(plain) ?? byName.get(plain.split('.')[0] ?? plain);
};
