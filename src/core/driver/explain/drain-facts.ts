/** What the input tells about a drain of one node: its pods, their budgets, and pods that do not go away. */
import { dig, digList, digNumber, digText, digTexts } from '../../model/dig.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import { readLabelSelector, selects } from '../../model/label-selector.ts';
import { millisOf } from '../../model/timestamp.ts';
import { objectsOf } from '../../snapshot/snapshot.ts';
import type { DrainFacts } from '../drain-outcome.ts';
import { isTerminating } from '../driver-pod.ts';
import { objectName } from '../managed-node.ts';
import { duration } from './explanation.ts';
import type { NodeView } from './explanation.ts';

export const drainFacts = ({ managed, fleet, snapshot, now }: NodeView): DrainFacts => {
  const budgets = objectsOf(snapshot, 'PodDisruptionBudget').map(({ object }) => object);
  const daemonSets = new Set(
    objectsOf(snapshot, 'DaemonSet').map(({ object }) => `${object.metadata.namespace ?? ''}/${objectName(object)}`),
  );
  return {
    pods: fleet.podsOn(managed.name),
    daemonSetExists: (pod) =>
      fleet.partial.has('daemonSets') ||
      daemonSets.has(
        `${digText(pod, 'metadata', 'namespace') ?? ''}/${digText(pod, 'metadata', 'ownerReferences', 0, 'name') ?? ''}`,
      ),
    refusal: (pod) => (isTerminating(pod) ? undefined : refusalBy(pod, budgets)),
    lingering: (pod) => lingering(pod, now),
  };
};

const refusalBy = (pod: KubeObject, budgets: readonly KubeObject[]): string | undefined => {
  const labels = digTexts(pod, 'metadata', 'labels');
  const budget = budgets.find((each) => {
    const selector = readLabelSelector(dig(each, 'spec', 'selector'));
    return (
      digText(each, 'metadata', 'namespace') === digText(pod, 'metadata', 'namespace') &&
      selector !== undefined &&
      selects(selector, labels) &&
      digNumber(each, 'status', 'disruptionsAllowed') === 0
    );
  });
  return budget && `PodDisruptionBudget ${objectName(budget)} allows 0 disruptions`;
};

const lingering = (pod: KubeObject, now: number): string | undefined => {
  const since = millisOf(digText(pod, 'metadata', 'deletionTimestamp') ?? '');
  if (since === undefined) return undefined;
  const finalizers = digList(pod, 'metadata', 'finalizers').filter((name) => typeof name === 'string');
  return `Terminating since ${duration(now - since / 1000)}${finalizers.length > 0 ? `, held by finalizer ${finalizers.join(', ')}` : ''}`;
};
