/** Generators of nodes full of pods, and of budgets over them, for property tests of drains. */
import fc from 'fast-check';
import type { KubeObject } from '../core/model/kube-object.ts';

const CONTROLLERS = [
  undefined,
  { kind: 'ReplicaSet', apiVersion: 'apps/v1' },
  { kind: 'Job', apiVersion: 'batch/v1' },
  { kind: 'DaemonSet', apiVersion: 'apps/v1' },
  { kind: 'DaemonSet', apiVersion: 'apps.kruise.io/v1alpha1' },
];

const ANNOTATIONS: readonly Readonly<Record<string, string>>[] = [
  {},
  {},
  {},
  { 'k8s.v1.cni.cncf.io/networks': 'ib0, other/ib1@net2' },
  { 'kubernetes.io/config.mirror': 'x' },
  { 'karpenter.sh/do-not-disrupt': '5m' },
];

const REQUESTS: readonly Readonly<Record<string, string>>[] = [
  {},
  { 'nvidia.com/gpu': '1' },
  { 'nvidia.com/resib0': '1' },
  { 'rdma/shared': '1' },
];

const optional = <T>(arbitrary: fc.Arbitrary<T>, weight = 1): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight, arbitrary });

const pod = fc
  .record({
    namespace: fc.constantFrom('train', 'web'),
    app: fc.constantFrom('a', 'b', 'c'),
    controller: fc.constantFrom(...CONTROLLERS),
    annotations: fc.constantFrom(...ANNOTATIONS),
    requests: fc.constantFrom(...REQUESTS),
    hasEmptyDir: fc.boolean(),
    phase: fc.constantFrom('Running', 'Running', 'Running', 'Pending', 'Succeeded', 'Failed'),
    ready: fc.constantFrom('True', 'True', 'False'),
    deletionTimestamp: optional(fc.constantFrom('2026-11-20T10:00:00Z', '2026-11-20T10:09:00Z')),
    hostNetwork: fc.boolean(),
    priorityClassName: optional(fc.constant('system-cluster-critical')),
  })
  .map((drawn) => (name: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: drawn.namespace,
      labels: { app: drawn.app, 'pod-template-hash': name },
      annotations: drawn.annotations,
      ...(drawn.controller === undefined
        ? {}
        : { ownerReferences: [{ ...drawn.controller, name: `owner-${drawn.app}`, controller: true }] }),
      ...(drawn.deletionTimestamp === undefined ? {} : { deletionTimestamp: drawn.deletionTimestamp }),
    },
    spec: {
      nodeName: 'dgx031',
      hostNetwork: drawn.hostNetwork,
      containers: [{ resources: { requests: drawn.requests }, securityContext: { privileged: true } }],
      volumes: drawn.hasEmptyDir ? [{ name: 'scratch', emptyDir: {} }] : [],
      ...(drawn.priorityClassName === undefined ? {} : { priorityClassName: drawn.priorityClassName }),
    },
    status: { phase: drawn.phase, conditions: [{ type: 'Ready', status: drawn.ready }] },
  }));

/** At least `least` pods of one node. */
export const podsFrom = (least: number): fc.Arbitrary<readonly KubeObject[]> =>
  fc.array(pod, { minLength: least, maxLength: 12 }).map((makers) => makers.map((make, index) => make(`pod-${index}`)));

export const pods = podsFrom(0);

/** With what the disruption controller would say: a budget that never allows anything allows nothing now. */
const RULES: readonly { readonly spec: Readonly<Record<string, unknown>>; readonly never: boolean }[] = [
  { spec: { maxUnavailable: 1 }, never: false },
  { spec: { minAvailable: '50%' }, never: false },
  { spec: { maxUnavailable: 0 }, never: true },
  { spec: { minAvailable: '100%' }, never: true },
];

const budget = fc
  .record({
    namespace: fc.constantFrom('train', 'web'),
    app: fc.constantFrom('a', 'b', 'c'),
    rule: fc.constantFrom(...RULES),
    allowed: fc.constantFrom(0, 0, 1, 3),
    currentHealthy: fc.nat({ max: 4 }),
    observedGeneration: fc.constantFrom(1, 1, 1, 1, 0),
  })
  .map(({ namespace, app, rule, allowed, ...status }) => (name: string): KubeObject => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace, generation: 1 },
    spec: { ...rule.spec, selector: { matchLabels: { app } } },
    status: { expectedPods: 4, desiredHealthy: 2, disruptionsAllowed: rule.never ? 0 : allowed, ...status },
  }));

export const budgetsFrom = (least: number): fc.Arbitrary<readonly KubeObject[]> =>
  fc
    .array(budget, { minLength: least, maxLength: 4 })
    .map((makers) => makers.map((make, index) => make(`budget-${index}`)));

export const budgets = budgetsFrom(0);

/** The same list in another order. */
export const shuffled = <T>(items: readonly T[]): fc.Arbitrary<readonly T[]> =>
  fc.shuffledSubarray([...items], { minLength: items.length });
