/**
 * Writes a must-gather of a large cluster, the same on every machine: 2,000 nodes and 7,000 pods as one YAML file each,
 * events as a list per namespace, 1,750 logs. One node in 100 is not ready, one pod in 50 crashes. Sizes follow real
 * objects of such a cluster (a node of 17 kB, a pod of 17 kB with its managed fields).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import yaml from 'js-yaml';

export interface DumpSize {
  readonly nodes: number;
  readonly pods: number;
  readonly namespaces: number;
}

export const LARGE_DUMP: DumpSize = { nodes: 2000, pods: 7000, namespaces: 20 };

const toYaml = (value: unknown): string =>
  yaml.dump(value, { noArrayIndent: true, lineWidth: -1, sortKeys: true, noRefs: true });

const CONDITIONS = [
  ['MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available', 'False'],
  ['DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure', 'False'],
  ['PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available', 'False'],
  ['Ready', 'KubeletReady', 'kubelet is posting ready status', 'READY'],
] as const;

const managedFields = (owners: readonly string[], names: readonly string[]): unknown =>
  owners.map((manager) => ({
    manager,
    operation: 'Update',
    apiVersion: 'v1',
    time: '2025-11-24T15:58:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1: {
      'f:metadata': { 'f:labels': Object.fromEntries([['.', {}], ...names.map((name) => [`f:${name}`, {}])]) },
    },
  }));

const nodeTemplate = (): string => {
  const labels = Object.fromEntries([
    ...Array.from({ length: 60 }, (_, index) => [`feature.node.kubernetes.io/cpu-cpuid.FEATURE${index}`, 'true']),
    ['kubernetes.io/hostname', 'NODE'],
    ['nvidia.com/gpu.present', 'true'],
    ['nvidia.com/gpu.product', 'NVIDIA-H100-80GB-HBM3'],
    ['topology.kubernetes.io/zone', 'rack-000'],
  ]);
  return toYaml({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: 'NODE',
      uid: '00000000-0000-4000-8000-SERIAL',
      resourceVersion: '1000',
      creationTimestamp: '2025-06-01T00:00:00Z',
      labels,
      annotations: {
        'nfd.node.kubernetes.io/feature-labels': Object.keys(labels).join(','),
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
      },
      managedFields: managedFields(['kubelet', 'nfd-master', 'kube-controller-manager'], Object.keys(labels)),
    },
    spec: { podCIDR: '10.244.0.0/24', providerID: 'metal://NODE' },
    status: {
      addresses: [
        { type: 'InternalIP', address: '192.0.2.10' },
        { type: 'Hostname', address: 'NODE' },
      ],
      allocatable: { cpu: '224', memory: '2113348180Ki', pods: '110', 'nvidia.com/gpu': '8' },
      capacity: { cpu: '224', memory: '2113450580Ki', pods: '110', 'nvidia.com/gpu': '8' },
      conditions: CONDITIONS.map(([type, reason, message, status]) => ({
        type,
        reason,
        message,
        status,
        lastHeartbeatTime: '2025-11-24T16:00:00Z',
        lastTransitionTime: '2025-11-20T10:00:00Z',
      })),
      images: Array.from({ length: 40 }, (_, index) => ({
        names: [
          `registry.example.net/team/image-${index}@sha256:${'0123456789abcdef'.repeat(4)}`,
          `registry.example.net/team/image-${index}:v1.${index}`,
        ],
        sizeBytes: 100_000_000 + index,
      })),
      nodeInfo: {
        architecture: 'amd64',
        bootID: '00000000-0000-4000-8000-SERIAL',
        kernelVersion: '6.8.0-1032-nvidia',
        kubeletVersion: 'v1.31.9',
        osImage: 'Ubuntu 24.04.2 LTS',
      },
    },
  });
};

const podTemplate = (): string => {
  const env = Array.from({ length: 40 }, (_, index) => ({
    name: `SETTING_${index}`,
    value: `value-of-setting-${index}`,
  }));
  const container = (name: string) => ({
    name,
    image: `registry.example.net/team/${name}:v2.7.1`,
    command: ['/bin/sh', '-c', 'exec /opt/run --config /etc/run.yaml'],
    env,
    resources: {
      requests: { cpu: '8', memory: '64Gi' },
      limits: { 'nvidia.com/gpu': '1', 'nvidia.com/resibp24s0': '1' },
    },
    volumeMounts: [
      { name: 'data', mountPath: '/data' },
      { name: 'kube-api-access', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
    ],
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  });
  return toYaml({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'POD',
      namespace: 'NAMESPACE',
      uid: '00000000-0000-4000-9000-SERIAL',
      resourceVersion: '100000',
      creationTimestamp: '2025-11-24T15:00:00Z',
      labels: { app: 'trainer', team: 'research', 'job-name': 'job-0' },
      annotations: {
        'k8s.v1.cni.cncf.io/networks': JSON.stringify(
          Array.from({ length: 8 }, (_, index) => ({ name: `rail-${index}`, namespace: 'default' })),
        ),
      },
      ownerReferences: [
        {
          apiVersion: 'batch/v1',
          kind: 'Job',
          name: 'job-0',
          uid: '00000000-0000-4000-8000-000000000000',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
      managedFields: managedFields(
        ['kube-controller-manager', 'kubelet', 'multus'],
        Array.from({ length: 60 }, (_, index) => `label-${index}`),
      ),
    },
    spec: {
      nodeName: 'NODE',
      serviceAccountName: 'trainer',
      restartPolicy: 'Never',
      schedulerName: 'default-scheduler',
      containers: [container('worker'), container('sidecar')],
      volumes: [{ name: 'data', emptyDir: {} }],
    },
    status: {
      phase: 'Running',
      podIP: '10.0.0.5',
      startTime: '2025-11-24T15:00:05Z',
      conditions: [{ type: 'Ready', status: 'READY', lastTransitionTime: '2025-11-24T15:01:00Z' }],
      containerStatuses: [
        {
          name: 'worker',
          ready: true,
          restartCount: 0,
          image: 'registry.example.net/team/worker:v2.7.1',
          state: 'STATE',
        },
      ],
    },
  });
};

const LOG_LINE =
  '2025-11-24T16:00:00.000000000Z I1124 16:00:00.000000       1 main.go:101] iteration done loss=1.234 step=1000 rank=0 world=64\n';

/** Returns bytes and files written under `folder`. */
export const generateDump = (
  folder: string,
  { nodes, pods, namespaces }: DumpSize = LARGE_DUMP,
): { bytes: number; files: number } => {
  let bytes = 0;
  let files = 0;
  const write = (name: string, text: string): void => {
    const target = path.join(folder, name);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
    bytes += text.length;
    files += 1;
  };
  const serial = (index: number): string => String(index).padStart(12, '0');
  const node = nodeTemplate();
  const nodeName = (index: number): string => `node-${String(index).padStart(5, '0')}`;
  for (let index = 0; index < nodes; index += 1)
    write(
      `cluster-scoped-resources/core/nodes/${nodeName(index)}.yaml`,
      `---\n${node
        .replaceAll('NODE', nodeName(index))
        .replaceAll('SERIAL', serial(index))
        .replace('READY', index % 100 === 99 ? "'False'" : "'True'")}`,
    );
  const pod = podTemplate();
  for (let space = 0; space < namespaces; space += 1) {
    const events: unknown[] = [];
    for (let index = space; index < pods; index += namespaces) {
      const name = `job-${Math.floor(index / 10)}-${String(index).padStart(5, '0')}`;
      const crashes = index % 50 === 49;
      const state = crashes ? '{}\n    lastState: {}' : '{}';
      const text = pod
        .replaceAll('POD', name)
        .replaceAll('NAMESPACE', `ns-${space}`)
        .replaceAll('NODE', nodeName(index % nodes))
        .replaceAll('SERIAL', serial(index))
        .replace('READY', crashes ? "'False'" : "'True'")
        .replace('STATE', state);
      const folderOf = `namespaces/ns-${space}/pods/${name}`;
      write(`${folderOf}/${name}.yaml`, `---\n${text}`);
      events.push({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `${name}.17a`, namespace: `ns-${space}`, uid: `00000000-0000-4000-b000-${serial(index)}` },
        involvedObject: { kind: 'Pod', name, namespace: `ns-${space}` },
        type: crashes ? 'Warning' : 'Normal',
        reason: crashes ? 'BackOff' : 'Started',
        message: crashes ? `Back-off restarting failed container worker in pod ${name}` : 'Started container worker',
        count: 1,
        lastTimestamp: '2025-11-24T16:00:00Z',
      });
      if (index % 4 === 0) write(`${folderOf}/worker/worker/logs/current.log`, LOG_LINE.repeat(180));
    }
    write(
      `namespaces/ns-${space}/core/events.yaml`,
      toYaml({ apiVersion: 'v1', kind: 'EventList', metadata: { resourceVersion: '' }, items: events }),
    );
  }
  return { bytes, files };
};
