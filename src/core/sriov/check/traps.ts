/**
 * Every trap that `sriov check` knows, as data: how bad it is, the rule of upstream's that makes it one, and the way out. Where a
 * trap is found is left to the rules beside this file.
 */

/** A note is worth knowing and no reason to fail a check. */
export type TrapSeverity = 'error' | 'warning' | 'note';

export interface Trap {
  readonly severity: TrapSeverity;
  /** The rule behind it, one sentence. */
  readonly because: string;
  /** The way out, one sentence. */
  readonly remedy: string;
  /** Section of the field reference, or the upstream file. */
  readonly source: string;
}

export const TRAPS = {
  'crd-refuses': {
    severity: 'error',
    because: 'The API server refuses an object that does not fit its CRD, before any webhook sees it.',
    remedy: 'Write the field as the CRD has it.',
    source: 'sriov.md 1.1',
  },
  'unknown-api-version': {
    severity: 'warning',
    because: 'The operator serves sriovnetwork.openshift.io/v1; other groups are forks with rules of their own.',
    remedy: 'Write apiVersion: sriovnetwork.openshift.io/v1.',
    source: 'sriov.md 1',
  },
  'duplicate-policy': {
    severity: 'error',
    because: 'Two objects of one name are one object in the cluster: the later replaces the earlier.',
    remedy: 'Give each policy its own name.',
    source: 'sriov.md 1.1',
  },
  'webhook-refuses': {
    severity: 'error',
    because: 'The validating webhook refuses it; where the webhook is off, it takes effect as it is.',
    remedy: 'Change the field as the sentence says.',
    source: 'sriov.md 1.8',
  },
  'model-not-supported': {
    severity: 'error',
    because:
      'Daemon, operator and webhook know only the models of ConfigMap supported-nic-ids, read once at their start.',
    remedy: 'Add the model with the Helm value supportedExtraNICs, then restart operator, webhook and config daemon.',
    source: 'sriov.md 1.9',
  },
  'nic-list-broken': {
    severity: 'error',
    because: 'The operator splits each line of supported-nic-ids at blanks and crashes where an id is missing.',
    remedy: 'Write vendor, PF id and VF id, one blank between them.',
    source: 'sriov.md 1.9',
  },
  'range-stops-operator': {
    severity: 'error',
    because: "A VF range that cannot be read ends the operator's pass, so that no node is updated any more.",
    remedy: 'Write the range as NAME#FIRST-LAST, both included.',
    source: 'sriov.md 1.6 (7)',
  },
  'priority-missing': {
    severity: 'warning',
    because:
      'Without the mutating webhook, which the chart leaves off, a missing priority is 0, and 0 is the strongest.',
    remedy: 'Write spec.priority (99 is the weakest).',
    source: 'sriov.md 1.1',
  },
  'rdma-missing': {
    severity: 'warning',
    because:
      'The mutating webhook, which the chart leaves off, turns isRdma on for InfiniBand; without it pods get no RDMA device.',
    remedy: 'Write isRdma: true.',
    source: 'sriov.md 1.8',
  },
  'default-policy': {
    severity: 'warning',
    because: 'A policy named default is a relic: rendering, mutation and validation pass it by.',
    remedy: 'Give it another name, and delete the old object before an upgrade of the operator.',
    source: 'sriov.md 1.1',
  },
  'other-namespace': {
    severity: 'warning',
    because: 'The operator reads policies of its own namespace only.',
    remedy: "Put the policy into the operator's namespace.",
    source: 'sriov.md 1.1',
  },
  'selector-never-matches': {
    severity: 'warning',
    because:
      'Ids and addresses are compared to the letter: four hex digits in lower case, PCI addresses as 0000:3b:00.0.',
    remedy: 'Write the value in that form.',
    source: 'sriov.md 1.1',
  },
  'second-range-ignored': {
    severity: 'warning',
    because:
      'The node state takes the first pfNames entry of a PF; the device plugin is given all and uses the first too.',
    remedy: 'Write one range for each PF, or a second policy with its own resource.',
    source: 'sriov.md 1.1',
  },
  'alt-name-range-lost': {
    severity: 'warning',
    because:
      'A range counts only behind the primary name of a PF: the node state takes all VFs, the device plugin the range.',
    remedy: 'Name the PF by its primary name.',
    source: 'sriov.md 1.1',
  },
  'no-vfs': {
    severity: 'error',
    because: 'numVfs 0 renders nothing into the node state, and the webhook refuses it on every node that has the PF.',
    remedy: 'Delete the policy to take VFs away, or ask for at least one.',
    source: 'sriov.md 1.6 (6)',
  },
  'above-firmware-limit': {
    severity: 'warning',
    because: 'The webhook lets 128 VFs pass, but the firmware of NVIDIA adapters usually ends at 127.',
    remedy: 'Ask for 127 VFs or fewer.',
    source: 'sriov.md 1.8',
  },
  'rdma-with-vdpa': {
    severity: 'error',
    because:
      'The device plugin exits on a resource with both isRdma and a vdpaType, and with it goes every resource of the node.',
    remedy: 'Set isRdma to false, or drop vdpaType.',
    source: 'sriov-network-device-plugin pkg/netdevice/netDeviceProvider.go, ValidConfig',
  },
  'vf-id-shared': {
    severity: 'warning',
    because: 'The device plugin is given the id of the VFs, and from ConnectX-6 Dx on all models share 101e.',
    remedy: 'Add pfNames or rootDevices.',
    source: 'sriov.md 1.9',
  },
  'no-node': {
    severity: 'error',
    because: 'The webhook refuses a policy that selects no node.',
    remedy: 'Correct spec.nodeSelector, or label the nodes.',
    source: 'sriov.md 1.8',
  },
  'no-interface': {
    severity: 'error',
    because: 'The webhook refuses a policy that selects no supported PF anywhere.',
    remedy:
      'Compare nicSelector with status.interfaces of the node states; a PF without a net device is not listed there.',
    source: 'sriov.md 1.8, 1.9',
  },
  'no-interface-here': {
    severity: 'warning',
    because: 'A policy that selects no PF on a node is accepted as long as another node has one.',
    remedy: 'Narrow spec.nodeSelector, or correct the names for these nodes.',
    source: 'sriov.md 1.8',
  },
  'name-unknown': {
    severity: 'warning',
    because: 'An entry of pfNames or rootDevices that no PF of a selected node has does nothing.',
    remedy: 'Correct the entry, or drop it.',
    source: 'sriov.md 1.1',
  },
  'takes-unwanted': {
    severity: 'warning',
    because: 'A selector without names takes every PF that fits, also those that serve the machine itself.',
    remedy: 'Name the wanted PFs with pfNames or rootDevices.',
    source: 'sriov.md 1.1 and F29',
  },
  'never-reported': {
    severity: 'warning',
    because: 'The operator leaves the spec of a node alone until its config daemon has listed PFs.',
    remedy: 'See why the daemon lists none: not selected, not running, or no supported PF with a net device.',
    source: 'sriov.md 1.6 (3)',
  },
  'pf-invisible': {
    severity: 'warning',
    because: 'The daemon passes over a PF that has no net device or no driver (InfiniBand without IPoIB, for example).',
    remedy: 'Load the driver or ib_ipoib, then let the daemon look again.',
    source: 'sriov.md 1.9',
  },
  overridden: {
    severity: 'note',
    because: 'On one PF the policy with the smaller priority number wins.',
    remedy: 'Nothing, if that is meant; else give the policies different VFs of the PF.',
    source: 'sriov.md 1.6 (4)',
  },
  'overlap-unseen': {
    severity: 'warning',
    because:
      'The webhook compares ranges of pfNames only, the first shared PF only, and takes no range for VF -1; of two equal priorities the later name wins.',
    remedy: 'Give both policies disjoint ranges behind pfNames, or different priorities.',
    source: 'sriov.md 1.6 (e), 1.8',
  },
  'same-resource-twice': {
    severity: 'warning',
    because:
      'Of two ranges of one resource on one PF the node state keeps the later, the device plugin is given both and uses the first.',
    remedy: 'Write one range, or two resource names.',
    source: 'sriov.md 1.6 (d)',
  },
  'merge-resets': {
    severity: 'warning',
    because:
      'When policies share a PF, eSwitchMode, linkType and externallyManaged come from the one that is applied last, also where it says nothing.',
    remedy: 'Repeat the field in every policy of the PF.',
    source: 'sriov.md 1.6 (b)',
  },
  'merge-raises-mtu': {
    severity: 'warning',
    because: 'When policies share a PF, the largest mtu counts for the PF, and the webhook does not compare them.',
    remedy: 'Write the same mtu in every policy of the PF.',
    source: 'sriov.md 1.6, 1.8',
  },
  'priority-leaks': {
    severity: 'warning',
    because:
      'Whether two policies have equal priority is judged by the policy applied before on the node, on whatever PF.',
    remedy: 'Give policies that replace each other priorities that no third policy has.',
    source: 'sriov.md 1.6 (a)',
  },
  'vfs-in-no-group': {
    severity: 'warning',
    because: 'A PF gets the largest numVfs of its policies, and VFs outside of all ranges exist for nobody.',
    remedy: 'Widen a range, or lower numVfs in every policy of the PF.',
    source: 'sriov.md 1.6 (c)',
  },
  'range-beyond-vfs': {
    severity: 'warning',
    because: 'VFs at and beyond numVfs are never made.',
    remedy: 'Raise numVfs, or shorten the range.',
    source: 'sriov.md 1.8',
  },
  'resource-disagrees': {
    severity: 'warning',
    because:
      'For a resource of several policies the first one decides isRdma, needVhostNet and vdpaType, the last one excludeTopology.',
    remedy: 'Write the same in every policy of the resource.',
    source: 'sriov.md 1.7',
  },
  'resource-mixes-links': {
    severity: 'warning',
    because: 'Without linkType the device plugin does not look at the link, so a pod may get either.',
    remedy: 'Set linkType, or use two resource names.',
    source: 'sriov.md 1.7',
  },
  'pool-differs': {
    severity: 'warning',
    because:
      'The device plugin joins the selectors of a resource: within a kind any entry will do, across kinds all must agree; a VF goes to the first resource that takes it.',
    remedy: 'Select the PFs of a resource in one way, and give each VF to one resource.',
    source: 'sriov.md 1.7',
  },
  'firmware-change': {
    severity: 'warning',
    because:
      'The operator wants NUM_OF_VFS to be equal to numVfs, not at least as large, and restarts the node for it, always warm.',
    remedy:
      'Keep the number that the firmware has, or plan the restarts; on platforms that keep adapters powered only a cold one helps.',
    source: 'sriov.md 2.4',
  },
  'firmware-fixed': {
    severity: 'error',
    because: 'With disablePlugins: [mellanox] nobody writes the firmware, and VFs beyond NUM_OF_VFS cannot be made.',
    remedy: 'Set NUM_OF_VFS and SRIOV_EN beforehand, or ask for fewer VFs.',
    source: 'sriov.md 2.4, F13',
  },
  'pool-refused': {
    severity: 'error',
    because: 'The webhook refuses it; where the webhook is off, no node of the pool is drained.',
    remedy: 'Write a count, or a share from 1% to 100%.',
    source: 'sriov.md 1.5',
  },
  'pool-never-drains': {
    severity: 'warning',
    because: 'A share is rounded down, and with 0 slots no node is ever drained.',
    remedy: 'Write a count of at least 1, or a larger share.',
    source: 'sriov.md 1.5',
  },
  'pool-unlimited': {
    severity: 'warning',
    because:
      'Without maxUnavailable all nodes of the pool may be drained at once; only nodes in no pool go one by one.',
    remedy: 'Write maxUnavailable.',
    source: 'sriov.md 1.5',
  },
  'two-pools': {
    severity: 'error',
    because: "A node in two pools is never drained; the reason stands only in the operator's log.",
    remedy: "Narrow the pools' nodeSelectors.",
    source: 'sriov.md 1.5',
  },
  'kernel-argument-loop': {
    severity: 'warning',
    because:
      'The operator cannot set kernel arguments on Ubuntu, yet restarts the node until /proc/cmdline shows them.',
    remedy: 'Set the argument by hand in GRUB before the policy is applied.',
    source: 'sriov.md 2.3, F12',
  },
  'drain-disabled': {
    severity: 'warning',
    because:
      'Without a drain, VFs and drivers change under running pods; and a node that is being changed when it is set stays cordoned.',
    remedy: 'Leave disableDrain false, or set it while no node state is InProgress.',
    source: 'sriov.md 1.8, F33',
  },
  'operator-config-name': {
    severity: 'error',
    because: 'The operator reads only the SriovOperatorConfig named default; without it nothing is done at all.',
    remedy: 'Name it default.',
    source: 'sriov.md 1.3',
  },
} as const satisfies Readonly<Record<string, Trap>>;

export type TrapName = keyof typeof TRAPS;
