/**
 * What is read of a live cluster, as data: which kinds, where from, and what a report cannot tell without each. Custom
 * resources are read by their group, so that a new kind of an operator is read without a change here.
 */
import type { ServedResource } from '../ports/kube-api.ts';
import { WATCHED_KINDS } from '../visit/others/watched-kinds.ts';

export interface LiveKind {
  readonly group: string;
  readonly plural: string;
  /** What stays untold when it may not be read. */
  readonly hides: string;
  /** Only in the namespaces of the operators: elsewhere there is much of it, and nothing for us. */
  readonly operatorsOnly?: boolean;
  readonly labelSelector?: string;
}

const core = (plural: string, hides: string): LiveKind => ({ group: '', plural, hides });
const of = (group: string, plural: string, hides: string): LiveKind => ({ group, plural, hides });

const RIGHTS = 'who may do what';

export const LIVE_KINDS: readonly LiveKind[] = [
  core('nodes', 'nodes, their labels, taints, resources and boot ids'),
  core('pods', 'which pods run or wait where, and why'),
  core('events', 'what the cluster reported in the last hour'),
  core('namespaces', 'labels of namespaces'),
  core('serviceaccounts', 'identities of pods'),
  of('apps', 'daemonsets', 'which nodes the components should run on'),
  of('apps', 'deployments', 'versions and settings of the operators'),
  of('apps', 'controllerrevisions', 'whether pods are of the newest revision'),
  of('policy', 'poddisruptionbudgets', 'what would hold up a drain'),
  of('apiextensions.k8s.io', 'customresourcedefinitions', 'versions of the CRDs'),
  of('rbac.authorization.k8s.io', 'clusterroles', RIGHTS),
  of('rbac.authorization.k8s.io', 'clusterrolebindings', RIGHTS),
  of('rbac.authorization.k8s.io', 'roles', RIGHTS),
  of('rbac.authorization.k8s.io', 'rolebindings', RIGHTS),
  { ...core('configmaps', 'what the device plugins were told'), operatorsOnly: true },
  {
    ...core('secrets', "the installed release by Helm's record; it is then read from image tags"),
    operatorsOnly: true,
    labelSelector: 'owner=helm',
  },
];

/** Groups of the operators in this field, by their endings. */
const OPERATOR_GROUPS = [
  'mellanox.com',
  'nvidia.com',
  'sriovnetwork.openshift.io',
  'k8s.cni.cncf.io',
  'machineconfiguration.openshift.io',
  'operators.coreos.com',
];

/** In these there is much, and nobody asks for it. */
const NOT_READ = new Set(['nodefeatures.nfd.k8s-sigs.io', 'machineconfigs.machineconfiguration.openshift.io']);

export const isOperatorGroup = (group: string): boolean =>
  OPERATOR_GROUPS.some((known) => group === known || group.endsWith(`.${known}`));

const WATCHED = new Set(WATCHED_KINDS.map(({ plural, group }) => `${plural}.${group}`));

/**
 * The custom resources to read of what a server has: each kind once, in the version that the server prefers. Of others than
 * the operators of this field, only what tells that they act on nodes.
 */
export const operatorKinds = (served: readonly ServedResource[]): readonly ServedResource[] =>
  served.filter(
    ({ group, plural, preferred, verbs }) =>
      preferred &&
      verbs.includes('list') &&
      (isOperatorGroup(group) || WATCHED.has(`${plural}.${group}`)) &&
      !NOT_READ.has(`${plural}.${group}`),
  );

/** Kinds that rules ask for by name. Where their definition is absent there can be no such object: that is a fact too. */
const ASKED_FOR: readonly string[] = [
  'NicClusterPolicy.mellanox.com',
  'NicNodePolicy.mellanox.com',
  'IPoIBNetwork.mellanox.com',
  'MacvlanNetwork.mellanox.com',
  'HostDeviceNetwork.mellanox.com',
  'SriovNetwork.sriovnetwork.openshift.io',
  'SriovIBNetwork.sriovnetwork.openshift.io',
  'SriovNetworkNodePolicy.sriovnetwork.openshift.io',
  'SriovNetworkNodeState.sriovnetwork.openshift.io',
  'SriovNetworkPoolConfig.sriovnetwork.openshift.io',
  'SriovOperatorConfig.sriovnetwork.openshift.io',
  'IPPool.nv-ipam.nvidia.com',
  'CIDRPool.nv-ipam.nvidia.com',
  'NicDevice.configuration.net.nvidia.com',
  'NetworkAttachmentDefinition.k8s.cni.cncf.io',
  ...WATCHED_KINDS.map(({ kind, group }) => `${kind}.${group}`),
];

/** Those that the server does not serve, as `Kind.group`: they count as listed, and empty. */
export const absentKinds = (served: readonly ServedResource[]): readonly string[] => {
  const there = new Set(served.map(({ kind, group }) => `${kind}.${group}`));
  return ASKED_FOR.filter((key) => !there.has(key));
};
