/**
 * In what order pods go. kubectl asks for all at once; we ask in waves, so that what others need to shut down goes last
 * (the idea is karpenter's; reference page section 5.4).
 */
import { digNumber, digText } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { sortedByName } from './pod-facts.ts';

const CRITICAL_CLASSES = ['system-cluster-critical', 'system-node-critical'];

/** The priority from which Kubernetes calls a pod critical (scheduling.SystemCriticalPriority). */
const CRITICAL_PRIORITY = 2_000_000_000;

export const isCritical = (pod: KubeObject): boolean =>
  CRITICAL_CLASSES.includes(digText(pod, 'spec', 'priorityClassName') ?? '') ||
  (digNumber(pod, 'spec', 'priority') ?? 0) >= CRITICAL_PRIORITY;

/** Ordinary pods, then critical ones; inside a wave by name. Empty waves are left out. */
export const evictionWaves = (pods: readonly KubeObject[]): readonly (readonly KubeObject[])[] => {
  const sorted = sortedByName(pods, (pod) => pod);
  return [sorted.filter((pod) => !isCritical(pod)), sorted.filter(isCritical)].filter((wave) => wave.length > 0);
};
