/** Why a driver pod is not ready, from its status and, where there is one, its log. One cause, with what to do. */
import { dig, digList, digNumber, digText } from '../../model/dig.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import { millisOf, timestamp } from '../../model/timestamp.ts';
import { showOrigin } from '../../model/fact.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { DefectId } from '../defects.ts';
import { isTerminating } from '../../drain/pod-facts.ts';
import { isPodReady, RESTART_LIMIT } from '../driver-pod.ts';
import { objectName } from '../managed-node.ts';
import { count, duration } from '../wording.ts';
import type { NodeView, Todo } from './explanation.ts';

export interface DriverPodCause {
  /** Words that follow "driver pod NAME". */
  readonly because: string;
  readonly todo: readonly Todo[];
  readonly defects: readonly DefectId[];
}

const PULL_REASONS = ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'ImageInspectError'];

interface Status {
  readonly container: unknown;
  readonly init: boolean;
}

const statusesOf = (pod: KubeObject): readonly Status[] => [
  ...digList(pod, 'status', 'initContainerStatuses').map((container) => ({ container, init: true })),
  ...digList(pod, 'status', 'containerStatuses').map((container) => ({ container, init: false })),
];

const nameOf = ({ container }: Status): string => digText(container, 'name') ?? '';

type Look = (pod: KubeObject, snapshot: Snapshot, now: number) => DriverPodCause | undefined;

/** It cannot be scheduled: labels or taints of the node, and BuildState fails on it as soon as counts differ (D1). */
const unscheduled: Look = (pod) => {
  const condition = digList(pod, 'status', 'conditions').find((each) => dig(each, 'type') === 'PodScheduled');
  return dig(condition, 'status') === 'False'
    ? {
        because: `cannot be scheduled: ${digText(condition, 'message') ?? 'the scheduler gives no reason'}`,
        todo: [{ what: 'mend what the scheduler names: node labels of NFD, taints, or resources' }],
        defects: ['D1', 'D5'],
      }
    : undefined;
};

const imagePull: Look = (pod) => {
  for (const status of statusesOf(pod)) {
    const reason = digText(status.container, 'state', 'waiting', 'reason') ?? '';
    if (!PULL_REASONS.includes(reason)) continue;
    const image = digText(status.container, 'image') ?? 'its image';
    return {
      because: `cannot get ${image} for container ${nameOf(status)} (${reason}); a failed pull never counts as a restart, so the node keeps its slot for ever`,
      todo: [
        { what: 'make the image pullable: registry, tag for this OS and kernel, imagePullSecrets' },
        {
          what: 'or go back to a version that is there: spec.ofedDriver.version of the policy, then delete the driver pod',
        },
      ],
      defects: ['D5'],
    };
  }
  return undefined;
};

/** Sentences that the driver container prints, and what they mean; upstream's words are matched, not copied. */
const LOG_CAUSES: readonly (readonly [pattern: RegExp, because: string, todo: string])[] = [
  [
    /Storage modules are loaded .*UNLOAD_STORAGE_MODULES/,
    'will not unload the storage modules that use the present driver',
    'set UNLOAD_STORAGE_MODULES=true in spec.ofedDriver.env of the policy, when no storage of this node depends on them',
  ],
  [
    /Module \S+ is in use/,
    'cannot unload the present driver, a module is in use',
    'find and stop what holds the module (lsmod on the node), then delete the driver pod',
  ],
  [
    /(?:linux-headers|kernel-(?:headers|devel|[\d.]+)).*(?:Unable to locate|not found|No match|find a match)|(?:Unable to (?:locate package|find a match)[^\n]*(?:linux-headers|kernel-))/i,
    'cannot find the kernel packages to build against',
    'give the container a repository that has them (spec.ofedDriver.repoConfig), or use a precompiled driver',
  ],
];

const logCause: Look = (pod, { texts }) => {
  const name = objectName(pod);
  for (const { text, origin, pod: of } of texts.filter(({ kind }) => kind === 'log')) {
    // A log that was saved by hand says whose it is by its file name.
    if (of === undefined ? !origin.source.includes(name) : of !== name) continue;
    for (const [pattern, because, todo] of LOG_CAUSES) {
      const at = text.search(pattern);
      if (at < 0) continue;
      const line = text.slice(0, at).split('\n').length;
      return { because: `${because} (${showOrigin({ ...origin, line })})`, todo: [{ what: todo }], defects: [] };
    }
  }
  return undefined;
};

const crash: Look = (pod) => {
  for (const status of statusesOf(pod)) {
    const restarts = digNumber(status.container, 'restartCount') ?? 0;
    if (dig(status.container, 'ready') === true || restarts === 0) continue;
    const code = digNumber(status.container, 'lastState', 'terminated', 'exitCode');
    return {
      because: `was restarted ${count(restarts, 'time')} in container ${nameOf(status)}${code === undefined ? '' : `, last with exit code ${code}`} (more than ${RESTART_LIMIT} in pod-restart-required make the node upgrade-failed)`,
      todo: [
        {
          what: 'read why it ends',
          command: `kubectl logs -n ${digText(pod, 'metadata', 'namespace') ?? ''} ${objectName(pod)} -c ${nameOf(status)} --previous`,
        },
      ],
      defects: [],
    };
  }
  return undefined;
};

const initWaits: Look = (pod) => {
  const waiting = statusesOf(pod).find(
    ({ container, init }) => init && dig(container, 'state', 'running') !== undefined,
  );
  return waiting && { because: `is in its init container ${nameOf(waiting)}`, todo: [], defects: [] };
};

export interface DriverBuild {
  /** Milliseconds. */
  readonly since: number;
  /** When the kubelet restarts the container; undefined without a startup probe. */
  readonly until?: number;
}

/** The startup probe gives the build its time: a build that is longer is restarted, and starts again. */
export const driverBuild = (pod: KubeObject): DriverBuild | undefined => {
  for (const { container } of statusesOf(pod)) {
    const since = millisOf(digText(container, 'state', 'running', 'startedAt') ?? '');
    if (since === undefined || dig(container, 'ready') === true) continue;
    const probe = digList(pod, 'spec', 'containers').find((each) => dig(each, 'name') === dig(container, 'name'));
    const limit = startupLimit(dig(probe, 'startupProbe'));
    return { since, ...(limit !== undefined && { until: since + limit * 1000 }) };
  }
  return undefined;
};

const building: Look = (pod, _snapshot, now) => {
  const build = driverBuild(pod);
  if (build === undefined) return undefined;
  const until = build.until === undefined ? '' : `, and it has until ${timestamp(build.until)} before it is restarted`;
  return {
    because: `builds or loads the driver since ${duration(now - build.since / 1000)}${until}`,
    todo: [],
    defects: [],
  };
};

/** Seconds until the kubelet gives up: Kubernetes' own defaults where the probe leaves a field out. */
const startupLimit = (probe: unknown): number | undefined =>
  probe === undefined
    ? undefined
    : (digNumber(probe, 'initialDelaySeconds') ?? 0) +
      (digNumber(probe, 'periodSeconds') ?? 10) * (digNumber(probe, 'failureThreshold') ?? 3);

const LOOKS: readonly Look[] = [unscheduled, imagePull, logCause, crash, initWaits, building];

/** Undefined when nothing about the pod says why it is not ready. */
export const driverPodCause: Look = (pod, snapshot, now) => {
  for (const look of LOOKS) {
    const cause = look(pod, snapshot, now);
    if (cause !== undefined) return cause;
  }
  return undefined;
};

/** The cause for a managed node whose driver pod is not ready; undefined when it is ready, or going away. */
export const podTrouble = ({
  managed: { pod },
  snapshot,
  now,
}: Pick<NodeView, 'managed' | 'snapshot' | 'now'>): DriverPodCause | undefined =>
  isPodReady(pod) || isTerminating(pod) ? undefined : driverPodCause(pod, snapshot, now);
