/** `explain policy-targeting`: how an SR-IOV policy names the adapters it means, and what a wide selector takes along. */
import type { Topic } from './topic.ts';

export const policyTargeting: Topic = {
  id: 'policy-targeting',
  title: 'How an SR-IOV policy picks its adapters',
  answer:
    'Name the functions (pfNames, or PCI addresses by rootDevices) and keep vendor 15b3 as a second guard: a selector by vendor alone also takes BlueField DPUs, mezzanine adapters and the one the node boots from.',
  because: [
    'All parts of nicSelector must hold, and none of them knows what a card is for. vendor 15b3 is every ConnectX and BlueField in the node.',
    'A BlueField in DPU mode is refused by the daemon, and that stops the whole node. On a management link a policy cuts the node off while the VFs are made.',
    'Names change: a new kernel or driver may turn ens7f0 into ens7f0np0, and the policy selects nothing then, without an error. mlx5_N shifts whenever a card is added. PCI addresses stay.',
    'Where the webhook is off, a policy without a priority counts as 0, which is the strongest. Two policies on one function are merged in order of priority, and the last writer decides the fields.',
    'Every policy needs the namespace of the SR-IOV operator; elsewhere it is never read.',
  ],
  look: [
    { text: 'What each policy takes on each node', command: 'nicwright inventory --from DUMP' },
    {
      text: 'Traps in a policy, also those that the operator accepts',
      command: 'nicwright sriov check policies.yaml --from DUMP',
    },
    { text: 'Policies written from what is there', command: 'nicwright sriov generate --from DUMP' },
  ],
  rules: ['node-state-not-synced', 'vfs-missing', 'resource-missing', 'device-plugin-pool-empty'],
  sources: ['seeds/000 key learning 5', 'reference sriov.md 1.6, F06, F20, F23, F25, F29'],
};
