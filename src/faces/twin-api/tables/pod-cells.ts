/** The row of a pod: readiness, status and restarts as printPod of kube-apiserver 1.36 tells them. */
import { dig, digFlag, digList, digNumber, digText } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { millisOf } from '../../../core/model/timestamp.ts';
import { columns, type TableForm } from './columns.ts';
import { age, humanDuration } from './human-duration.ts';

export const POD_TABLE: TableForm = {
  columns: columns(['Name', 'Ready', 'Status', 'Restarts', 'Age'], ['IP', 'Node', 'Nominated Node', 'Readiness Gates']),
  cells: (pod, now) => {
    const { ready, total, status, restarts, lastRestart } = containersOf(pod);
    const since = lastRestart === undefined ? '' : ` (${humanDuration(now - lastRestart)} ago)`;
    return [
      pod.metadata.name,
      `${ready}/${total}`,
      status,
      `${restarts}${restarts === 0 ? '' : since}`,
      age(pod.metadata.creationTimestamp, now),
      digText(pod, 'status', 'podIPs', 0, 'ip') || '<none>',
      digText(pod, 'spec', 'nodeName') || '<none>',
      digText(pod, 'status', 'nominatedNodeName') || '<none>',
      readinessGates(pod),
    ];
  },
  isCompleted: (pod) => {
    const phase = digText(pod, 'status', 'phase');
    return phase === 'Succeeded' || phase === 'Failed' ? phase : undefined;
  },
};

const readinessGates = (pod: KubeObject): string => {
  const gates = digList(pod, 'spec', 'readinessGates').map((gate) => digText(gate, 'conditionType'));
  const met = gates.filter((type) => type !== undefined && hasCondition(pod, type));
  return gates.length === 0 ? '<none>' : `${met.length}/${gates.length}`;
};

const hasCondition = (pod: KubeObject, type: string): boolean =>
  digList(pod, 'status', 'conditions').some(
    (condition) => digText(condition, 'type') === type && digText(condition, 'status') === 'True',
  );

interface Tally {
  ready: number;
  total: number;
  status: string;
  restarts: number;
  lastRestart: number | undefined;
}

const containersOf = (pod: KubeObject): Tally => {
  const inits = digList(pod, 'spec', 'initContainers');
  const sidecars = new Set(
    inits.filter((one) => digText(one, 'restartPolicy') === 'Always').map((one) => digText(one, 'name') ?? ''),
  );
  const tally: Tally = {
    ready: 0,
    total: digList(pod, 'spec', 'containers').length + sidecars.size,
    status: digText(pod, 'status', 'reason') || (digText(pod, 'status', 'phase') ?? ''),
    restarts: 0,
    lastRestart: undefined,
  };
  if (digList(pod, 'status', 'conditions').some((one) => digText(one, 'reason') === 'SchedulingGated'))
    tally.status = 'SchedulingGated';
  const initializing = tallyInits(pod, inits.length, sidecars, tally);
  if (!initializing || hasCondition(pod, 'Initialized')) tallyContainers(pod, tally);
  return { ...tally, status: endingOf(pod) ?? tally.status };
};

/** True when an init container has still to end; its state is then the pod's. */
const tallyInits = (pod: KubeObject, total: number, sidecars: ReadonlySet<string>, tally: Tally): boolean => {
  let [sidecarRestarts, lastSidecarRestart]: [number, number | undefined] = [0, undefined];
  const statuses = digList(pod, 'status', 'initContainerStatuses');
  let waiting: string | undefined;
  for (const [at, container] of statuses.entries()) {
    const isSidecar = sidecars.has(digText(container, 'name') ?? '');
    const restarts = digNumber(container, 'restartCount') ?? 0;
    tally.restarts += restarts;
    tally.lastRestart = later(tally.lastRestart, container);
    if (isSidecar) {
      sidecarRestarts += restarts;
      lastSidecarRestart = later(lastSidecarRestart, container);
    }
    if (digNumber(container, 'state', 'terminated', 'exitCode') === 0) continue;
    if (isSidecar && digFlag(container, 'started') === true) {
      if (digFlag(container, 'ready') === true) tally.ready += 1;
      continue;
    }
    waiting = initStatus(container, at, total);
    break;
  }
  if (waiting !== undefined) {
    tally.status = waiting;
    if (!hasCondition(pod, 'Initialized')) return true;
  }
  [tally.restarts, tally.lastRestart] = [sidecarRestarts, lastSidecarRestart];
  return false;
};

const initStatus = (container: unknown, at: number, total: number): string => {
  const ended = endOf(container);
  if (ended !== undefined) return `Init:${ended}`;
  const reason = digText(container, 'state', 'waiting', 'reason') ?? '';
  return reason !== '' && reason !== 'PodInitializing' ? `Init:${reason}` : `Init:${at}/${total}`;
};

/** How a container that has ended did so; undefined while it has not. */
const endOf = (container: unknown): string | undefined => {
  const terminated = dig(container, 'state', 'terminated');
  if (terminated === undefined || terminated === null) return undefined;
  const reason = digText(terminated, 'reason') ?? '';
  if (reason !== '') return reason;
  const signal = digNumber(terminated, 'signal') ?? 0;
  return signal === 0 ? `ExitCode:${digNumber(terminated, 'exitCode') ?? 0}` : `Signal:${signal}`;
};

const tallyContainers = (pod: KubeObject, tally: Tally): void => {
  let hasRunning = false;
  let failure = '';
  for (const container of digList(pod, 'status', 'containerStatuses').toReversed()) {
    tally.restarts += digNumber(container, 'restartCount') ?? 0;
    tally.lastRestart = later(tally.lastRestart, container);
    const waits = digText(container, 'state', 'waiting', 'reason') ?? '';
    const ended = endOf(container);
    if (waits !== '') tally.status = waits;
    else if (ended !== undefined) {
      tally.status = ended;
      if (digNumber(container, 'state', 'terminated', 'exitCode') !== 0) failure = ended;
    } else if (digFlag(container, 'ready') === true && dig(container, 'state', 'running') !== undefined) {
      hasRunning = true;
      tally.ready += 1;
    }
  }
  if (tally.status !== 'Completed') return;
  if (hasRunning && hasCondition(pod, 'Ready')) tally.status = 'Running';
  else if (failure !== '') tally.status = failure;
  else if (hasRunning) tally.status = 'NotReady';
};

const later = (known: number | undefined, container: unknown): number | undefined => {
  const at = millisOf(digText(container, 'lastState', 'terminated', 'finishedAt') ?? '');
  return at === undefined || (known !== undefined && known >= at) ? known : at;
};

const endingOf = (pod: KubeObject): string | undefined => {
  if (pod.metadata.deletionTimestamp === undefined) return undefined;
  if (digText(pod, 'status', 'reason') === 'NodeLost') return 'Unknown';
  const phase = digText(pod, 'status', 'phase');
  return phase === 'Succeeded' || phase === 'Failed' ? undefined : 'Terminating';
};
