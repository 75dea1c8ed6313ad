/**
 * The kubelets of all hosts as the rest of the twin sees them: who is silent, which devices are registered, what containers
 * wrote, and what a command in a container answers. What one of them does for its pods is kubelet.ts.
 */
import { dig, digList, digNumber, digText, isMap } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { PODS } from '../../core/model/kube-resource.ts';
import { runOnHost } from '../hardware/host-commands.ts';
import type { Stage } from '../stage.ts';
import type { ContainerAnswer } from '../world/world.ts';
import { ContainerLogs } from './container-logs.ts';
import type { ImageRegistry } from './image-registry.ts';
import { Kubelet } from './kubelet.ts';
import type { FleetNode } from './node-status.ts';
import type { Program } from './process.ts';

export interface Kubelets {
  /** What a device plugin on this node has; a pool that lost its devices stays, with 0. */
  readonly registerDevices: (node: string, resource: string, count: number) => void;
  readonly isRunning: (node: string) => boolean;
  /** Called when the kubelet of a node falls silent, and when it is heard again. */
  readonly onSilence: (listener: (node: string, isSilent: boolean) => void) => void;
  readonly logs: ContainerLogs;
}

export interface KubeletOptions {
  readonly fleet: readonly FleetNode[];
  readonly programs: Readonly<Record<string, Program>>;
  readonly registry: ImageRegistry;
}

export const startKubelets = (stage: Stage, { fleet, programs, registry }: KubeletOptions): Kubelets => {
  const { world } = stage;
  const logs = new ContainerLogs();
  const listeners: ((node: string, isSilent: boolean) => void)[] = [];
  const kubelets = new Map<string, Kubelet>();

  for (const node of fleet) {
    const host = stage.hosts.get(node.host.name);
    if (host === undefined) throw new Error(`the fleet has no host ${node.host.name}`);
    const tell = (isSilent: boolean): void => {
      for (const listener of listeners) listener(node.host.name, isSilent);
    };
    const kubelet = new Kubelet(stage, { node, host, programs, registry, logs, tell });
    kubelets.set(node.host.name, kubelet);
  }

  world.subscribe(PODS, ({ type, object, before }) => {
    const node = digText(object, 'spec', 'nodeName');
    if (node === undefined) return;
    if (type === 'DELETED') kubelets.get(node)?.forget(object);
    // A status of its own making is no news to a kubelet.
    else if (
      before === undefined ||
      before['spec'] !== object['spec'] ||
      before['status'] === object['status'] ||
      before.metadata.deletionTimestamp !== object.metadata.deletionTimestamp
    )
      kubelets.get(node)?.tend(object);
  });
  world.hostContainers({
    log: (pod, container, previous) =>
      logs.read(pod, container, previous) ?? (hasRun(pod, container, previous) ? '' : undefined),
    exec: (pod, container, command) => execIn(stage, pod, container, command),
  });
  for (const kubelet of kubelets.values()) kubelet.start();

  return {
    logs,
    registerDevices: (node, resource, count) => kubelets.get(node)?.registerDevices(resource, count),
    isRunning: (node) => kubelets.get(node)?.isRunning === true,
    onSilence: (listener) => void listeners.push(listener),
  };
};

/** Most containers of the twin write nothing: their logs are there, and empty. */
const hasRun = (pod: KubeObject, container: string, previous: boolean): boolean => {
  const status = digList(pod, 'status', 'containerStatuses').find((one) => digText(one, 'name') === container);
  return previous ? (digNumber(status, 'restartCount') ?? 0) > 0 : isMap(dig(status, 'state', 'running'));
};

/** Privileged pods with the host's root at /host see the host; the others have nothing that we know of. */
const execIn = (stage: Stage, pod: KubeObject, container: string, command: readonly string[]): ContainerAnswer => {
  const host = stage.hosts.get(digText(pod, 'spec', 'nodeName') ?? '');
  const spec = digList(pod, 'spec', 'containers').find((one) => digText(one, 'name') === container);
  const root = digList(spec, 'volumeMounts')
    .map((mount) => digText(mount, 'mountPath'))
    .find((path) => path === '/host');
  if (host === undefined || !host.isUp || root === undefined)
    return { stderr: `exec: "${command[0] ?? ''}": executable file not found in $PATH\n`, exitCode: 127 };
  return runOnHost(host, command, root);
};
