/** Step delete-pods: pods that are over, each by its uid, so that one which was made anew under the same name stays. */
import { PODS } from '../../core/model/kube-resource.ts';
import { ok, type Result } from '../../core/result.ts';
import type { StepWork } from './step-work.ts';

export interface PodToDelete {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export const deletePods = async (
  { ports: { api }, signal }: StepWork,
  pods: readonly PodToDelete[],
): Promise<Result<void>> => {
  for (const { namespace, name, uid } of pods) {
    const gone = await api.delete(PODS, { namespace, name }, { signal, preconditions: { uid } });
    // A conflict says that another pod has the name by now.
    if (!gone.ok && gone.fault.code !== 'kube-not-found' && gone.fault.code !== 'kube-conflict') return gone;
  }
  return ok(undefined);
};

export const arePodsGone = async (
  { ports: { api }, signal }: StepWork,
  pods: readonly PodToDelete[],
): Promise<Result<boolean>> => {
  for (const { namespace, name, uid } of pods) {
    const found = await api.get(PODS, { namespace, name }, { signal });
    if (found.ok && found.value.metadata.uid === uid) return ok(false);
    if (!found.ok && found.fault.code !== 'kube-not-found') return found;
  }
  return ok(true);
};
