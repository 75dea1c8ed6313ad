/**
 * Controllers that would act on a node while it is out, and the mark by which each offers to be kept away: set before the
 * visit, put back after it. A controller that is not there needs none.
 */
import { driverKeys } from '../../driver/driver-keys.ts';
import { digTexts } from '../../model/dig.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import type { OtherToQuiet } from './other.ts';

/**
 * Our own label in the SR-IOV operator's configDaemonNodeSelector: taken from a node, its config daemon goes and restarts
 * nothing any more (reference: sriov.md 2.7; a label of the network operator's would be put back by it).
 */
export const DAEMON_LABEL = 'nicwright.dev/sriov-config-daemon';
export const DAEMON_RUNS = 'run';
const DAEMON_AWAY = 'away';

interface Quietable {
  readonly who: string;
  readonly mark: OtherToQuiet['mark'];
  readonly isThere: (labels: Readonly<Record<string, string>>, clusterHas: ReadonlySet<string>) => boolean;
}

const label = (id: string, key: string, value: string): OtherToQuiet['mark'] => ({ id, kind: 'label', key, value });
const annotation = (id: string, key: string, value: string): OtherToQuiet['mark'] => ({
  id,
  kind: 'annotation',
  key,
  value,
});

const upgrade = (driver: string, who: string): Quietable => {
  const { skip, state } = driverKeys(driver);
  return { who, mark: label(`${driver}-upgrade`, skip, 'true'), isThere: (labels) => labels[state] !== undefined };
};

const QUIETABLES: readonly Quietable[] = [
  {
    who: 'the config daemon of the SR-IOV operator',
    mark: label('sriov-daemon', DAEMON_LABEL, DAEMON_AWAY),
    isThere: (labels) => labels[DAEMON_LABEL] !== undefined,
  },
  upgrade('ofed', "the network operator's driver upgrade"),
  upgrade('gpu', "the GPU operator's driver upgrade"),
  {
    who: 'Karpenter',
    mark: annotation('karpenter', 'karpenter.sh/do-not-disrupt', 'true'),
    isThere: (labels) => labels['karpenter.sh/nodepool'] !== undefined,
  },
  {
    who: 'cluster-autoscaler',
    mark: annotation('cluster-autoscaler', 'cluster-autoscaler.kubernetes.io/scale-down-disabled', 'true'),
    isThere: (_labels, clusterHas) => clusterHas.has('cluster-autoscaler'),
  },
  {
    who: 'MachineHealthCheck',
    mark: annotation('machine-health-check', 'machine.openshift.io/skip-remediation', 'true'),
    isThere: (_labels, clusterHas) => clusterHas.has('MachineHealthCheck'),
  },
  {
    who: 'self-node-remediation',
    mark: label('node-remediation', 'remediation.medik8s.io/exclude-from-remediation', 'true'),
    isThere: (_labels, clusterHas) => clusterHas.has('NodeHealthCheck'),
  },
];

/** `clusterHas`: kinds and programs by name that were found in the cluster. */
export const othersToQuiet = (node: KubeObject, clusterHas: ReadonlySet<string>): readonly OtherToQuiet[] => {
  const labels = digTexts(node, 'metadata', 'labels');
  return QUIETABLES.filter(({ isThere }) => isThere(labels, clusterHas)).map(({ who, mark }) => ({ who, mark }));
};

/** The mark of this id, for putting back what was found. */
export const markOf = (id: string): OtherToQuiet['mark'] | undefined =>
  QUIETABLES.find(({ mark }) => mark.id === id)?.mark;
