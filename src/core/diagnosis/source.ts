/**
 * The kinds of input that rules rest on, each with how to tell that it was looked at and the command that would get it.
 * A rule that needs a source which was not looked at says 'unknown'; it never reads its absence as fine.
 */
import { kindKey, type Snapshot, type SnapshotText } from '../snapshot/snapshot.ts';

export interface Source {
  readonly what: string;
  readonly settle: string;
  readonly holds: (snapshot: Snapshot) => boolean;
  /** The same snapshot without this source: tests drop each source in turn. */
  readonly drop: (snapshot: Snapshot) => Snapshot;
}

const kind = (name: string, group: string, plural: string, settle: string): Source => {
  const key = group === '' ? name : `${name}.${group}`;
  return {
    what: plural,
    settle,
    holds: ({ objects, listed }) =>
      listed.has(key) || objects.some(({ object }) => kindKey(object.kind, object.apiVersion) === key),
    drop: (snapshot) => ({
      ...snapshot,
      objects: snapshot.objects.filter(({ object }) => kindKey(object.kind, object.apiVersion) !== key),
      listed: new Set([...snapshot.listed].filter((listed) => listed !== key)),
    }),
  };
};

/** Several kinds that serve one purpose: one of them is enough, and all are dropped together. */
const oneOf = (first: Source, ...others: readonly Source[]): Source => ({
  ...first,
  holds: (snapshot) => [first, ...others].some(({ holds }) => holds(snapshot)),
  drop: (snapshot) => [first, ...others].reduce((left, { drop }) => drop(left), snapshot),
});

const texts = (what: string, settle: string, isOne: (text: SnapshotText) => boolean): Source => ({
  what,
  settle,
  holds: (snapshot) => snapshot.texts.some(isOne),
  drop: (snapshot) => ({ ...snapshot, texts: snapshot.texts.filter((text) => !isOne(text)) }),
});

/** What the firmware tools print, by its content: file names promise nothing. */
const SETTINGS_TEXT =
  /^[ \t]*\*?[ \t]*(?:RO[ \t]+)?(?:NUM_OF_VFS|SRIOV_EN|LINK_TYPE_P\d)\s|Next Boot|"tlv_configuration"|-E-|NV access register/m;

const DAEMON_LOG =
  /sriov-network-config-daemon|mellanox_plugin|mellanox\.go|nodeStateChangeHandler|SriovNetworkNodeState|config-daemon/;

const SRIOV = 'sriovnetwork.openshift.io';
const NV_IPAM = 'nv-ipam.nvidia.com';

export const SOURCES = {
  nodes: kind('Node', '', 'nodes', 'kubectl get nodes -o yaml'),
  pods: kind('Pod', '', 'pods', 'kubectl get pods -A -o yaml'),
  events: kind('Event', '', 'events', 'kubectl get events -A -o yaml'),
  nodeStates: kind(
    'SriovNetworkNodeState',
    SRIOV,
    'SR-IOV node states',
    'kubectl get sriovnetworknodestates -A -o yaml',
  ),
  policies: kind('SriovNetworkNodePolicy', SRIOV, 'SR-IOV policies', 'kubectl get sriovnetworknodepolicies -A -o yaml'),
  operatorConfig: kind(
    'SriovOperatorConfig',
    SRIOV,
    'the SR-IOV operator configuration',
    'kubectl get sriovoperatorconfigs -A -o yaml',
  ),
  nicClusterPolicy: kind(
    'NicClusterPolicy',
    'mellanox.com',
    'the NicClusterPolicy',
    'kubectl get nicclusterpolicies -o yaml',
  ),
  daemonSets: kind('DaemonSet', 'apps', 'DaemonSets', 'kubectl get daemonsets -A -o yaml'),
  addressPools: oneOf(
    kind(
      'IPPool',
      NV_IPAM,
      'the pools of nv-ipam',
      'kubectl get ippools.nv-ipam.nvidia.com,cidrpools.nv-ipam.nvidia.com -A -o yaml',
    ),
    kind('CIDRPool', NV_IPAM, '', ''),
  ),
  firmware: texts(
    'firmware settings',
    'mstconfig -d PCI -e q on the node, or in its sriov-network-config-daemon pod',
    (text) => SETTINGS_TEXT.test(text.text),
  ),
  daemonLog: texts(
    'the log of the config daemon',
    'kubectl logs -n NAMESPACE -l app=sriov-network-config-daemon --prefix --tail=-1',
    (text) =>
      text.kind === 'log' &&
      (/sriov-network-config-daemon/.test(`${text.pod ?? ''} ${text.origin.source}`) || DAEMON_LOG.test(text.text)),
  ),
} as const satisfies Record<string, Source>;

export type SourceName = keyof typeof SOURCES;
