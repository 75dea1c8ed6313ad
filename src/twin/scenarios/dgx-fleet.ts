/**
 * The machines and the cluster of seeds/000: dgx030 and dgx031, each with 8 GPUs, eight ConnectX-7 rails, four mezzanine
 * functions and two BlueField-3, and a head node for what does not run on them. Network operator 25.7.0 is installed.
 */
import type { KubeDraft } from '../../core/ports/kube-api.ts';
import type { FleetNode } from '../actors/node-status.ts';
import type { AdapterSpec } from '../hardware/adapter.ts';
import { BLUEFIELD3_DPU, CONNECTX7_MEZZANINE, CONNECTX7_RAIL } from '../hardware/adapter-model.ts';
import { DGX_B200, SMALL_SERVER } from '../hardware/host.ts';
import { imageFor } from '../programs/sriov-manifests.ts';

export const DGX_NODES = ['dgx030', 'dgx031'] as const;
export const DGX_RELEASE = '25.7.0';
export const OPERATOR_NAMESPACE = 'network-operator';

/** Bus, RDMA device and interface of the rails (appendix of seeds/000). */
export const RAILS = [
  ['18', 'mlx5_4', 'ibp24s0'],
  ['40', 'mlx5_7', 'ibp64s0'],
  ['4f', 'mlx5_8', 'ibp79s0'],
  ['5e', 'mlx5_9', 'ibp94s0'],
  ['9a', 'mlx5_10', 'ibp154s0'],
  ['c0', 'mlx5_13', 'ibp192s0'],
  ['ce', 'mlx5_14', 'ibp206s0'],
  ['dc', 'mlx5_15', 'ibp220s0'],
] as const;

const rail = ([bus, rdma, name]: (typeof RAILS)[number]): AdapterSpec => ({
  card: `0000:${bus}:00`,
  model: CONNECTX7_RAIL,
  functions: [{ pci: `0000:${bus}:00.0`, rdma, interface: name, linkType: 'IB' }],
});

const MEZZANINE: AdapterSpec = {
  card: '0000:05:00',
  model: CONNECTX7_MEZZANINE,
  functions: [0, 1, 2, 3].map((at) => ({
    pci: `0000:05:00.${at}`,
    rdma: `mlx5_${at}`,
    interface: `ibs14f${at}`,
    linkType: 'IB' as const,
  })),
};

const bluefield = (bus: string, first: number, slot: number): AdapterSpec => ({
  card: `0000:${bus}:00`,
  model: BLUEFIELD3_DPU,
  functions: [
    { pci: `0000:${bus}:00.0`, rdma: `mlx5_${first}`, interface: `ibp${slot}s0f0`, linkType: 'IB' },
    {
      pci: `0000:${bus}:00.1`,
      rdma: `mlx5_${first + 1}`,
      interface: `enp${slot}s0f1np1`,
      linkType: 'ETH',
      bond: 'bond0',
    },
  ],
});

const DGX_ADAPTERS: readonly AdapterSpec[] = [
  MEZZANINE,
  ...RAILS.map(rail),
  bluefield('29', 5, 41),
  bluefield('aa', 11, 170),
];

const dgxNode = (name: string, at: number): FleetNode => ({
  host: {
    name,
    platform: DGX_B200,
    adapters: DGX_ADAPTERS,
    gpus: 8,
    kernel: '6.8.0-1032-nvidia',
    lockdown: 'none',
  },
  labels: {
    'node-role.kubernetes.io/worker': '',
    'feature.node.kubernetes.io/pci-15b3.present': 'true',
    'nvidia.com/gpu.present': 'true',
    'nvidia.com/gpu.count': '8',
    'nvidia.com/gpu.machine': DGX_B200.product,
    'nvidia.com/gpu.product': 'NVIDIA-B200',
  },
  address: `10.1.0.${30 + at}`,
  room: { cpu: '224', memory: '2113348180Ki', pods: '110' },
});

const HEAD: FleetNode = {
  host: { name: 'head01', platform: SMALL_SERVER, adapters: [], gpus: 0, kernel: '6.8.0-60-generic', lockdown: 'none' },
  labels: { 'node-role.kubernetes.io/control-plane': '' },
  address: '10.1.0.1',
  room: { cpu: '64', memory: '263846912Ki', pods: '110' },
};

export const DGX_FLEET: readonly FleetNode[] = [HEAD, ...DGX_NODES.map(dgxNode)];

const onHead = {
  nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
  tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }],
};

const operator = (name: string, container: string, component: string): KubeDraft => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: OPERATOR_NAMESPACE, labels: { 'app.kubernetes.io/name': name } },
  spec: {
    replicas: 1,
    selector: { matchLabels: { 'app.kubernetes.io/name': name } },
    template: {
      metadata: { labels: { 'app.kubernetes.io/name': name } },
      spec: {
        ...onHead,
        containers: [
          {
            name: container,
            image: imageFor(DGX_RELEASE, component),
            env: [{ name: 'RESOURCE_PREFIX', value: 'nvidia.com' }],
            resources: { requests: { cpu: '100m', memory: '128Mi' } },
          },
        ],
      },
    },
  },
});

const namespace = (name: string): KubeDraft => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

const GPU_PLUGIN: KubeDraft = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'nvidia-device-plugin-daemonset', namespace: 'gpu-operator' },
  spec: {
    selector: { matchLabels: { app: 'nvidia-device-plugin-daemonset' } },
    template: {
      metadata: { labels: { app: 'nvidia-device-plugin-daemonset' } },
      spec: {
        nodeSelector: { 'nvidia.com/gpu.present': 'true' },
        tolerations: [{ operator: 'Exists' }],
        containers: [{ name: 'nvidia-device-plugin', image: 'nvcr.io/nvidia/k8s-device-plugin:v0.17.1' }],
      },
    },
  },
};

/** Work that is there before anybody touches the network: it keeps a drain from being empty, and a budget watches over it. */
const INFERENCE: readonly KubeDraft[] = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'inference', namespace: 'ml' },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: 'inference' } },
      template: {
        metadata: { labels: { app: 'inference' } },
        spec: {
          containers: [
            {
              name: 'server',
              image: 'registry.example/ml/inference:7',
              resources: {
                requests: { cpu: '8', memory: '64Gi', 'nvidia.com/gpu': '1' },
                limits: { 'nvidia.com/gpu': '1' },
              },
            },
          ],
        },
      },
    },
  },
];

/** Both nodes may go at once, as the people of seeds/000 took them. */
export const GPU_POOL: KubeDraft = {
  apiVersion: 'sriovnetwork.openshift.io/v1',
  kind: 'SriovNetworkPoolConfig',
  metadata: { name: 'gpu-nodes', namespace: OPERATOR_NAMESPACE },
  spec: { nodeSelector: { matchLabels: { 'nvidia.com/gpu.present': 'true' } }, maxUnavailable: 2 },
};

const OPERATOR_CONFIG: KubeDraft = {
  apiVersion: 'sriovnetwork.openshift.io/v1',
  kind: 'SriovOperatorConfig',
  metadata: { name: 'default', namespace: OPERATOR_NAMESPACE },
  spec: {
    enableInjector: false,
    enableOperatorWebhook: false,
    logLevel: 2,
    configDaemonNodeSelector: {
      'beta.kubernetes.io/os': 'linux',
      'network.nvidia.com/operator.mofed.wait': 'false',
    },
  },
};

export const nicClusterPolicy = (image: string): KubeDraft => ({
  apiVersion: 'mellanox.com/v1alpha1',
  kind: 'NicClusterPolicy',
  metadata: { name: 'nic-cluster-policy' },
  spec: {
    nvIpam: { image, repository: 'ghcr.io/mellanox', version: 'v0.2.0', imagePullSecrets: [], enableWebhook: false },
  },
});

/** Everything that Helm and the people before have left, healthy. */
export const DGX_OBJECTS: readonly KubeDraft[] = [
  ...['network-operator', 'gpu-operator', 'ml'].map(namespace),
  operator('network-operator', 'network-operator', 'NetworkOperator'),
  operator('network-operator-sriov-network-operator', 'sriov-network-operator', 'SriovNetworkOperator'),
  OPERATOR_CONFIG,
  GPU_PLUGIN,
  ...INFERENCE,
];

/** One policy a rail, as seeds/000 has them. */
export const railPolicies = (numVfs: number): readonly KubeDraft[] =>
  RAILS.map(([, , name]) => ({
    apiVersion: 'sriovnetwork.openshift.io/v1',
    kind: 'SriovNetworkNodePolicy',
    metadata: { name: `policy-${name}`, namespace: OPERATOR_NAMESPACE },
    spec: {
      resourceName: `res${name}`,
      nodeSelector: { 'nvidia.com/gpu.present': 'true' },
      priority: 99,
      numVfs,
      nicSelector: { vendor: '15b3', pfNames: [name] },
      deviceType: 'netdevice',
      isRdma: true,
      linkType: 'ib',
    },
  }));

/** The NCCL test: one pod a node that wants one VF of each rail. */
export const NCCL_PODS: readonly KubeDraft[] = DGX_NODES.map((node, at) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `nccl-${at}`, namespace: 'ml', labels: { app: 'nccl' } },
  spec: {
    nodeSelector: { 'kubernetes.io/hostname': node },
    restartPolicy: 'Never',
    containers: [
      {
        name: 'nccl',
        image: 'registry.example/ml/nccl-tests:2',
        resources: {
          requests: Object.fromEntries(RAILS.map(([, , name]) => [`nvidia.com/res${name}`, '1'])),
          limits: Object.fromEntries(RAILS.map(([, , name]) => [`nvidia.com/res${name}`, '1'])),
        },
      },
    ],
  },
}));
