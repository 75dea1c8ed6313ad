/** What the input tells about a drain of one node: its pods, their budgets, and pods that do not go away. */
import { askBudgets, budgetBook } from '../../drain/budgets.ts';
import { deletingForSeconds } from '../../drain/pod-facts.ts';
import { digList, digText } from '../../model/dig.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import { objectsOf } from '../../snapshot/snapshot.ts';
import type { DrainFacts, Hold } from '../drain-outcome.ts';
import { duration } from '../wording.ts';
import type { NodeView } from './explanation.ts';

export const drainFacts = ({ managed, fleet, snapshot, now }: NodeView): DrainFacts => {
  const book = budgetBook(objectsOf(snapshot, 'PodDisruptionBudget').map(({ object }) => object));
  const daemonSets = new Set(
    objectsOf(snapshot, 'DaemonSet').map(
      ({ object }) => `${digText(object, 'metadata', 'namespace') ?? ''}/${digText(object, 'metadata', 'name') ?? ''}`,
    ),
  );
  return {
    pods: fleet.podsOn(managed.name),
    daemonSetExists: (namespace, name) => fleet.partial.has('daemonSets') || daemonSets.has(`${namespace}/${name}`),
    // Asked pod by pod: what other pods of the node use up of a budget comes back while the drain tries again.
    refusal: (pod) => {
      const answer = askBudgets(book, pod);
      return answer.allows ? undefined : answer;
    },
    lingering: (pod) => lingering(pod, now),
  };
};

const lingering = (pod: KubeObject, now: number): Hold | undefined => {
  const seconds = deletingForSeconds(pod, now * 1000);
  if (seconds === undefined) return undefined;
  const finalizers = digList(pod, 'metadata', 'finalizers').filter((name) => typeof name === 'string');
  const since = `Terminating since ${duration(seconds)}`;
  return finalizers.length > 0
    ? {
        because: `${since}, held by finalizer ${finalizers.join(', ')}`,
        wayOut: 'let the owner of the finalizer finish; remove it by hand only when that owner is gone',
      }
    : { because: since, wayOut: 'look at the pod and at the kubelet of the node; it ends with its grace period' };
};
