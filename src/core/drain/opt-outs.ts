/**
 * Marks by which people and other tools ask that a pod be spared (reference page section 5.5). The Eviction API knows
 * none of them: a drain lists them, so that nobody is surprised afterwards.
 */
import { digText } from '../model/dig.ts';
import { goDurationSeconds } from '../model/go-duration.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { millisOf } from '../model/timestamp.ts';

export interface OptOut {
  readonly key: string;
  readonly value: string;
  /** Whose mark it is. */
  readonly tool: string;
}

interface Mark {
  readonly on: 'annotations' | 'labels';
  readonly key: string;
  readonly tool: string;
  /** Whether this value protects; `ageSeconds` of the pod, undefined when its start is not known. */
  readonly protects: (value: string, ageSeconds: number | undefined) => boolean;
}

const is =
  (wanted: string) =>
  (value: string): boolean =>
    value === wanted;

/** `true`, or a time from the pod's start; anything else counts as absent. An unknown start protects. */
const forDuration = (value: string, ageSeconds: number | undefined): boolean => {
  if (value === 'true') return true;
  const seconds = goDurationSeconds(value);
  return seconds !== undefined && seconds > 0 && (ageSeconds === undefined || ageSeconds < seconds);
};

const MARKS: readonly Mark[] = [
  { on: 'annotations', key: 'karpenter.sh/do-not-disrupt', tool: 'Karpenter', protects: forDuration },
  { on: 'annotations', key: 'karpenter.sh/do-not-evict', tool: 'Karpenter', protects: is('true') },
  { on: 'annotations', key: 'karpenter.sh/do-not-consolidate', tool: 'Karpenter', protects: is('true') },
  {
    on: 'annotations',
    key: 'cluster-autoscaler.kubernetes.io/safe-to-evict',
    tool: 'Cluster Autoscaler',
    protects: is('false'),
  },
  {
    on: 'annotations',
    key: 'descheduler.alpha.kubernetes.io/prefer-no-eviction',
    tool: 'descheduler',
    protects: () => true,
  },
  { on: 'labels', key: 'nvidia.com/ofed-driver-upgrade-drain.skip', tool: 'driver upgrade', protects: is('true') },
  { on: 'labels', key: 'nvidia.com/gpu-driver-upgrade-drain.skip', tool: 'driver upgrade', protects: is('true') },
  { on: 'labels', key: 'cluster.x-k8s.io/drain', tool: 'Cluster API', protects: is('skip') },
];

/** The marks on a pod that protect it now. */
export const optOutsOf = (pod: KubeObject, ageSeconds: number | undefined): readonly OptOut[] =>
  MARKS.flatMap(({ on, key, tool, protects }) => {
    const value = digText(pod, 'metadata', on, key);
    return value !== undefined && protects(value, ageSeconds) ? [{ key, value, tool }] : [];
  });

/** Seconds since the pod started; undefined when its status does not say. */
export const ageSeconds = (pod: KubeObject, nowMs: number): number | undefined => {
  const start = millisOf(digText(pod, 'status', 'startTime') ?? '');
  return start === undefined ? undefined : (nowMs - start) / 1000;
};
