/**
 * The machines of a cluster whose nodes kwok keeps: a host of the twin's hardware behind each node, in time that passes
 * faster. Power off takes the node from kwok and makes it NotReady; power on gives it back with a new boot id. This coupling
 * is the only double: API server, controllers, scheduler, kwok and BMCs are the real ones.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { digList, digText } from '../../../src/core/model/dig.ts';
import type { KubeObject } from '../../../src/core/model/kube-object.ts';
import { NODES } from '../../../src/core/model/kube-resource.ts';
import type { Clock } from '../../../src/core/ports/clock.ts';
import { hostCommand } from '../../../src/core/model/host-question.ts';
import type { HostTools } from '../../../src/core/ports/host-tools.ts';
import type { KubeApi } from '../../../src/core/ports/kube-api.ts';
import { fail, ok } from '../../../src/core/result.ts';
import { good } from '../../../src/testing/contracts/kube-api/world.ts';
import type { PersonalityName } from '../../../src/twin/hardware/bmc-personality.ts';
import { CONNECTX7_RAIL } from '../../../src/twin/hardware/adapter-model.ts';
import { runOnHost } from '../../../src/twin/hardware/host-commands.ts';
import { DGX_B200, Host, type HostSpec, type Platform } from '../../../src/twin/hardware/host.ts';
import { seconds } from '../../../src/twin/latency.ts';
import { seededRandom } from '../../../src/twin/seeded-random.ts';
import { VirtualClock } from '../../../src/twin/virtual-clock.ts';

/** A DGX that boots sooner; what its firmware boots with is that of a DGX. */
const QUICK_DGX: Platform = {
  ...DGX_B200,
  shutdown: seconds(3, 5, 8, 'for a test'),
  cutPower: seconds(1, 3, 6, 'for a test'),
  boot: seconds(20, 30, 40, 'for a test'),
};

/** Where the API server finds the kubelet, and that it may hand it a WebSocket. */
const kubeletStatus = (Port: number): object => ({
  addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
  daemonEndpoints: { kubeletEndpoint: { Port } },
  declaredFeatures: ['ExtendWebSocketsToKubelet'],
});

export const ROOM = { cpu: '64', memory: '256Gi', pods: '110', 'nvidia.com/gpu': '8' };

export const CARD = '0000:18:00.0';

/** Real time, `times` as fast. */
export const fastClock = (times: number): Clock => {
  const begin = Date.now();
  return {
    now: () => begin + (Date.now() - begin) * times,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(signal.reason as Error);
          return;
        }
        const abort = (): void => {
          clearTimeout(timer);
          reject(signal?.reason as Error);
        };
        const timer = setTimeout(() => {
          signal?.removeEventListener('abort', abort);
          resolve();
        }, ms / times);
        signal?.addEventListener('abort', abort, { once: true });
      }),
  };
};

export interface MachineOptions {
  /** How the BMC of each node behaves. */
  readonly fleet: Readonly<Record<string, PersonalityName>>;
  /** Port of a stub that answers for the kubelet of a node; absent: nothing runs there that could be asked. */
  readonly kubeletPort?: (node: string) => number;
}

export interface Machines {
  readonly hosts: ReadonlyMap<string, Host>;
  readonly virtual: VirtualClock;
  readonly hostTools: (node: string) => HostTools;
  readonly stop: () => void;
}

export const machineSpec = (name: string, bmc: PersonalityName = 'dgx'): HostSpec => ({
  name,
  platform: QUICK_DGX,
  adapters: [
    {
      card: '0000:18:00',
      model: CONNECTX7_RAIL,
      functions: [{ pci: CARD, rdma: 'mlx5_0', interface: 'ibp24s0', linkType: 'IB' }],
    },
  ],
  gpus: 8,
  kernel: '6.8.0',
  lockdown: 'none',
  bmc,
});

/** Every node is there and Ready when this returns; its adapter has `NUM_OF_VFS` 16 and 8 at next boot. */
export const startMachines = async (
  api: KubeApi,
  clock: Clock,
  { fleet, kubeletPort }: MachineOptions,
): Promise<Machines> => {
  const virtual = new VirtualClock(clock.now());
  const hosts = new Map<string, Host>();
  for (const [name, bmc] of Object.entries(fleet)) {
    const host = new Host(machineSpec(name, bmc), { clock: virtual, random: seededRandom(1, name), note: () => {} });
    hosts.set(name, host);
    runOnHost(host, ['mstconfig', '-d', CARD, '-y', 'set', 'NUM_OF_VFS=8']);
    const bootOf = () => ({ bootID: host.bootId, systemUUID: host.uuid, machineID: host.uuid });
    good(
      await api.create(NODES, {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name, annotations: { 'kwok.x-k8s.io/node': 'fake' }, labels: { 'kubernetes.io/hostname': name } },
      }),
    );
    const status = async (ready: 'True' | 'False', nodeInfo: object): Promise<void> => {
      const conditions = [{ type: 'Ready', status: ready, reason: ready === 'True' ? 'KubeletReady' : 'PowerOff' }];
      const kubelet = kubeletPort === undefined ? {} : kubeletStatus(kubeletPort(name));
      const body = { status: { conditions, nodeInfo, capacity: ROOM, allocatable: ROOM, ...kubelet } };
      good(await api.patch(NODES, { name }, { type: 'strategic', body }, { subresource: 'status' }));
    };
    const annotate = async (value: 'fake' | null): Promise<void> => {
      const body = { metadata: { annotations: { 'kwok.x-k8s.io/node': value } } };
      good(await api.patch(NODES, { name }, { type: 'merge', body }));
    };
    // kwok gives a new node a status of its own; only after that it can be told which machine it is.
    while (!isReady(good(await api.get(NODES, { name })))) await sleep(50);
    await status('True', bootOf());
    let turn = Promise.resolve();
    const then = (work: () => Promise<void>): void => {
      turn = turn.then(work).catch((error: unknown) => console.error(`${name}: ${String(error)}`));
    };
    host.onDown(() => {
      then(() => annotate(null));
      then(() => status('False', bootOf()));
    });
    host.onUp(() => {
      then(() => status('True', bootOf()));
      then(() => annotate('fake'));
    });
  }
  const pump = setInterval(() => void virtual.runUntil(clock.now()), 20);
  return {
    hosts,
    virtual,
    hostTools: (node) => toolsOf(hosts.get(node)),
    stop: () => clearInterval(pump),
  };
};

const isReady = (node: KubeObject): boolean =>
  digList(node, 'status', 'conditions').some(
    (one) => digText(one, 'type') === 'Ready' && digText(one, 'status') === 'True',
  );

const toolsOf = (host: Host | undefined): HostTools => ({
  via: 'the firmware model of the machine',
  ask: async (question) => {
    if (host === undefined || !host.isUp) return fail('host-unreachable', 'The host does not answer.', 'retry');
    const command = hostCommand(question, '');
    const { stdout, stderr, exitCode } = runOnHost(host, command);
    return ok({ question, command, output: stdout + stderr, exitCode, truncated: false });
  },
});
