/** wait-for-jobs-required: which pods are waited for, and until when. */
import { digText, digTexts } from '../../model/dig.ts';
import { parseLabelSelector, selects } from '../../model/label-selector.ts';
import { timestamp } from '../../model/timestamp.ts';
import { isRunningOrPending } from '../driver-pod.ts';
import { nodeAnnotation } from '../managed-node.ts';
import { parseStamp } from '../rules/decision.ts';
import { count, named } from '../wording.ts';
import type { Explain } from './explanation.ts';

export const explainJobs: Explain = ({ managed, decision, fleet, manager }) => {
  const wait = manager.policy.waitForCompletion;
  const selector = wait === undefined ? undefined : parseLabelSelector(wait.podSelector);
  if (wait === undefined || decision.to !== undefined || selector?.ok !== true) return {};
  const jobs = fleet
    .podsOn(managed.name)
    .filter((pod) => isRunningOrPending(pod) && selects(selector.value, digTexts(pod, 'metadata', 'labels')));
  if (jobs.length === 0) return {};
  const names = jobs.map(
    (pod) =>
      `${digText(pod, 'metadata', 'namespace') ?? ''}/${digText(pod, 'metadata', 'name') ?? ''} (${digText(pod, 'status', 'phase')})`,
  );
  const start = parseStamp(nodeAnnotation(managed.node, fleet.keys.waitStart) ?? '');
  const until =
    wait.timeoutSeconds === 0
      ? 'without a time limit'
      : start === undefined
        ? `for at most ${wait.timeoutSeconds} s`
        : `until ${timestamp((start + wait.timeoutSeconds) * 1000)}`;
  const daemons = jobs.filter((pod) => digText(pod, 'metadata', 'ownerReferences', 0, 'kind') === 'DaemonSet').length;
  return {
    because: `it waits ${until} for ${count(jobs.length, 'pod')} matching ${wait.podSelector}: ${named(names)}`,
    next:
      wait.timeoutSeconds === 0
        ? 'it moves on when they have ended'
        : 'it moves on when they have ended, or when the time is over; they are then drained',
    todo: [
      ...(daemons > 0
        ? [
            {
              what: `narrow waitForCompletion.podSelector: ${count(daemons, 'pod')} of a DaemonSet match it, and those never end`,
            },
          ]
        : []),
      ...(wait.timeoutSeconds === 0
        ? [{ what: `let the pods end, or set waitForCompletion.timeoutSeconds in ${manager.name}; 0 waits for ever` }]
        : []),
    ],
  };
};
