/** A node on which the program of a CNI plug-in is not installed. */
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { isPodOver, said, sayings } from '../../said.ts';
import { aPodEvent, aUserPod } from '../world-ipam.ts';

const RULE = 'cni-plugin-missing';
const WORDS =
  /failed to find plugin \\?"(?<plugin>sriov|ib-sriov|ovs|host-device|ipoib|macvlan|rdma|nv-ipam|whereabouts|multus|multus-shim|tuning)\\?" in path \[?(?<path>[^\]"\s]*)/;

/** What puts each program on a node. */
const INSTALLERS: Readonly<Record<string, string>> = {
  sriov: 'the config daemon of the SR-IOV operator',
  'ib-sriov': 'the config daemon of the SR-IOV operator',
  ovs: 'the config daemon of the SR-IOV operator',
  rdma: 'the config daemon of the SR-IOV operator',
  ipoib: 'kube-ipoib-cni-ds (secondaryNetwork.ipoib of the NicClusterPolicy)',
  'host-device': 'cni-plugins-ds (secondaryNetwork.cniPlugins of the NicClusterPolicy)',
  macvlan: 'cni-plugins-ds (secondaryNetwork.cniPlugins of the NicClusterPolicy)',
  tuning: 'cni-plugins-ds (secondaryNetwork.cniPlugins of the NicClusterPolicy)',
  'nv-ipam': 'nv-ipam-node (nvIpam of the NicClusterPolicy)',
  whereabouts: 'whereabouts (secondaryNetwork.ipamPlugin of the NicClusterPolicy, up to release 25.7)',
  multus: 'kube-multus-ds (secondaryNetwork.multus of the NicClusterPolicy)',
  'multus-shim': 'kube-multus-ds (secondaryNetwork.multus of the NicClusterPolicy)',
};

const check = (facts: Facts): readonly Statement[] =>
  sayings(
    said(facts, `${RULE}/said`, WORDS),
    { over: isPodOver, clear: 'pods whose plug-in was once missing run' },
    (one) => {
      const { plugin = '', path = '' } = one.groups;
      return {
        because: `${one.node === undefined ? 'A node' : one.node} has no CNI plug-in ${plugin} in ${path}; it is put there by ${INSTALLERS[plugin] ?? 'its DaemonSet'}`,
        sameAs: plugin,
        lacks: [
          {
            what: `whether ${INSTALLERS[plugin]?.split(' (')[0] ?? plugin} runs${one.node === undefined ? '' : ` on ${one.node}`}, and into which directory it writes`,
            why: 'not running, or a CNI directory of this distribution that it does not know',
            settle: `${facts.cli} get pods -A -o wide${one.node === undefined ? '' : ` --field-selector spec.nodeName=${one.node}`}; ls ${path === '' ? '/opt/cni/bin' : path}   # on the node`,
          },
        ],
      };
    },
  );

const MISSING = 'error adding container to network "rail-1": failed to find plugin "ib-sriov" in path [/opt/cni/bin]';

export const cniPluginMissing = defineRule({
  id: RULE,
  title: 'A CNI plug-in is not on the node',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { said: WORDS },
  explain:
    'CNI plug-ins are programs in a directory of the node, put there by DaemonSets. A node without the pod of that DaemonSet, or a distribution whose directory differs from /opt/cni/bin (k3s, RKE2, OpenShift), has none, and no pod with such a network starts there.',
  sources: ['containernetworking/cni pkg/invoke/find.go', 'reference network-operator.md 1.6'],
  causedBy: ['daemon-selects-no-node', 'image-pull-failing', 'nicclusterpolicy-missing', 'operator-config-missing'],
  check,
  remedy: (_, facts) => [{ text: 'See that the DaemonSet named above has a ready pod on the node, and that it writes into the directory that the runtime reads.', command: `${facts.cli} get daemonsets -A` }],
  cases: [
    { name: 'an event of the kubelet', kind: 'broken', objects: [aUserPod('nccl-0'), aPodEvent('nccl-0', MISSING)], says: 'no CNI plug-in ib-sriov' },
    { name: 'the pod runs since', kind: 'healthy', objects: [aUserPod('nccl-0', 'a', true), aPodEvent('nccl-0', MISSING)] },
    { name: 'the plug-in of the main network', kind: 'look-alike', objects: [aUserPod('nccl-0'), aPodEvent('nccl-0', 'failed to find plugin "flannel" in path [/opt/cni/bin]')] },
  ],
}); // prettier-ignore
