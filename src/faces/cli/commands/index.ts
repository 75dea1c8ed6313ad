/**
 * Every command by path. Only this table is loaded at start; a command's own file is loaded when it is asked for,
 * so that `nicwright version` stays fast.
 */
import type { Command } from '../command.ts';

export interface CommandEntry {
  readonly path: string;
  readonly about: string;
  readonly load: () => Promise<Command>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    path: 'abort',
    about: 'Ends a rollout: no further visit begins, and visits that have not restarted their host turn back',
    load: async () => (await import('./abort.ts')).default,
  },
  {
    path: 'apply',
    about:
      'Carries out a plan: node by node under its budget, stopping by itself; run again, it goes on where it stood',
    load: async () => (await import('./apply.ts')).default,
  },
  {
    path: 'baremetal explain',
    about: 'Says who must be powered, wired and checked on a bare-metal node, in what order, and what is missing',
    load: async () => (await import('./baremetal-explain.ts')).default,
  },
  {
    path: 'collect',
    about: 'Collects what a diagnosis needs and the usual dumps leave out; says each command first, and only reads',
    load: async () => (await import('./collect.ts')).default,
  },
  {
    path: 'completion',
    about: 'Prints the completion script of a shell',
    load: async () => (await import('./completion.ts')).default,
  },
  {
    path: 'controller',
    about: 'Carries out Rollouts until it is stopped; of several processes one works, and the others stand by',
    load: async () => (await import('./controller.ts')).default,
  },
  {
    path: 'diagnose',
    about: 'Names the root cause of what is wrong with smart NICs, with evidence and remedy',
    load: async () => (await import('./diagnose.ts')).default,
  },
  {
    path: 'drain preview',
    about:
      'Says which pods of a node would be evicted, which refuse, and which budgets hold them and who can lift that',
    load: async () => (await import('./drain-preview.ts')).default,
  },
  {
    path: 'driver explain',
    about: 'Says why a node is where it is in the driver upgrade, and what to do',
    load: async () => (await import('./driver-explain.ts')).default,
  },
  {
    path: 'driver next',
    about: 'Shows what the next pass of the driver upgrade does on every node',
    load: async () => (await import('./driver-next.ts')).default,
  },
  {
    path: 'explain',
    about: 'Tells what a finding means, what may be behind it and what to do; or a topic such as cold-restart',
    load: async () => (await import('./explain.ts')).default,
  },
  {
    path: 'firmware plan',
    about: 'Says which firmware settings have to be written, and which restart activates them on each node, and why',
    load: async () => (await import('./firmware-plan.ts')).default,
  },
  {
    path: 'firmware show',
    about: 'Shows default, current and next boot of firmware settings per card, and what is pending',
    load: async () => (await import('./firmware-show.ts')).default,
  },
  {
    path: 'inspect',
    about: 'Tells what a dump is and holds, when it was taken, and what it can and cannot prove',
    load: async () => (await import('./inspect.ts')).default,
  },
  {
    path: 'install',
    about: 'Prints what the controller needs in a cluster, or adds the kind Rollout and the namespace nicwright-system',
    load: async () => (await import('./install.ts')).default,
  },
  {
    path: 'inventory',
    about: 'Lists the NICs and DPUs of every node: PCI address, names, firmware, and what a policy does with them',
    load: async () => (await import('./inventory.ts')).default,
  },
  {
    path: 'ipam allocate',
    about: 'Shows which block or prefix of a pool each node gets, address for address as nv-ipam gives them',
    load: async () => (await import('./ipam-allocate.ts')).default,
  },
  {
    path: 'ipam capacity',
    about: 'Tells how many nodes a pool serves, how many addresses each gets, and the subnet that a fleet needs',
    load: async () => (await import('./ipam-capacity.ts')).default,
  },
  {
    path: 'ipam check',
    about:
      'Finds pools that are invalid, too small, overlap, or give VFs too few addresses, with the subnet that would fit',
    load: async () => (await import('./ipam-check.ts')).default,
  },
  {
    path: 'ipam preview',
    about: 'Says who keeps, moves and loses addresses when a pool is edited, and which pods would be hurt',
    load: async () => (await import('./ipam-preview.ts')).default,
  },
  {
    path: 'pause',
    about: 'Pauses a rollout: no further visit begins; those under way go on to their end',
    load: async () => (await import('./pause.ts')).default,
  },
  {
    path: 'plan activate-firmware',
    about: 'Plans the restarts that bring staged firmware settings into effect, node by node, with what blocks them',
    load: async () => (await import('./plan-activate-firmware.ts')).default,
  },
  {
    path: 'plan fix',
    about: 'Plans the remedy of a finding, where it is one change that is safe to make',
    load: async () => (await import('./plan-fix.ts')).default,
  },
  {
    path: 'policy check',
    about: 'Checks a NicClusterPolicy file: names, images, and what a driver upgrade would do to the workloads',
    load: async () => (await import('./policy-check.ts')).default,
  },
  {
    path: 'policy status',
    about: "Shows a NicClusterPolicy's state per component, and what the operator's word leaves out",
    load: async () => (await import('./policy-status.ts')).default,
  },
  {
    path: 'power check',
    about:
      "Proves that nodes' power could be switched: BMC reached, account taken, right host, what it can do; changes nothing",
    load: async () => (await import('./power-check.ts')).default,
  },
  {
    path: 'rbac can',
    about: 'Says whether an account may do something, with the rule that allows it or the one that comes nearest',
    load: async () => (await import('./rbac-can.ts')).default,
  },
  {
    path: 'rbac check',
    about:
      'Finds permissions that scripts in manifests need and their accounts lack, with line, condition and the grant',
    load: async () => (await import('./rbac-check.ts')).default,
  },
  {
    path: 'rbac drift',
    about: "Says who changed a role's rules, when, and whether its owner will put them back",
    load: async () => (await import('./rbac-drift.ts')).default,
  },
  {
    path: 'rbac explain',
    about: 'Explains a "forbidden" error or a log: what refused, whom, and the least grant that would allow it',
    load: async () => (await import('./rbac-explain.ts')).default,
  },
  {
    path: 'rbac needs',
    about:
      'Derives the permissions that a shell script needs, with line and condition; reads the script, never runs it',
    load: async () => (await import('./rbac-needs.ts')).default,
  },
  {
    path: 'rbac verify',
    about:
      'Proves that a grant allows what it should and nothing beside it: no other name, no list, no other namespace',
    load: async () => (await import('./rbac-verify.ts')).default,
  },
  {
    path: 'rbac who-can',
    about: 'Lists who may do something, and by which binding and role',
    load: async () => (await import('./rbac-who-can.ts')).default,
  },
  {
    path: 'rehearse',
    about: 'Runs a plan on a simulation of this cluster under a virtual clock, and shows who is out when and why',
    load: async () => (await import('./rehearse.ts')).default,
  },
  {
    path: 'release check',
    about: 'Foresees what an upgrade of the network operator chart does: template errors, ignored keys, images, CRDs',
    load: async () => (await import('./release-check.ts')).default,
  },
  {
    path: 'resume',
    about: 'Lets a paused rollout go on, and held visits try again',
    load: async () => (await import('./resume.ts')).default,
  },
  {
    path: 'rules test',
    about: 'Runs the cases of rules of your own, and checks what every rule is held to',
    load: async () => (await import('./rules-test.ts')).default,
  },
  {
    path: 'scenario list',
    about: 'Lists the incidents that can be played on a simulated cluster',
    load: async () => (await import('./scenario-list.ts')).default,
  },
  {
    path: 'scenario run',
    about: 'Plays an incident on a simulated cluster in seconds, and says what diagnose makes of it',
    load: async () => (await import('./scenario-run.ts')).default,
  },
  {
    path: 'sriov check',
    about: 'Finds the traps in SR-IOV policies and pools, also those that the operator accepts',
    load: async () => (await import('./sriov-check.ts')).default,
  },
  {
    path: 'sriov generate',
    about:
      'Writes SR-IOV policies, networks and address pools from an inventory; what is left out is said with the reason',
    load: async () => (await import('./sriov-generate.ts')).default,
  },
  {
    path: 'sriov render',
    about: 'Shows what the SR-IOV operator makes of policies: node states, device plugin configuration, resources',
    load: async () => (await import('./sriov-render.ts')).default,
  },
  {
    path: 'start',
    about: 'Shows the main job on a simulated cluster: two DGX nodes whose SR-IOV resources are gone',
    load: async () => (await import('./start.ts')).default,
  },
  {
    path: 'status',
    about: 'Shows how rollouts stand: who is out, what is held and the way out',
    load: async () => (await import('./status.ts')).default,
  },
  {
    path: 'twin serve',
    about: 'Serves a simulated cluster, or one read from files, as a Kubernetes API on this machine',
    load: async () => (await import('./twin-serve.ts')).default,
  },
  {
    path: 'verify node',
    about: 'Checks that a node does what its policies promise: firmware, VFs, node state, resources, and waiting pods',
    load: async () => (await import('./verify-node.ts')).default,
  },
  {
    path: 'version',
    about: 'Prints the version',
    load: async () => (await import('./version.ts')).default,
  },
  {
    path: 'versions dpf',
    about: 'Shows the releases of DPF: what each means for the rights of its init script, upgrade paths, sources',
    load: async () => (await import('./versions-dpf.ts')).default,
  },
];
