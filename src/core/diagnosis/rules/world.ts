/** Small objects for the cases of rules: a node, a node state, a policy, a pod, as few fields as the rules read. */
import type { KubeObject } from '../../model/kube-object.ts';

const NAMESPACE = 'nic-operator';

const defined = (map: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).filter((entry): entry is [string, string] => entry[1] !== undefined));

/** A GPU node that offers `allocatable` (undefined values are left out). */
export const gpuNode = (
  name: string,
  allocatable: Readonly<Record<string, string | undefined>>,
  extra: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly bootId?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  } = {},
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    labels: { 'nvidia.com/gpu.present': 'true', ...extra.labels },
    annotations: extra.annotations ?? {},
  },
  status: {
    allocatable: { cpu: '224', ...defined(allocatable) },
    conditions: [{ type: 'Ready', status: 'True' }],
    nodeInfo: { bootID: extra.bootId ?? 'boot-1' },
  },
});

export interface PfSketch {
  readonly pci: string;
  readonly name: string;
  /** VFs wanted by the spec; 0 or absent: the PF has no spec. */
  readonly wanted: number;
  /** VFs seen in the status; `undefined`: the status has no numVfs. */
  readonly seen: number | undefined;
  readonly resource: string;
  readonly deviceID: string;
}

/** A PF whose policy wants `vfs` VFs; `seen` is what the status shows (the same, unless given). */
export const pf = (
  sketch: {
    resource?: string;
    vfs?: number;
    seen?: number | 'absent';
    pci?: string;
    name?: string;
    deviceID?: string;
  } = {},
): PfSketch => {
  const wanted = sketch.vfs ?? 8;
  return {
    pci: sketch.pci ?? '0000:18:00.0',
    name: sketch.name ?? 'ibp24s0',
    wanted,
    seen: sketch.seen === 'absent' ? undefined : (sketch.seen ?? wanted),
    resource: sketch.resource ?? 'resibp24s0',
    deviceID: sketch.deviceID ?? '1021',
  };
};

export const nodeState = (
  name: string,
  sketch: {
    readonly pfs?: readonly PfSketch[];
    readonly syncStatus?: string;
    readonly lastSyncError?: string;
    readonly desired?: string;
    readonly current?: string;
  } = {},
): KubeObject => {
  const pfs = sketch.pfs ?? [pf()];
  return {
    apiVersion: 'sriovnetwork.openshift.io/v1',
    kind: 'SriovNetworkNodeState',
    metadata: {
      name,
      namespace: NAMESPACE,
      annotations: defined({
        'sriovnetwork.openshift.io/desired-state': sketch.desired ?? 'Idle',
        'sriovnetwork.openshift.io/current-state': sketch.current ?? 'Idle',
      }),
    },
    spec: {
      interfaces: pfs
        .filter(({ wanted }) => wanted > 0)
        .map(({ pci, name: iface, wanted, resource }) => ({
          pciAddress: pci,
          name: iface,
          numVfs: wanted,
          linkType: 'IB',
          vfGroups: [
            {
              resourceName: resource,
              policyName: `policy-${iface}`,
              vfRange: `0-${wanted - 1}`,
              deviceType: 'netdevice',
              isRdma: true,
            },
          ],
        })),
    },
    status: {
      syncStatus: sketch.syncStatus ?? 'Succeeded',
      ...(sketch.lastSyncError === undefined ? {} : { lastSyncError: sketch.lastSyncError }),
      interfaces: pfs.map(({ pci, name: iface, seen, deviceID }) => ({
        pciAddress: pci,
        name: iface,
        vendor: '15b3',
        deviceID,
        driver: 'mlx5_core',
        linkType: 'IB',
        mtu: 4092,
        totalvfs: 16,
        ...(seen === undefined || seen === 0
          ? {}
          : {
              numVfs: seen,
              Vfs: Array.from({ length: seen }, (_, index) => ({
                vfID: index,
                pciAddress: pci.replace(/0$/, String(index + 1)),
                deviceID: '101e',
                vendor: '15b3',
                driver: 'mlx5_core',
              })),
            }),
      })),
    },
  };
};

/** A pod; `requests` are of its one container. */
export const pod = (
  name: string,
  sketch: {
    readonly namespace?: string;
    readonly node?: string;
    readonly requests?: Readonly<Record<string, string>>;
    readonly phase?: string;
    readonly unschedulable?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly image?: string;
    readonly waiting?: { readonly reason: string; readonly message?: string };
    readonly container?: string;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: sketch.namespace ?? NAMESPACE, labels: sketch.labels ?? {} },
  spec: {
    ...(sketch.node === undefined ? {} : { nodeName: sketch.node }),
    containers: [
      {
        name: sketch.container ?? 'main',
        image: sketch.image ?? 'registry.example.net/app:v1',
        resources: { requests: sketch.requests ?? {}, limits: sketch.requests ?? {} },
        env: Object.entries(sketch.env ?? {}).map(([key, value]) => ({ name: key, value })),
      },
    ],
  },
  status: {
    phase: sketch.phase ?? 'Running',
    ...(sketch.unschedulable === undefined
      ? {}
      : {
          conditions: [
            { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: sketch.unschedulable },
          ],
        }),
    ...(sketch.waiting === undefined
      ? {}
      : {
          containerStatuses: [
            {
              name: sketch.container ?? 'main',
              image: sketch.image ?? '',
              ready: false,
              restartCount: 0,
              state: { waiting: sketch.waiting },
            },
          ],
        }),
  },
});

export const operatorNamespace = NAMESPACE;
