/**
 * How a kind is addressed in the Kubernetes API, and the kinds that this project reads or writes by name.
 * Which kinds a server really has is found by KubeApi.discover; nothing here says that they are served.
 */

export interface KubeResource {
  /** API group; '' is the core group. */
  readonly group: string;
  readonly version: string;
  /** The plural in the path: `pods`, `sriovnetworknodestates`. */
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** `v1`, `apps/v1`: what stands in an object's apiVersion. */
export const apiVersionOf = ({ group, version }: Pick<KubeResource, 'group' | 'version'>): string =>
  group === '' ? version : `${group}/${version}`;

/** `pods`, `daemonsets.apps`: how RBAC rules and kubectl name a resource. */
export const resourceName = ({ group, plural }: Pick<KubeResource, 'group' | 'plural'>): string =>
  group === '' ? plural : `${plural}.${group}`;

interface Named {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** `Pod x/y`, `Node n`. */
export const objectWords = (kind: KubeResource, { namespace, name }: Named): string =>
  `${kind.kind} ${namespace === undefined ? '' : `${namespace}/`}${name ?? '(new)'}`;

/** `pods in namespace x`, `daemonsets.apps`. */
export const collectionWords = (kind: KubeResource, { namespace }: Pick<Named, 'namespace'>): string =>
  `${resourceName(kind)}${namespace === undefined ? '' : ` in namespace ${namespace}`}`;

const namespaced = (apiVersion: string, plural: string, kind: string): KubeResource =>
  resource(apiVersion, plural, kind, true);

const clusterWide = (apiVersion: string, plural: string, kind: string): KubeResource =>
  resource(apiVersion, plural, kind, false);

const resource = (apiVersion: string, plural: string, kind: string, isNamespaced: boolean): KubeResource => {
  const slash = apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    plural,
    kind,
    namespaced: isNamespaced,
  };
};

export const NAMESPACES = clusterWide('v1', 'namespaces', 'Namespace');
export const NODES = clusterWide('v1', 'nodes', 'Node');
export const PODS = namespaced('v1', 'pods', 'Pod');
export const CONFIG_MAPS = namespaced('v1', 'configmaps', 'ConfigMap');
export const SECRETS = namespaced('v1', 'secrets', 'Secret');
export const EVENTS = namespaced('v1', 'events', 'Event');
export const SERVICE_ACCOUNTS = namespaced('v1', 'serviceaccounts', 'ServiceAccount');
export const DAEMON_SETS = namespaced('apps/v1', 'daemonsets', 'DaemonSet');
export const DEPLOYMENTS = namespaced('apps/v1', 'deployments', 'Deployment');
export const REPLICA_SETS = namespaced('apps/v1', 'replicasets', 'ReplicaSet');
export const STATEFUL_SETS = namespaced('apps/v1', 'statefulsets', 'StatefulSet');
export const JOBS = namespaced('batch/v1', 'jobs', 'Job');
export const CONTROLLER_REVISIONS = namespaced('apps/v1', 'controllerrevisions', 'ControllerRevision');
export const POD_DISRUPTION_BUDGETS = namespaced('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget');
export const LEASES = namespaced('coordination.k8s.io/v1', 'leases', 'Lease');
export const CUSTOM_RESOURCE_DEFINITIONS = clusterWide(
  'apiextensions.k8s.io/v1',
  'customresourcedefinitions',
  'CustomResourceDefinition',
);

const SRIOV = 'sriovnetwork.openshift.io/v1';
export const SRIOV_POLICIES = namespaced(SRIOV, 'sriovnetworknodepolicies', 'SriovNetworkNodePolicy');
export const SRIOV_NODE_STATES = namespaced(SRIOV, 'sriovnetworknodestates', 'SriovNetworkNodeState');
export const SRIOV_POOL_CONFIGS = namespaced(SRIOV, 'sriovnetworkpoolconfigs', 'SriovNetworkPoolConfig');
export const SRIOV_OPERATOR_CONFIGS = namespaced(SRIOV, 'sriovoperatorconfigs', 'SriovOperatorConfig');
export const NIC_CLUSTER_POLICIES = clusterWide('mellanox.com/v1alpha1', 'nicclusterpolicies', 'NicClusterPolicy');
export const BARE_METAL_HOSTS = namespaced('metal3.io/v1alpha1', 'baremetalhosts', 'BareMetalHost');
