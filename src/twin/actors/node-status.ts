/** The Node object that a kubelet registers and keeps: labels, room, conditions, and what tells one boot from another. */
import type { KubeDraft } from '../../core/ports/kube-api.ts';
import { timestamp } from '../../core/model/timestamp.ts';
import type { Host, HostSpec } from '../hardware/host.ts';

/** One node of a fleet: its machine, and how it stands in the cluster. */
export interface FleetNode {
  readonly host: HostSpec;
  readonly labels: Readonly<Record<string, string>>;
  readonly address: string;
  /** What it offers beside the devices that programs of the twin register. */
  readonly room: { readonly cpu: string; readonly memory: string; readonly pods: string } & Readonly<
    Record<string, string>
  >;
}

const KUBELET_VERSION = 'v1.32.6';

export const nodeDraft = ({ host, labels }: FleetNode): KubeDraft => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: host.name,
    labels: {
      'beta.kubernetes.io/arch': 'amd64',
      'beta.kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/os': 'linux',
      'kubernetes.io/hostname': host.name,
      ...labels,
    },
  },
  spec: {},
});

const CONDITIONS = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
] as const;

/**
 * Heartbeats are not stepped: as long as the kubelet runs, its lease counts as fresh, and lastHeartbeatTime is that of the
 * last change.
 */
export const nodeStatus = (
  { address, room }: FleetNode,
  host: Host,
  devices: ReadonlyMap<string, number>,
  now: number,
): Readonly<Record<string, unknown>> => {
  const amounts = { ...room, ...Object.fromEntries([...devices].map(([name, count]) => [name, String(count)])) };
  const at = timestamp(now);
  return {
    capacity: amounts,
    allocatable: amounts,
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: host.name },
    ],
    conditions: CONDITIONS.map(([type, status, reason, message]) => ({
      type,
      status,
      reason,
      message,
      lastHeartbeatTime: at,
      lastTransitionTime: at,
    })),
    nodeInfo: {
      machineID: host.uuid.replaceAll('-', ''),
      systemUUID: host.uuid,
      bootID: host.bootId,
      kernelVersion: host.spec.kernel,
      osImage: 'Ubuntu 24.04.2 LTS',
      operatingSystem: 'linux',
      architecture: 'amd64',
      containerRuntimeVersion: 'containerd://1.7.27',
      kubeletVersion: KUBELET_VERSION,
      kubeProxyVersion: KUBELET_VERSION,
    },
  };
};
