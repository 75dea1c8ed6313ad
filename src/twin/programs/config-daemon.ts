/**
 * The SR-IOV operator's config daemon of one node, as shipped (pkg/daemon/daemon.go; reference: sriov.md 2.2): it remembers
 * what it applied only as long as it runs, asks for a drain through annotations, writes firmware only on a drained node, and
 * restarts the host warm right after, however often that has not helped.
 *
 * Left out: systemd mode, OpenShift, parallel configuration of NICs, and feature gates.
 */
import { digFlag, digList, digText, digTexts } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { NODES, PODS, SRIOV_NODE_STATES, SRIOV_OPERATOR_CONFIGS } from '../../core/model/kube-resource.ts';
import { CURRENT_STATE_KEY, DESIRED_STATE_KEY, NODE_STATE_KEY } from '../../core/sriov/drain/drain-state.ts';
import {
  readInterfaceSpec,
  readInterfaceStatus,
  type InterfaceSpec,
  type InterfaceStatus,
} from '../../core/sriov/network-node-state.ts';
import { createActor } from '../actors/actor.ts';
import type { Program, Process } from '../actors/process.ts';
import { keyOf } from '../actors/controller-pods.ts';
import { eventRecorder } from '../actors/event-recorder.ts';
import { inBackground } from '../background.ts';
import { seconds } from '../latency.ts';
import type { Stage } from '../stage.ts';
import { daemonLog, type WriteLog } from './daemon-log.ts';
import { discoverInterfaces } from './discover-interfaces.ts';
import { genericApply, genericDrain, genericDrift } from './generic-plugin.ts';
import { mellanoxApply, mellanoxVerdict } from './mellanox-plugin.ts';

const START = seconds(2, 5, 15, 'not measured: cache sync and discovery of PFs');
const READ_CARDS = seconds(1, 3, 8, 'mstconfig takes some 0.3 s a card');

/** How often a state that was applied is looked at for drift (daemon.go). */
const DRIFT_MS = 30_000;
/** How long the daemon waits for the device plugin's pod to be gone. */
const PLUGIN_MS = 120_000;
/** controller-runtime's limiter: 5 ms, doubled with each failure, at most 1000 s. */
const RETRY_MS = { first: 5, most: 1_000_000 };

type Request = 'Idle' | 'Drain_Required' | 'Reboot_Required';

export const configDaemon =
  (stage: Stage): Program =>
  (process) => {
    const daemon = new ConfigDaemon(stage, process);
    inBackground(stage.clock, daemon.run());
  };

class ConfigDaemon {
  readonly #stage: Stage;
  readonly #process: Process;
  readonly #actor;
  readonly #record;
  readonly #log: WriteLog;
  readonly #random;
  #applied: number | undefined;
  #failures = 0;
  #wake: () => void = () => {};

  constructor(stage: Stage, process: Process) {
    this.#stage = stage;
    this.#process = process;
    this.#actor = createActor(stage.world, `config-daemon@${process.node}`);
    this.#record = eventRecorder(stage, this.#actor, 'config-daemon');
    this.#log = daemonLog(() => stage.clock.now(), process.log);
    this.#random = stage.random(`config-daemon@${process.node}`);
  }

  async run(): Promise<void> {
    const { node } = this.#process;
    this.#log('INFO', 'sriov-network-config-daemon/start.go:101', 'starting node writer', { node });
    const unsubscribe = this.#stage.world.subscribe(SRIOV_NODE_STATES, ({ object, before }) => {
      const isNews =
        before?.['spec'] !== object['spec'] || before?.metadata.annotations !== object.metadata.annotations;
      if (object.metadata.name === node && isNews) this.#wake();
    });
    this.#process.onEnd(unsubscribe);
    await this.#process.take(START);
    for (;;) await this.#waitFor(await this.#pass());
  }

  /** One pass; answers when to look again if nothing changes. */
  async #pass(): Promise<number> {
    const state = this.#state();
    if (state === undefined) return DRIFT_MS;
    this.#writeStatus({ interfaces: discoverInterfaces(this.#process.host) });
    const annotations = digTexts(state, 'metadata', 'annotations');
    if (annotations[CURRENT_STATE_KEY] === undefined || annotations[DESIRED_STATE_KEY] === undefined) return DRIFT_MS;
    const specs = digList(state, 'spec', 'interfaces').map(readInterfaceSpec);
    if (this.#applied === state.metadata.generation) {
      const drift = genericDrift(specs, this.#statuses());
      if (drift === undefined) return DRIFT_MS;
      this.#log('INFO', 'daemon/daemon.go:261', 'CheckStatusChanges(): status changed', { why: drift });
      this.#applied = undefined;
    }
    this.#setSync('InProgress');
    await this.#process.take(READ_CARDS);
    return this.#configure(state, specs, this.#statuses());
  }

  async #configure(
    state: KubeObject,
    specs: readonly InterfaceSpec[],
    statuses: readonly InterfaceStatus[],
  ): Promise<number> {
    const { host } = this.#process;
    const verdict = mellanoxVerdict({ host, specs, statuses, random: this.#random, log: this.#log });
    if (!verdict.ok) return this.#failed('OnNodeStateChange plugin error', verdict.fault.message);
    const { reboot, plans } = verdict.value;
    const drain = reboot || genericDrain(host, specs, statuses) !== undefined;
    this.#log('INFO', 'daemon/daemon.go:319', 'plugins verdict', {
      'drain-required': drain,
      'reboot-required': reboot,
    });
    if (!this.#isReadyToApply(state, drain, reboot)) return DRIFT_MS;
    const written = mellanoxApply(host, plans, this.#log);
    if (!written.ok) return this.#failed('plugin Apply failed', written.fault.message);
    if (reboot) return this.#restartHost(state);
    const made = await genericApply(this.#process, specs, statuses, this.#random);
    if (!made.ok) return this.#failed('plugin Apply failed', made.fault.message);
    await this.#restartDevicePlugin();
    this.#ask('Idle');
    this.#writeStatus({ interfaces: discoverInterfaces(host) });
    this.#setSync('Succeeded');
    if (this.#actor.takeRefusal()) return this.#backOff();
    this.#failures = 0;
    this.#applied = state.metadata.generation;
    return DRIFT_MS;
  }

  /** handleDrain: asks for what is needed, and says whether it is granted. */
  #isReadyToApply(state: KubeObject, drain: boolean, reboot: boolean): boolean {
    const annotations = digTexts(state, 'metadata', 'annotations');
    const current = annotations[CURRENT_STATE_KEY];
    const desired = annotations[DESIRED_STATE_KEY];
    if (!drain && current === 'Idle') return true;
    if (this.#isDrainDisabled(state)) return true;
    if (current === 'DrainComplete') {
      if (!reboot || desired !== 'Drain_Required') return true;
      // The pods were drained for less than a restart: give the drain back, and ask again.
      this.#ask('Idle');
      return false;
    }
    if (current === 'Idle') this.#ask(reboot ? 'Reboot_Required' : 'Drain_Required');
    return false;
  }

  #isDrainDisabled({ metadata: { namespace = 'default' } }: KubeObject): boolean {
    const config = this.#actor.get(SRIOV_OPERATOR_CONFIGS, { name: 'default', namespace });
    return digFlag(config, 'spec', 'disableDrain') === true;
  }

  async #restartHost(state: KubeObject): Promise<number> {
    const { host, node } = this.#process;
    this.#log('INFO', 'daemon/daemon.go:377', 'daemon: reboot node', { node });
    this.#record({ about: state, type: 'Normal', reason: 'RebootNode', message: 'Reboot node has been initiated' });
    this.#stage.note('config-daemon', node, 'restarts the host');
    host.restart();
    // `systemctl stop kubelet; reboot` ends this process; if it has not, the pass is made again.
    await this.#process.sleep(600_000);
    return 0;
  }

  async #restartDevicePlugin(): Promise<void> {
    const { node } = this.#process;
    const isPlugin = (pod: KubeObject): boolean => digTexts(pod, 'metadata', 'labels')['app'] === 'sriov-device-plugin';
    const end = this.#stage.clock.now() + PLUGIN_MS;
    const old = [...this.#stage.world.podsOn(node)].filter(isPlugin);
    for (const pod of old) this.#actor.delete(PODS, keyOf(pod));
    const isThere = (): boolean =>
      old.some((pod) => this.#actor.get(PODS, keyOf(pod))?.metadata.uid === pod.metadata.uid);
    while (isThere() && this.#stage.clock.now() < end) await this.#process.sleep(1_000);
  }

  #failed(what: string, why: string): number {
    this.#log('ERROR', 'daemon/daemon.go:305', what, { 'plugin-name': 'mellanox', error: why });
    return this.#backOff();
  }

  #backOff(): number {
    this.#failures += 1;
    return Math.min(RETRY_MS.first * 2 ** Math.min(this.#failures, 30), RETRY_MS.most);
  }

  #ask(request: Request): void {
    const { node } = this.#process;
    const state = this.#state();
    if (state === undefined) return;
    const onNode = digText(this.#actor.get(NODES, { name: node }), 'metadata', 'annotations', NODE_STATE_KEY);
    if (onNode !== request)
      this.#actor.patch(
        NODES,
        { name: node },
        { type: 'merge', body: { metadata: { annotations: { [NODE_STATE_KEY]: request } } } },
      );
    if (digText(state, 'metadata', 'annotations', DESIRED_STATE_KEY) !== request)
      this.#actor.patch(SRIOV_NODE_STATES, keyOf(state), {
        type: 'merge',
        body: { metadata: { annotations: { [DESIRED_STATE_KEY]: request } } },
      });
  }

  #state(): KubeObject | undefined {
    const { pod, node } = this.#process;
    return this.#actor.get(SRIOV_NODE_STATES, { name: node, namespace: pod.metadata.namespace ?? 'default' });
  }

  #statuses(): readonly InterfaceStatus[] {
    return discoverInterfaces(this.#process.host).map(readInterfaceStatus);
  }

  #setSync(to: 'InProgress' | 'Succeeded'): void {
    const state = this.#state();
    const from = digText(state, 'status', 'syncStatus') ?? '';
    if (state === undefined || from === to) return;
    const lastSyncError = to === 'Succeeded' ? '' : (digText(state, 'status', 'lastSyncError') ?? '');
    this.#writeStatus({ syncStatus: to, lastSyncError });
    this.#record({
      about: state,
      type: 'Normal',
      reason: 'SyncStatusChanged',
      message: `Status changed from: ${from} to: ${to}`,
    });
  }

  #writeStatus(status: Readonly<Record<string, unknown>>): void {
    const state = this.#state();
    if (state === undefined) return;
    const before = (state['status'] ?? {}) as Readonly<Record<string, unknown>>;
    if (Object.entries(status).every(([key, value]) => JSON.stringify(before[key]) === JSON.stringify(value))) return;
    this.#actor.patch(SRIOV_NODE_STATES, keyOf(state), { type: 'merge', body: { status } }, { subresource: 'status' });
  }

  /** Until a change of the node state, and no longer than `ms`. */
  async #waitFor(ms: number): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = () => {
        if (!this.#process.hasEnded()) this.#stage.clock.after(100, resolve);
      };
    });
    await Promise.race([woken, this.#process.sleep(ms)]);
    this.#wake = () => {};
    // A process that has ended goes no further, whichever of the two came.
    if (this.#process.hasEnded()) await new Promise<never>(() => {});
  }
}
