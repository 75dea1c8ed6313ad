/** The status that a kubelet writes for a pod, from what it knows of its containers. */
import { digList, digText } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { timestamp } from '../../core/model/timestamp.ts';

export type ContainerState =
  | { readonly is: 'waiting'; readonly reason: string; readonly message?: string }
  | { readonly is: 'running'; readonly since: number; readonly ready: boolean }
  | {
      readonly is: 'ended';
      readonly exitCode: number;
      readonly reason: string;
      readonly since: number;
      readonly at: number;
    };

export interface PodRun {
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  /** Of the container of this name. */
  readonly stateOf: (container: string) => ContainerState;
  readonly restarts: number;
  readonly podIP?: string;
  readonly hostIP: string;
}

const showState = (state: ContainerState): Readonly<Record<string, unknown>> => {
  switch (state.is) {
    case 'waiting':
      return {
        waiting: { reason: state.reason, ...(state.message === undefined ? {} : { message: state.message }) },
      };
    case 'running':
      return { running: { startedAt: timestamp(state.since) } };
    case 'ended':
      return {
        terminated: {
          exitCode: state.exitCode,
          reason: state.reason,
          startedAt: timestamp(state.since),
          finishedAt: timestamp(state.at),
        },
      };
  }
};

const condition = (
  before: readonly unknown[],
  type: string,
  isTrue: boolean,
  now: number,
  reason?: string,
): unknown => {
  const status = isTrue ? 'True' : 'False';
  const known = before.find((one) => digText(one, 'type') === type);
  const same = digText(known, 'status') === status ? digText(known, 'lastTransitionTime') : undefined;
  return {
    type,
    status,
    lastProbeTime: null,
    lastTransitionTime: same ?? timestamp(now),
    ...(isTrue || reason === undefined ? {} : { reason }),
  };
};

export const podStatus = (pod: KubeObject, run: PodRun, now: number): Readonly<Record<string, unknown>> => {
  const containers = digList(pod, 'spec', 'containers').map((container) => {
    const name = digText(container, 'name') ?? '';
    return { name, image: digText(container, 'image') ?? '', state: run.stateOf(name) };
  });
  const isReady = run.phase === 'Running' && containers.every(({ state }) => state.is === 'running' && state.ready);
  const before = digList(pod, 'status', 'conditions');
  const conditions = [
    condition(before, 'PodReadyToStartContainers', run.podIP !== undefined, now),
    condition(before, 'Initialized', true, now),
    condition(before, 'Ready', isReady, now, run.phase === 'Succeeded' ? 'PodCompleted' : 'ContainersNotReady'),
    condition(
      before,
      'ContainersReady',
      isReady,
      now,
      run.phase === 'Succeeded' ? 'PodCompleted' : 'ContainersNotReady',
    ),
    condition(before, 'PodScheduled', true, now),
  ];
  return {
    phase: run.phase,
    conditions,
    hostIP: run.hostIP,
    hostIPs: [{ ip: run.hostIP }],
    ...(run.podIP === undefined ? {} : { podIP: run.podIP, podIPs: [{ ip: run.podIP }] }),
    startTime: digText(pod, 'status', 'startTime') ?? timestamp(now),
    containerStatuses: containers.map(({ name, image, state }) => ({
      name,
      image,
      imageID: '',
      ready: state.is === 'running' && state.ready,
      started: state.is === 'running',
      restartCount: run.restarts,
      state: showState(state),
      lastState: {},
    })),
    qosClass: 'Burstable',
  };
};
