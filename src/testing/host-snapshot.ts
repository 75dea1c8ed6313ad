/** Snapshots of host text and objects for tests, and the device listing of the DGX machine of the founding incident. */
import type { KubeObject } from '../core/model/kube-object.ts';
import type { Snapshot } from '../core/snapshot/snapshot.ts';

export const hostSnapshot = (
  texts: Readonly<Record<string, string>>,
  objects: readonly KubeObject[] = [],
): Snapshot => ({
  objects: objects.map((object) => ({ object, origin: { source: `${object.kind}-${object.metadata.name}.yaml` } })),
  texts: Object.entries(texts).map(([source, text]) => ({
    kind: source.endsWith('.log') ? 'log' : 'host',
    text,
    origin: { source },
  })),
  gaps: [],
  listed: new Set(objects.map(({ kind }) => kind)),
  sources: [],
});

export const gpuNode = (name: string, labels: Readonly<Record<string, string>> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'nvidia.com/gpu.present': 'true', ...labels } },
  status: { nodeInfo: { bootID: `boot-of-${name}` } },
});

export interface StatedInterface {
  readonly pciAddress: string;
  readonly name: string;
  readonly numVfs?: number;
  readonly linkType?: string;
  readonly deviceID?: string;
}

/** A node state whose status lists `seen`, and whose spec wants `wanted`. */
export const nodeState = (
  name: string,
  seen: readonly StatedInterface[],
  wanted: readonly StatedInterface[] = [],
  annotations: Readonly<Record<string, string>> = {},
): KubeObject => ({
  apiVersion: 'sriovnetwork.openshift.io/v1',
  kind: 'SriovNetworkNodeState',
  metadata: {
    name,
    namespace: 'network-operator',
    annotations: Object.fromEntries(
      Object.entries(annotations).map(([key, value]) => [`sriovnetwork.openshift.io/${key}`, value]),
    ),
  },
  spec: {
    interfaces: wanted.map((one) => ({
      ...one,
      vfGroups: [
        {
          resourceName: `res${one.name}`,
          policyName: `policy-${one.name}`,
          vfRange: `0-${String((one.numVfs ?? 1) - 1)}`,
        },
      ],
    })),
  },
  status: {
    syncStatus: 'InProgress',
    interfaces: seen.map((one) => ({ vendor: '15b3', deviceID: '1021', driver: 'mlx5_core', linkType: 'IB', ...one })),
  },
});

/** The eight rails: bus in hex, RDMA device, interface (appendix of the founding incident). */
export const DGX_RAILS = [
  ['18', 4, 'ibp24s0'],
  ['40', 7, 'ibp64s0'],
  ['4f', 8, 'ibp79s0'],
  ['5e', 9, 'ibp94s0'],
  ['9a', 10, 'ibp154s0'],
  ['c0', 13, 'ibp192s0'],
  ['ce', 14, 'ibp206s0'],
  ['dc', 15, 'ibp220s0'],
] as const;

const cx7 = (pci: string, rdma: number, netdev: string, fw: string): string =>
  `${pci} mlx5_${String(rdma)} (MT4129 - MCX-OF-TEST) ConnectX-7 fw ${fw} port 1 (ACTIVE) ==> ${netdev} (Up)`;
const bf3 = (pci: string, rdma: number, netdev: string): string =>
  `${pci} mlx5_${String(rdma)} (MT41692 - 900-9D3B6) BlueField-3 DPU fw 32.43.2026 port 1 (ACTIVE) ==> ${netdev} (Up)`;

/** `ibdev2netdev -v` of that machine: eight rails, four internal functions, two BlueField-3 with one port each in bond0. */
export const dgxDevices = (firmware: Readonly<Record<string, string>> = {}): string =>
  [
    ...[0, 1, 2, 3].map((fn) => cx7(`0000:05:00.${String(fn)}`, fn, `ibs14f${String(fn)}`, '28.43.2026')),
    ...DGX_RAILS.map(([bus, rdma, name]) => cx7(`0000:${bus}:00.0`, rdma, name, firmware[name] ?? '28.43.2026')),
    bf3('0000:29:00.0', 5, 'ibp41s0f0'),
    bf3('0000:29:00.1', 6, 'bond0'),
    bf3('0000:aa:00.0', 11, 'ibp170s0f0'),
    bf3('0000:aa:00.1', 12, 'bond0'),
  ].join('\n');

/** mstconfig -e q of the eight rails, one output a card. */
export const dgxSettings = (current: number, next: number): string =>
  DGX_RAILS.map(
    ([bus]) =>
      `$ mstconfig -d 0000:${bus}:00.0 -e q\nDevice type: ConnectX7\nDevice: 0000:${bus}:00.0\n` +
      `Configurations:  Default  Current  Next Boot\n  NUM_OF_VFS  16  ${String(current)}  ${String(next)}\n` +
      `  SRIOV_EN  True(1)  True(1)  True(1)\n  LINK_TYPE_P1  IB(1)  IB(1)  IB(1)`,
  ).join('\n');
