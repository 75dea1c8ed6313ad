/**
 * The kubelet of one host: it registers its node, starts and ends pods, tells their status, and hands out devices that
 * plugins register. It is silent while its host is down; who notices that is node-lifecycle.ts.
 *
 * Left out: init containers and probes of their own (a container is ready a while after it runs), eviction under pressure,
 * static pods, and the admission of devices after a restart (kubernetes#109595).
 */
import { dig, digFlag, digList, digNumber, digText, digTexts } from '../../core/model/dig.ts';
import { objectPath, type KubeObject } from '../../core/model/kube-object.ts';
import { NODES, PODS } from '../../core/model/kube-resource.ts';
import type { Host } from '../hardware/host.ts';
import { drawMs, seconds } from '../latency.ts';
import type { Stage } from '../stage.ts';
import type { ContainerLogs } from './container-logs.ts';
import { keyOf } from './controller-pods.ts';
import { eventRecorder } from './event-recorder.ts';
import type { ImageRegistry } from './image-registry.ts';
import { nodeDraft, nodeStatus, type FleetNode } from './node-status.ts';
import { podStatus, type ContainerState, type PodRun } from './pod-status.ts';
import { startProcess, type Program, type RunningProcess } from './process.ts';

const START_KUBELET = seconds(5, 15, 40, 'not measured: from the start of services to the first node status');
const START_POD = seconds(
  1,
  2,
  6,
  'kwok stage pod-create and kubelets of small clusters: 1 to 5 s with the image there',
);
const PULL = seconds(2, 8, 40, 'not measured: images of 50 to 500 MB from a registry nearby');
const BECOME_READY = seconds(1, 4, 12, 'not measured: first probe after 5 to 10 s where there is one');
const STOP_POD = seconds(0.5, 2, 10, 'not measured: programs that heed SIGTERM; others take their whole grace period');

/** kubelet pkg/images: the back-off of a pull begins with 10 s and ends at 5 min. */
const PULL_BACKOFF_MS = { first: 10_000, most: 300_000 };

/** kubelet: node and pod status are written anew every 10 s where a write failed. */
const RETRY_MS = 10_000;

/** A pod with this annotation ends by itself after so many seconds: for Jobs. */
const RUNS_FOR = 'twin.nicwright.dev/runs-for-seconds';

interface Tended {
  readonly pod: KubeObject;
  restarts: number;
  isEnding: boolean;
  processes: readonly RunningProcess[];
  cancel: () => void;
  /** The status that shall stand in the API: a later one takes its place. */
  write?: () => void;
}

/** What one node's kubelet works with. */
export interface KubeletParts {
  readonly node: FleetNode;
  readonly host: Host;
  readonly programs: Readonly<Record<string, Program>>;
  readonly registry: ImageRegistry;
  readonly logs: ContainerLogs;
  /** Called when it falls silent and when it speaks again. */
  readonly tell: (isSilent: boolean) => void;
}

export class Kubelet {
  isRunning = false;
  readonly #stage: Stage;
  readonly #node: FleetNode;
  readonly #host: Host;
  readonly #programs: Readonly<Record<string, Program>>;
  readonly #registry: ImageRegistry;
  readonly #logs: ContainerLogs;
  readonly #tell: (isSilent: boolean) => void;
  readonly #devices = new Map<string, number>();
  readonly #tended = new Map<string, Tended>();
  readonly #actor;
  readonly #record;
  #addresses = 0;

  constructor(stage: Stage, { node, host, programs, registry, logs, tell }: KubeletParts) {
    this.#stage = stage;
    this.#node = node;
    this.#host = host;
    this.#programs = programs;
    this.#registry = registry;
    this.#logs = logs;
    this.#tell = tell;
    this.#actor = stage.world.actor('kubelet');
    this.#record = eventRecorder(stage, this.#actor, 'kubelet');
    host.onDown(() => this.#fallSilent());
    host.onUp(() => void stage.after(this.#name, START_KUBELET, () => this.#begin()));
  }

  get #name(): string {
    return `kubelet@${this.#host.name}`;
  }

  /** At the beginning of the world every host has been up for long. */
  start(): void {
    if (this.#host.isUp) this.#begin();
  }

  registerDevices(resource: string, count: number): void {
    if (this.#devices.get(resource) === count) return;
    this.#devices.set(resource, count);
    this.#writeDevices(resource);
  }

  #writeDevices(resource: string): void {
    if (!this.isRunning) return;
    const amounts = { [resource]: String(this.#devices.get(resource) ?? 0) };
    this.#writeNode({ capacity: amounts, allocatable: amounts }, () => this.#writeDevices(resource));
  }

  #writeNode(status: Readonly<Record<string, unknown>>, again: () => void): void {
    const key = { name: this.#host.name };
    const written = this.#actor.patch(NODES, key, { type: 'merge', body: { status } }, { subresource: 'status' });
    if (!written.ok && written.fault.next === 'retry') this.#stage.clock.after(RETRY_MS, again);
  }

  forget(pod: KubeObject): void {
    const tended = this.#tended.get(pod.metadata.uid ?? '');
    if (tended === undefined) return;
    this.#end(tended);
    this.#tended.delete(pod.metadata.uid ?? '');
    this.#logs.forget(pod);
  }

  tend(pod: KubeObject): void {
    if (!this.isRunning) return;
    const uid = pod.metadata.uid ?? '';
    const known = this.#tended.get(uid);
    if (pod.metadata.deletionTimestamp !== undefined) this.#terminate(pod, known);
    else if (known === undefined && !isFinished(pod)) {
      const tended: Tended = { pod, restarts: 0, isEnding: false, processes: [], cancel: () => {} };
      this.#tended.set(uid, tended);
      // A pod that runs already when it is first seen was read from a cluster: its programs run, and its status stands.
      if (isRunning(pod)) this.#startPrograms(tended);
      else this.#create(tended);
    }
  }

  #begin(): void {
    if (this.isRunning || !this.#host.isUp) return;
    this.isRunning = true;
    // After a restart the checkpoint still names the pools, and none has a device until its plugin registers again.
    for (const resource of this.#devices.keys()) this.#devices.set(resource, 0);
    this.#register();
    this.#tell(false);
    for (const pod of [...this.#stage.world.podsOn(this.#host.name)].toSorted(byPath)) this.#resume(pod);
  }

  #fallSilent(): void {
    if (!this.isRunning) return;
    this.isRunning = false;
    for (const tended of this.#tended.values()) {
      this.#end(tended);
      // What it was about to do died with it: a pod that was being ended is ended anew.
      tended.isEnding = false;
    }
    this.#tell(true);
  }

  /** Creates the node where it is absent, and tells how it is. */
  #register(): void {
    if (!this.isRunning) return;
    const isThere = this.#actor.get(NODES, { name: this.#host.name }) !== undefined;
    const made = isThere ? undefined : this.#actor.create(NODES, nodeDraft(this.#node));
    if (made?.ok === false) this.#stage.clock.after(RETRY_MS, () => this.#register());
    else
      this.#writeNode(nodeStatus(this.#node, this.#host, this.#devices, this.#stage.clock.now()), () =>
        this.#register(),
      );
  }

  /** A pod that was here before the kubelet started. */
  #resume(pod: KubeObject): void {
    const uid = pod.metadata.uid ?? '';
    const known = this.#tended.get(uid);
    if (pod.metadata.deletionTimestamp !== undefined || known === undefined || isFinished(pod)) {
      this.tend(pod);
      return;
    }
    known.isEnding = false;
    const ran = digText(pod, 'status', 'phase') === 'Running';
    if (ran && digText(pod, 'spec', 'restartPolicy') === 'Never') {
      this.#finish(known, 137);
      return;
    }
    if (ran) known.restarts += 1;
    this.#create(known);
  }

  #create(tended: Tended): void {
    tended.cancel = this.#stage.after(this.#name, START_POD, () => this.#pull(tended, PULL_BACKOFF_MS.first));
  }

  #pull(tended: Tended, backoffMs: number): void {
    const { pod } = tended;
    const refusals = new Map(
      digList(pod, 'spec', 'containers').flatMap((container) => {
        const refusal = this.#registry(digText(container, 'image') ?? '');
        return refusal === undefined ? [] : [[digText(container, 'name') ?? '', refusal] as const];
      }),
    );
    if (refusals.size === 0) {
      const first = tended.restarts === 0 && digText(pod, 'status', 'phase') !== 'Running';
      if (first) tended.cancel = this.#stage.after(this.#name, PULL, () => this.#run(tended));
      else this.#run(tended);
      return;
    }
    for (const message of new Set(refusals.values()))
      this.#record({ about: pod, type: 'Warning', reason: 'Failed', message: `Failed to pull image: ${message}` });
    this.#writePod(tended, 'Pending', (name) => waitingFor(refusals.get(name), 'ErrImagePull'));
    tended.cancel = this.#stage.clock.after(2_000, () => {
      this.#writePod(tended, 'Pending', (name) => waitingFor(refusals.get(name), 'ImagePullBackOff'));
      tended.cancel = this.#stage.clock.after(backoffMs, () =>
        this.#pull(tended, Math.min(backoffMs * 2, PULL_BACKOFF_MS.most)),
      );
    });
  }

  #run(tended: Tended): void {
    const { pod } = tended;
    const since = this.#stage.clock.now();
    this.#writePod(tended, 'Running', () => ({ is: 'running', since, ready: false }));
    this.#startPrograms(tended);
    tended.cancel = this.#stage.after(this.#name, BECOME_READY, () => {
      this.#writePod(tended, 'Running', () => ({ is: 'running', since, ready: true }));
      const runsFor = Number(digTexts(pod, 'metadata', 'annotations')[RUNS_FOR]);
      if (runsFor > 0) tended.cancel = this.#stage.clock.after(runsFor * 1000, () => this.#finish(tended, 0));
    });
  }

  #startPrograms(tended: Tended): void {
    const { pod } = tended;
    tended.processes = digList(pod, 'spec', 'containers').flatMap((spec) => {
      const container = digText(spec, 'name') ?? '';
      const program = this.#programs[container];
      if (program === undefined) return [];
      const log = this.#logs.begin(pod, container);
      const running = startProcess(this.#stage, { pod, container, node: this.#host.name, host: this.#host, log });
      program(running);
      return [running];
    });
  }

  #finish(tended: Tended, exitCode: number): void {
    this.#end(tended);
    const at = this.#stage.clock.now();
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    this.#writePod(tended, exitCode === 0 ? 'Succeeded' : 'Failed', () => ({
      is: 'ended',
      exitCode,
      reason,
      since: at,
      at,
    }));
  }

  /** What programs do when they are told to end may take their grace period, and not more. */
  #terminate(pod: KubeObject, tended: Tended | undefined): void {
    if (tended?.isEnding === true) return;
    const known = tended ?? { pod, restarts: 0, isEnding: true, processes: [], cancel: () => {} };
    known.isEnding = true;
    this.#tended.set(pod.metadata.uid ?? '', known);
    known.cancel();
    const graceMs = (digNumber(pod, 'metadata', 'deletionGracePeriodSeconds') ?? 30) * 1000;
    const ms = Math.min(graceMs, drawMs(STOP_POD, this.#stage.random(this.#name)));
    known.cancel = this.#stage.clock.after(ms, () => {
      this.#end(known);
      this.#remove(known);
    });
  }

  #remove(tended: Tended): void {
    const { uid } = tended.pod.metadata;
    const gone = this.#actor.delete(PODS, keyOf(tended.pod), {
      graceSeconds: 0,
      ...(uid === undefined ? {} : { preconditions: { uid } }),
    });
    if (!gone.ok && gone.fault.next === 'retry')
      tended.cancel = this.#stage.clock.after(RETRY_MS, () => this.#remove(tended));
  }

  #end(tended: Tended): void {
    tended.cancel();
    for (const running of tended.processes) running.end();
    tended.processes = [];
  }

  #writePod(tended: Tended, phase: PodRun['phase'], stateOf: (container: string) => ContainerState): void {
    const write = (): void => {
      if (!this.isRunning || tended.write !== write) return;
      const pod = this.#actor.get(PODS, keyOf(tended.pod));
      if (pod === undefined || pod.metadata.uid !== tended.pod.metadata.uid) return;
      const body = { status: this.#statusOf(pod, tended.restarts, phase, stateOf) };
      const written = this.#actor.patch(PODS, keyOf(pod), { type: 'merge', body }, { subresource: 'status' });
      if (!written.ok && written.fault.next === 'retry') this.#stage.clock.after(RETRY_MS, write);
    };
    tended.write = write;
    write();
  }

  #statusOf(
    pod: KubeObject,
    restarts: number,
    phase: PodRun['phase'],
    stateOf: (container: string) => ContainerState,
  ): Readonly<Record<string, unknown>> {
    const isOnHost = digFlag(pod, 'spec', 'hostNetwork') === true;
    const podIP = digText(pod, 'status', 'podIP') ?? (isOnHost ? this.#node.address : this.#nextAddress());
    const run: PodRun = {
      phase,
      stateOf,
      restarts,
      hostIP: this.#node.address,
      ...(phase === 'Pending' ? {} : { podIP }),
    };
    return podStatus(pod, run, this.#stage.clock.now());
  }

  #nextAddress(): string {
    this.#addresses += 1;
    const own = this.#node.address.split('.').at(-1) ?? '0';
    return `10.${200 + (this.#addresses >> 16)}.${own}.${(this.#addresses % 250) + 1}`;
  }
}

const waitingFor = (refusal: string | undefined, reason: string): ContainerState => {
  if (refusal === undefined) return { is: 'waiting', reason: 'ContainerCreating' };
  const message = reason === 'ErrImagePull' ? refusal : `Back-off pulling image: ErrImagePull: ${refusal}`;
  return { is: 'waiting', reason, message };
};

const byPath = (a: KubeObject, b: KubeObject): number => (objectPath(a) < objectPath(b) ? -1 : 1);

const isFinished = (pod: KubeObject): boolean =>
  ['Succeeded', 'Failed'].includes(digText(pod, 'status', 'phase') ?? '');

const isRunning = (pod: KubeObject): boolean =>
  digText(pod, 'status', 'phase') === 'Running' &&
  digList(pod, 'status', 'containerStatuses').every((one) => dig(one, 'state', 'running') !== undefined);
