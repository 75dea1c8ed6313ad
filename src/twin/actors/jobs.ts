/** The Job controller: pods until enough have succeeded, new ones for those that failed (kubernetes pkg/controller/job). */
import { isReady } from '../../core/drain/pod-facts.ts';
import { digNumber, digText } from '../../core/model/dig.ts';
import { JOBS, PODS } from '../../core/model/kube-resource.ts';
import { timestamp } from '../../core/model/timestamp.ts';
import { seconds } from '../latency.ts';
import type { Stage } from '../stage.ts';
import { createActor } from './actor.ts';
import { actorLoop } from './actor-loop.ts';
import { isGoing, isOver, keyOf, ownedOf, podFrom } from './controller-pods.ts';
import { followOwned } from './follow-owned.ts';

const REACT = seconds(0.1, 0.5, 1.5, 'kubernetes pkg/controller/job: syncs of one job are 1 s apart');

export const startJobs = (stage: Stage): void => {
  const { world } = stage;
  const actor = createActor(world, 'job-controller');

  const loop = actorLoop(stage, actor, REACT, (path) => {
    const [, namespace = '', name = ''] = path.split('/');
    const job = actor.get(JOBS, { name, namespace });
    if (job === undefined || job.metadata.deletionTimestamp !== undefined) return undefined;
    const isDone = digText(job, 'status', 'completionTime') !== undefined;
    const pods = ownedOf(world, job, 'Pod');
    const alive = pods.filter((pod) => !isOver(pod) && !isGoing(pod));
    const succeeded = Math.max(
      digNumber(job, 'status', 'succeeded') ?? 0,
      pods.filter((pod) => digText(pod, 'status', 'phase') === 'Succeeded').length,
    );
    const completions = digNumber(job, 'spec', 'completions') ?? 1;
    const parallelism = digNumber(job, 'spec', 'parallelism') ?? 1;
    const wanted = isDone ? 0 : Math.min(parallelism, completions - succeeded);
    for (let missing = wanted - alive.length; missing > 0; missing -= 1)
      actor.create(
        PODS,
        podFrom(job, {
          name: { generateName: `${name}-` },
          labels: { 'batch.kubernetes.io/job-name': name, 'job-name': name },
        }),
      );
    const now = timestamp(stage.clock.now());
    const counts = {
      active: ownedOf(world, job, 'Pod').filter((pod) => !isOver(pod) && !isGoing(pod)).length,
      ready: alive.filter(isReady).length,
      succeeded,
      terminating: pods.filter((pod) => isGoing(pod) && !isOver(pod)).length,
      failed: pods.filter((pod) => digText(pod, 'status', 'phase') === 'Failed').length,
    };
    const isSame = Object.entries(counts).every(([key, value]) => (digNumber(job, 'status', key) ?? 0) === value);
    if (isSame) return undefined;
    const end =
      succeeded >= completions && !isDone
        ? {
            completionTime: now,
            conditions: ['SuccessCriteriaMet', 'Complete'].map((type) => ({
              type,
              status: 'True',
              reason: 'CompletionsReached',
              message: 'Reached expected number of succeeded pods',
              lastProbeTime: now,
              lastTransitionTime: now,
            })),
          }
        : {};
    const startTime = digText(job, 'status', 'startTime') ?? now;
    const status = { startTime, uncountedTerminatedPods: {}, ...counts, ...end };
    actor.patch(JOBS, keyOf(job), { type: 'merge', body: { status } }, { subresource: 'status' });
    return undefined;
  });

  followOwned({ world, kind: JOBS, owned: PODS, wake: loop.wake });
};
