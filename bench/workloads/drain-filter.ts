/**
 * Filters over the pods of a whole cluster: 100,000 pods of 1,000 nodes, a mix of everything that the filters look at.
 * Beside it the forecast of every node of 1,000 with 20 pods each under budgets. The peer is `kubectl drain --dry-run`,
 * which limits itself to five requests a second (18 s for one node of 110 pods); it takes no such lists.
 */
import { budgetBook } from '../../src/core/drain/budgets.ts';
import { KUBECTL_DEFAULTS } from '../../src/core/drain/drain-options.ts';
import { filterPods } from '../../src/core/drain/filter-pods.ts';
import { NO_NIC_RESOURCES } from '../../src/core/drain/nic-users.ts';
import { previewDrain } from '../../src/core/drain/preview-drain.ts';
import type { KubeObject } from '../../src/core/model/kube-object.ts';
import { fnv1a, randomBelow, showSum } from '../random.ts';

const PODS = 100_000;
const NODES = 1_000;
const NAMESPACES = 100;
const OPTIONS = { ...KUBECTL_DEFAULTS, ignoreDaemonSets: true, deleteEmptyDir: true, podSelector: 'tier!=pinned' };

const controller = (kind: string, apiVersion: string, name: string) => ({
  ownerReferences: [{ kind, apiVersion, name, uid: 'u', controller: true }],
});

const podOf = (index: number, node: string, rnd: (n: number) => number): KubeObject => {
  const app = rnd(50);
  const owners = [
    controller('ReplicaSet', 'apps/v1', `app-${app}`),
    controller('Job', 'batch/v1', `app-${app}`),
    controller('DaemonSet', 'apps/v1', `app-${app}`),
    controller('StatefulSet', 'apps/v1', `app-${app}`),
  ];
  const drawn = rnd(20);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `pod-${index}`,
      namespace: `ns-${rnd(NAMESPACES)}`,
      labels: { app: `app-${app}`, tier: drawn === 0 ? 'pinned' : 'any', 'pod-template-hash': String(index) },
      annotations: drawn === 1 ? { 'kubernetes.io/config.mirror': 'x' } : {},
      ...(drawn === 2 ? {} : owners[rnd(4)]),
    },
    spec: {
      nodeName: node,
      containers: [
        { name: 'main', resources: { requests: rnd(10) === 0 ? { 'nvidia.com/resibp24s0': '1' } : { cpu: '1' } } },
      ],
      volumes: rnd(3) === 0 ? [{ name: 'scratch', emptyDir: {} }] : [{ name: 'config', configMap: { name: 'c' } }],
    },
    status: {
      phase: drawn === 3 ? 'Succeeded' : 'Running',
      conditions: [{ type: 'Ready', status: rnd(50) === 0 ? 'False' : 'True' }],
    },
  };
};

const budgetOf = (index: number): KubeObject => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: `app-${index % 50}`, namespace: `ns-${index % NAMESPACES}` },
  spec: { maxUnavailable: 1, selector: { matchLabels: { app: `app-${index % 50}` } } },
  status: { expectedPods: 5, currentHealthy: 5, desiredHealthy: 4, disruptionsAllowed: index % 3 },
});

const filterAll = (
  pods: readonly KubeObject[],
): { readonly seconds: number; readonly cpu: number; readonly sum: string } => {
  const started = performance.now();
  const cpuBefore = process.cpuUsage();
  const selection = filterPods(pods, { options: OPTIONS, nowMs: 0, daemonSetExists: () => true });
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  if (!selection.ok) throw new Error(selection.fault.message);
  const lines = selection.value.verdicts.map(({ pod, fate, code }) => `${pod.metadata.name} ${fate} ${code ?? ''}\n`);
  return {
    seconds,
    cpu: (user + system) / 1e6,
    sum: showSum(lines.reduce((sum, line) => fnv1a(line, sum), fnv1a(''))),
  };
};

const forecastAll = (
  pods: readonly (readonly KubeObject[])[],
): { readonly seconds: number; readonly waits: number } => {
  const started = performance.now();
  const budgets = budgetBook(Array.from({ length: 200 }, (_, index) => budgetOf(index)));
  const waits = pods.filter((list, index) => {
    const preview = previewDrain({
      node: `node-${index}`,
      purpose: 'restart',
      pods: list,
      budgets,
      options: { ...OPTIONS, force: true },
      resources: NO_NIC_RESOURCES,
      nowMs: 0,
      daemonSetExists: () => true,
    });
    return preview.ok && preview.value.verdict !== 'goes';
  }).length;
  return { seconds: (performance.now() - started) / 1000, waits };
};

export const workload = {
  name: 'drain-filter',
  aim: '100,000 pods in at most 0.5 s; the forecast of 1,000 nodes x 20 pods in at most 0.3 s',
  run: (): { checksum: string; seconds: number; detail: string } => {
    const rnd = randomBelow(1);
    const pods = Array.from({ length: PODS }, (_, index) => podOf(index, `node-${index % NODES}`, rnd));
    const filtered = filterAll(pods);
    const nodes = Array.from({ length: NODES }, (_, index) => pods.slice(20 * index, 20 * index + 20));
    const forecast = forecastAll(nodes);
    return {
      checksum: filtered.sum,
      seconds: filtered.seconds,
      detail: `cpu ${filtered.cpu.toFixed(3)} s; forecast of 1,000 nodes ${forecast.seconds.toFixed(3)} s, ${forecast.waits} of them held or refused`,
    };
  },
};
