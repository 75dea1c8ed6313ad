/** Kernel lockdown forbids the access to adapter registers; secure boot alone does not. */
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { nodeState, pod } from '../world.ts';

const checkNode = (facts: Facts, name: string): readonly Statement[] => {
  const node = facts.node(name);
  if (node === undefined) return [];
  const entry = facts.object('SriovNetworkNodeState', name);
  if (node.lockdown !== undefined && node.lockdown.value !== 'none')
    return [
      {
        says: 'finding',
        scope: { node: name },
        because: `${name}: kernel lockdown is [${node.lockdown.value}], which forbids writing and reading adapter registers`,
        confidence: 'proven',
        sameAs: node.lockdown.value,
        evidence: [textEvidence(node.lockdown.origin, `lockdown: ${node.lockdown.value}`)],
      },
    ];
  if (
    entry !== undefined &&
    /when in lockdown mode/.test(node.nodeState?.lastSyncError ?? '') &&
    node.lockdown === undefined
  )
    return [
      {
        says: 'finding',
        scope: { node: name },
        because: `${name}: the config daemon refuses to configure an adapter because the kernel is in lockdown mode`,
        confidence: 'proven',
        sameAs: 'daemon',
        evidence: [fieldEvidence(entry, ['status', 'lastSyncError'])],
      },
    ];
  const logged = node.daemonFacts.findLast(({ fact }) => fact === 'lockdown');
  if (logged !== undefined && node.lockdown === undefined && node.nodeState?.syncStatus !== 'Succeeded')
    return [
      {
        says: 'finding',
        scope: { node: name },
        because: `${name}: the config daemon refuses to configure an adapter because the kernel is in lockdown mode`,
        confidence: 'proven',
        sameAs: 'daemon',
        evidence: [textEvidence(logged.origin, 'mellanox device detected when in lockdown mode')],
      },
    ];
  return node.lockdown === undefined ? [] : [{ says: 'clear', scope: { node: name }, saw: 'kernel lockdown is off' }];
};

export const kernelLockdown = defineRule({
  id: 'kernel-lockdown',
  title: 'Kernel lockdown keeps the operator from the adapters',
  severity: 'error',
  role: 'cause',
  needs: [],
  explain:
    'In lockdown integrity or confidentiality the kernel forbids user space the access to PCI configuration and registers. Secure boot often switches lockdown on, and not always: only /sys/kernel/security/lockdown tells.',
  sources: ['reference sriov.md 2.4', 'sriov-network-operator #103, #670'],
  check: (facts) => facts.nodes.flatMap((name) => checkNode(facts, name)),
  remedy: () => [
    {
      text: 'Set NUM_OF_VFS and SRIOV_EN beforehand, from a boot without lockdown, then switch the mellanox plugin off; numVfs must then stay within the value that was set.',
      command:
        'kubectl patch sriovoperatorconfig default -n NAMESPACE --type merge -p \'{"spec":{"disablePlugins":["mellanox"]}}\'',
    },
    { text: 'Or boot these nodes without lockdown.', risk: 'weakens the kernel for everything on the node' },
  ],
  cases: [
    {
      name: 'lockdown integrity (000-14)',
      kind: 'broken',
      objects: [nodeState('a')],
      texts: { 'a/host.txt': '$ cat /sys/kernel/security/lockdown\nnone [integrity] confidentiality\n' },
      says: '[integrity]',
    },
    {
      name: 'the daemon says it',
      kind: 'broken',
      objects: [
        nodeState('a', { syncStatus: 'Failed', lastSyncError: 'mellanox device detected when in lockdown mode' }),
      ],
      says: 'lockdown mode',
    },
    {
      name: 'only the log says it, as from release 1.6 on',
      kind: 'broken',
      objects: [nodeState('a', { syncStatus: 'InProgress' }), pod('sriov-network-config-daemon-x7k2p', { node: 'a' })],
      texts: {
        'sriov-network-config-daemon-x7k2p.log':
          '2025-01-01T00:00:00Z\tERROR\tdaemon/daemon.go:1\tplugin OnNodeStateChange failed\t{"plugin-name": "mellanox", "error": "mellanox device detected when in lockdown mode"}\n',
      },
      says: 'lockdown mode',
    },
    {
      name: 'lockdown off with secure boot on',
      kind: 'healthy',
      objects: [nodeState('a')],
      texts: {
        'a/host.txt':
          '$ cat /sys/kernel/security/lockdown\n[none] integrity confidentiality\n$ mokutil --sb-state\nSecureBoot enabled\n',
      },
    },
    {
      name: 'secure boot on and lockdown not known',
      kind: 'look-alike',
      objects: [nodeState('a')],
      texts: { 'a/host.txt': '$ mokutil --sb-state\nSecureBoot enabled\n' },
    },
  ],
});
