/**
 * Is a workload well? Once as upstream sees it, which looks at DaemonSets only, and once as it is, Deployments included
 * (reference page 1.7).
 */
import { digNumber } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';

export interface DaemonSetCounts {
  readonly desired: number;
  readonly available: number;
  readonly updated: number;
}

/** Upstream's rule. No matching node counts as not ready, for ever; an old status can still read ready for a moment. */
export const isDaemonSetReady = ({ desired, available, updated }: DaemonSetCounts): boolean =>
  desired !== 0 && available === desired && updated === available;

export const daemonSetCounts = (object: KubeObject): DaemonSetCounts => ({
  desired: digNumber(object, 'status', 'desiredNumberScheduled') ?? 0,
  available: digNumber(object, 'status', 'numberAvailable') ?? 0,
  updated: digNumber(object, 'status', 'updatedNumberScheduled') ?? 0,
});

/** Upstream's verdict on any object of a state: only a DaemonSet can be not ready. */
export const isReadyForUpstream = (object: KubeObject): boolean =>
  object.kind !== 'DaemonSet' || isDaemonSetReady(daemonSetCounts(object));

export interface WorkloadHealth {
  readonly healthy: boolean;
  readonly because: string;
}

const daemonSetHealth = (object: KubeObject): WorkloadHealth => {
  const counts = daemonSetCounts(object);
  const { desired, available, updated } = counts;
  if (desired === 0) return { healthy: false, because: 'no node matches it' };
  if (updated < desired) return { healthy: false, because: `${updated} of ${desired} pods have the current template` };
  const isBehind =
    (digNumber(object, 'metadata', 'generation') ?? 0) >
    (digNumber(object, 'status', 'observedGeneration') ?? Infinity);
  if (isBehind) return { healthy: false, because: 'its status is older than its template' };
  return isDaemonSetReady(counts)
    ? { healthy: true, because: `${available} of ${desired} pods available` }
    : { healthy: false, because: `${available} of ${desired} pods available` };
};

const deploymentHealth = (object: KubeObject): WorkloadHealth => {
  const wanted = digNumber(object, 'spec', 'replicas') ?? 1;
  const available = digNumber(object, 'status', 'availableReplicas') ?? 0;
  return { healthy: available >= wanted, because: `${available} of ${wanted} replicas available` };
};

/** What is really the case; undefined for kinds that do not run anything. */
export const workloadHealth = (object: KubeObject): WorkloadHealth | undefined => {
  if (object.kind === 'DaemonSet') return daemonSetHealth(object);
  return object.kind === 'Deployment' ? deploymentHealth(object) : undefined;
};
