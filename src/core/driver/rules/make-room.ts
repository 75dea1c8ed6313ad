/**
 * Cordon, wait for jobs, delete pods, drain: everything before the driver is touched, in place
 * (common_manager.go:340-470; pod_manager.go; drain_manager.go). What a drain does is core/drain's.
 */
import { selects } from '../../model/label-selector.ts';
import { digText, digTexts } from '../../model/dig.ts';
import { isRunningOrPending } from '../driver-pod.ts';
import { isUnschedulable, nodeAnnotation } from '../managed-node.ts';
import type { ManagedNode } from '../managed-node.ts';
import type { Write } from '../write.ts';
import { biting, endPass, move, parseStamp, stay } from './decision.ts';
import type { Decision, PassContext, Rule } from './decision.ts';

/** The skip label is not looked at any more from here on. */
export const cordonNode: Rule = (managed) =>
  isUnschedulable(managed.node)
    ? move(managed, 'wait-for-jobs-required', 'the node is cordoned already')
    : move(managed, 'wait-for-jobs-required', 'the node is cordoned now', {
        before: [{ do: 'cordon', node: managed.name }],
      });

export const waitForJobs: Rule = (managed, context) => {
  const { podSelector, timeoutSeconds } = context.policy.waitForCompletion ?? { podSelector: '', timeoutSeconds: 0 };
  if (podSelector === '')
    return move(
      managed,
      context.podDeletionEnabled ? 'pod-deletion-required' : 'drain-required',
      'the policy names no jobs to wait for (waitForCompletion.podSelector)',
    );
  const selector = context.selector(podSelector);
  if (!selector.ok) return endPass(selector.fault);
  const jobs = context.fleet
    .podsOn(managed.name)
    .filter((pod) => selects(selector.value, digTexts(pod, 'metadata', 'labels')));
  const running = jobs.find(isRunningOrPending);
  if (running !== undefined) {
    const name = `${digText(running, 'metadata', 'namespace') ?? 'default'}/${digText(running, 'metadata', 'name') ?? ''}`;
    return waitOn(managed, `job pod ${name} is ${digText(running, 'status', 'phase')}`, timeoutSeconds, context);
  }
  if (context.fleet.partial.has('pods'))
    return stay(`the input does not hold all pods, so whether a job (${podSelector}) still runs cannot be told`, {
      unknown: {
        settle: `kubectl get pods -A -l ${podSelector} --field-selector spec.nodeName=${managed.name} -o yaml`,
      },
    });
  return move(managed, 'pod-deletion-required', `no pod matching ${podSelector} runs on the node any more`, {
    before: [dropWaitStart(managed, context)],
  });
};

const dropWaitStart = ({ name }: ManagedNode, { fleet: { keys } }: PassContext): Write => ({
  do: 'drop-annotation',
  node: name,
  key: keys.waitStart,
});

const waitOn = (managed: ManagedNode, running: string, timeoutSeconds: number, context: PassContext): Decision => {
  const { keys } = context.fleet;
  if (timeoutSeconds === 0)
    return stay(`${running}; waitForCompletion.timeoutSeconds is 0, so it waits for ever`, { defects: ['D4'] });
  const stamp = nodeAnnotation(managed.node, keys.waitStart);
  if (stamp === undefined)
    return stay(`${running}; the wait of ${timeoutSeconds} s begins now`, {
      writes: [{ do: 'annotate', node: managed.name, key: keys.waitStart, value: String(context.now) }],
    });
  const start = parseStamp(stamp);
  if (start === undefined)
    return stay(
      `${running}; annotation ${keys.waitStart} is ${JSON.stringify(stamp)} and no number, so the time limit never comes`,
      { defects: ['D4'] },
    );
  const left = start + timeoutSeconds - context.now;
  return left >= 0
    ? stay(`${running}; the wait of ${timeoutSeconds} s ends in ${left} s`)
    : move(
        managed,
        'pod-deletion-required',
        `${running}, but the wait of ${timeoutSeconds} s is over, so it is not waited for any longer`,
        {
          after: [dropWaitStart(managed, context)],
        },
      );
};

/** The network operator passes through here without deleting anything whenever a wait selector is set. */
export const deletePods: Rule = (managed, { podDeletionEnabled, policy }) => {
  if (!podDeletionEnabled) return move(managed, 'drain-required', 'pod deletion is not enabled for this driver');
  if (policy.podDeletion === undefined)
    return endPass({
      code: 'upstream-no-pod-deletion',
      message: `node ${managed.name} waits for pod deletion and the policy has no podDeletion block; upstream ends the pass here until it has one`,
      next: 'stop',
    });
  return stay('the pods that use the driver are deleted in the background', {
    starts: 'pod-deletion',
    defects: ['D21'],
  });
};

export const drainNode: Rule = (managed, { policy: { drain }, draining }) => {
  if (drain === undefined)
    return move(managed, 'pod-restart-required', 'the policy has no drain block, so nothing is drained', {
      defects: ['D12'],
    });
  if (!drain.enable)
    return move(managed, 'pod-restart-required', 'drain.enable is false, so nothing is drained', { defects: ['D21'] });
  const limit = drain.timeoutSeconds === 0 ? 'without a time limit' : `for at most ${drain.timeoutSeconds} s`;
  const defects = biting({ D4: drain.timeoutSeconds === 0, D21: true });
  return draining.has(managed.name)
    ? stay(`its drain runs in the background, ${limit}`, { defects })
    : stay(`its drain is started in the background, unless one runs there already, ${limit}`, {
        starts: 'drain',
        defects,
      });
};
