/**
 * Kinds by which controllers tell that they act on nodes. They are read for every visit and every plan, a role must allow it
 * (app/install), and the twin has no actor for most of them. Versions are the server's to say.
 */

export interface WatchedKind {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
  /** What its controller may do to a node. */
  readonly does: string;
}

const REMEDIATES = 'restarts or replaces a node that is not Ready';
const FENCES = 'fences a node';

const of = (group: string, plural: string, kind: string, does: string): WatchedKind => ({ group, plural, kind, does });

export const WATCHED_KINDS: readonly WatchedKind[] = [
  of('maintenance.nvidia.com', 'nodemaintenances', 'NodeMaintenance', 'cordons and drains a node'),
  of('nodemaintenance.medik8s.io', 'nodemaintenances', 'NodeMaintenance', 'cordons and drains a node'),
  of('machine.openshift.io', 'machines', 'Machine', 'takes the machine of a node away'),
  of('machine.openshift.io', 'machinehealthchecks', 'MachineHealthCheck', REMEDIATES),
  of('cluster.x-k8s.io', 'machines', 'Machine', 'takes the machine of a node away'),
  of('cluster.x-k8s.io', 'machinehealthchecks', 'MachineHealthCheck', REMEDIATES),
  of('infrastructure.cluster.x-k8s.io', 'metal3remediations', 'Metal3Remediation', FENCES),
  of('remediation.medik8s.io', 'nodehealthchecks', 'NodeHealthCheck', REMEDIATES),
  of('self-node-remediation.medik8s.io', 'selfnoderemediations', 'SelfNodeRemediation', FENCES),
  of('fence-agents-remediation.medik8s.io', 'fenceagentsremediations', 'FenceAgentsRemediation', FENCES),
  of('machine-deletion-remediation.medik8s.io', 'machinedeletionremediations', 'MachineDeletionRemediation', FENCES),
  of('janitor.dgxc.nvidia.com', 'rebootnodes', 'RebootNode', 'restarts a node'),
  of('janitor.dgxc.nvidia.com', 'terminatenodes', 'TerminateNode', 'takes the machine of a node away'),
  of('janitor.dgxc.nvidia.com', 'gpuresets', 'GPUReset', 'resets the GPUs of a node'),
  of('karpenter.sh', 'nodeclaims', 'NodeClaim', 'takes the machine of a node away'),
  of(
    'kueue.x-k8s.io',
    'workloads',
    'Workload',
    'admits jobs, and stops them when their pods do not become Ready again',
  ),
];
