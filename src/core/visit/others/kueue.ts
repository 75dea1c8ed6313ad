/** Kueue has no hand on nodes, but the jobs that it admitted there are stopped by the drain, and wait in its queues again. */
import { dig, digList, digText } from '../../model/dig.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import { isFinished } from '../../drain/pod-facts.ts';
import { annotationsOf, objectsIn, type Family } from './surroundings.ts';

const ownersOf = (object: KubeObject): readonly string[] =>
  (object.metadata.ownerReferences ?? []).map(({ uid, kind, name }) => uid ?? `${kind}/${name}`);

const isAdmitted = (workload: KubeObject): boolean =>
  digList(workload, 'status', 'conditions').some(
    (condition) => digText(condition, 'type') === 'Admitted' && digText(condition, 'status') === 'True',
  );

/** A Workload belongs to the job that owns its pods, or to the pods themselves; newer releases write its name on them. */
const isOf = (workload: KubeObject, pod: KubeObject): boolean => {
  const { namespace, name } = workload.metadata;
  if (pod.metadata.namespace !== namespace) return false;
  if (annotationsOf(pod)['kueue.x-k8s.io/workload'] === name) return true;
  const owners = ownersOf(workload);
  return [pod.metadata.uid, ...ownersOf(pod)].some((uid) => uid !== undefined && owners.includes(uid));
};

const queueOf = (workload: KubeObject): string => digText(workload, 'spec', 'queueName') ?? 'unknown';

export const kueue: Family = {
  atWork: (around) =>
    objectsIn(around, 'Workload.kueue.x-k8s.io')
      .filter((workload) => isAdmitted(workload) && dig(workload, 'metadata', 'deletionTimestamp') === undefined)
      .filter((workload) => around.pods.some((pod) => !isFinished(pod) && isOf(workload, pod)))
      .map((workload) => ({
        who: 'Kueue',
        because: `Workload ${workload.metadata.namespace ?? 'default'}/${workload.metadata.name} of queue ${queueOf(workload)} runs on ${around.node.metadata.name}: its pods are evicted, and the job goes on only where it fits again`,
        wayOut: 'let the job end first, or plan with --wait-for-jobs SELECTOR of its pods',
        stance: 'affected' as const,
      })),
};
