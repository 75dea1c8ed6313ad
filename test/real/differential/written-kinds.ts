/** The kinds that random writes are about: an object that is valid, and what may be changed in it, to good and to bad. */
import { GADGETS } from './gadgets.ts';
import {
  CONFIG_MAPS,
  CONTROLLER_REVISIONS,
  DAEMON_SETS,
  DEPLOYMENTS,
  JOBS,
  LEASES,
  NODES,
  POD_DISRUPTION_BUDGETS,
  PODS,
  REPLICA_SETS,
  STATEFUL_SETS,
  type KubeResource,
} from '../../../src/core/model/kube-resource.ts';

export type Body = Readonly<Record<string, unknown>>;

/** Takes the field away. */
export const REMOVED = Symbol('removed');

export interface Edit {
  /** Dots between keys; a key with a dot or a slash in it stands as one part of an array. */
  readonly at: readonly string[];
  readonly values: readonly unknown[];
}

export interface WrittenKind {
  readonly resource: KubeResource;
  /** Without its head. */
  readonly base: Body;
  readonly edits: readonly Edit[];
  /** Written by the status subresource; absent: the kind has none. */
  readonly status?: readonly Edit[];
}

const edit = (at: string, ...values: readonly unknown[]): Edit => ({ at: at.split('.'), values });

const resource = (apiVersion: string, plural: string, kind: string, namespaced = true): KubeResource => {
  const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return { group, version, plural, kind, namespaced };
};

/** Every kind has these. */
export const META_EDITS: readonly Edit[] = [
  edit('metadata.labels.team', 'a', 'b', '', 'not valid!', REMOVED),
  edit('metadata.labels.tier', 'front', REMOVED),
  edit('metadata.labels', { team: 'c' }, {}, REMOVED),
  edit('metadata.annotations.note', 'one', 'two', REMOVED),
  { at: ['metadata', 'annotations', 'example.com/why'], values: ['because', REMOVED] },
  edit('metadata.annotations', { note: 'three' }, REMOVED),
  edit('metadata.finalizers', ['example.com/a'], ['example.com/a', 'example.com/b'], [], REMOVED),
  edit(
    'metadata.ownerReferences',
    [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: '11111111-1111-4111-8111-111111111111' }],
    [
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: '11111111-1111-4111-8111-111111111111' },
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'other', uid: '22222222-2222-4222-8222-222222222222' },
    ],
    [],
  ),
];

const container = (name: string, tag: number, more: object = {}): object => ({
  name,
  image: `registry.example/${name}:${tag}`,
  ...more,
});

const CONTAINERS: readonly unknown[] = [
  [container('main', 2)],
  [container('main', 1), container('side', 1)],
  [container('side', 1, { env: [{ name: 'A', value: '1' }] })],
  [
    container('main', 1, {
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    }),
  ],
  [container('main', 1, { ports: [{ containerPort: 80 }, { containerPort: 443, name: 'https' }] })],
  [container('main', 1, { resources: { requests: { cpu: '100m' }, limits: { cpu: '1', 'nvidia.com/gpu': '1' } } })],
  [container('main', 1, { readinessProbe: { httpGet: { port: 80 } }, imagePullPolicy: 'Always' })],
  [container('main', 1, { volumeMounts: [{ name: 'data', mountPath: '/data' }] })],
  [{ name: 'main' }],
  [container('main', 1), container('main', 2)],
  [],
];

const VOLUMES: readonly unknown[] = [
  [{ name: 'data', emptyDir: {} }],
  [
    { name: 'data', configMap: { name: 'c' } },
    { name: 'host', hostPath: { path: '/host' } },
  ],
  REMOVED,
];

const TOLERATIONS: readonly unknown[] = [
  [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' }],
  [{ operator: 'Exists' }],
  [],
];

const podSpec = (more: object = {}): Body => ({ containers: [container('main', 1)], ...more });

const APP = { app: 'x' };
const TEMPLATE = { metadata: { labels: APP }, spec: podSpec() };
const SELECTOR = { matchLabels: APP };

/** What all workloads have in their template. */
const TEMPLATE_EDITS: readonly Edit[] = [
  edit('spec.template.spec.containers', ...CONTAINERS),
  edit('spec.template.spec.volumes', ...VOLUMES),
  edit('spec.template.spec.nodeSelector', { disk: 'fast' }, {}, REMOVED),
  edit('spec.template.spec.tolerations', ...TOLERATIONS),
  edit('spec.template.spec.terminationGracePeriodSeconds', 0, 60, REMOVED),
  edit('spec.template.metadata.labels.more', '1', REMOVED),
  edit('spec.template.metadata.annotations.restarted', 'now', 'again', REMOVED),
];

const COUNTS = (name: string): Edit => edit(`status.${name}`, 0, 1, 3, REMOVED);

const CONDITIONS = (type: string): Edit =>
  edit(
    'status.conditions',
    [{ type, status: 'True', reason: 'Good', message: 'well' }],
    [{ type, status: 'False', reason: 'Bad', message: '' }],
    [
      { type, status: 'True', reason: 'Good', message: 'well' },
      { type: 'example.com/Other', status: 'Unknown', reason: 'Ugly', message: '' },
    ],
    [],
    REMOVED,
  );

const ROLES = resource('rbac.authorization.k8s.io/v1', 'roles', 'Role');
const ROLE_BINDINGS = resource('rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding');
const SECRETS = resource('v1', 'secrets', 'Secret');
const SERVICES = resource('v1', 'services', 'Service');
const SERVICE_ACCOUNTS = resource('v1', 'serviceaccounts', 'ServiceAccount');

export const WRITTEN_KINDS: readonly WrittenKind[] = [
  {
    resource: CONFIG_MAPS,
    base: { data: { one: '1' } },
    edits: [
      edit('data.one', '1', '2', '', REMOVED),
      edit('data.two', 'a\nb', REMOVED),
      { at: ['data', 'bad/key'], values: ['x'] },
      edit('data', { three: '3' }, {}, REMOVED),
      edit('binaryData.bin', 'AAEC', REMOVED),
      edit('immutable', true, false, REMOVED),
    ],
  },
  {
    resource: SECRETS,
    base: { data: { one: 'MQ==' } },
    edits: [
      edit('data.one', 'MQ==', 'Mg==', REMOVED),
      edit('stringData.two', 'two', 'zwei', REMOVED),
      edit('type', 'Opaque', 'example.com/other'),
      edit('immutable', true, REMOVED),
    ],
  },
  {
    resource: PODS,
    base: { spec: podSpec() },
    edits: [
      edit('spec.containers', ...CONTAINERS),
      edit('spec.volumes', ...VOLUMES),
      edit('spec.nodeName', 'n1', 'n2', REMOVED),
      edit('spec.tolerations', ...TOLERATIONS),
      edit('spec.terminationGracePeriodSeconds', 0, 5, 60, REMOVED),
      edit('spec.activeDeadlineSeconds', 100, 50, REMOVED),
      edit('spec.restartPolicy', 'Never', 'OnFailure', REMOVED),
      edit('spec.hostNetwork', true, REMOVED),
    ],
    status: [
      edit('status.phase', 'Running', 'Succeeded', 'Failed', 'Pending'),
      edit('status.podIP', '10.0.0.1', REMOVED),
      edit('status.podIPs', [{ ip: '10.0.0.1' }], REMOVED),
      CONDITIONS('Ready'),
      edit(
        'status.containerStatuses',
        [
          {
            name: 'main',
            ready: true,
            restartCount: 0,
            image: 'i',
            imageID: '',
            state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
            lastState: {},
          },
        ],
        [],
      ),
      edit('status.message', 'some words', REMOVED),
    ],
  },
  {
    resource: NODES,
    base: { spec: {} },
    edits: [
      edit('spec.unschedulable', true, false, REMOVED),
      edit(
        'spec.taints',
        [{ key: 'a', effect: 'NoSchedule' }],
        [
          { key: 'a', effect: 'NoSchedule', value: 'x' },
          { key: 'b', effect: 'NoExecute' },
        ],
        [],
        REMOVED,
      ),
      edit('spec.providerID', 'x://1', REMOVED),
    ],
    status: [
      edit('status.capacity', { cpu: '8', 'nvidia.com/x': '4' }, { 'nvidia.com/x': '0' }),
      edit('status.allocatable', { cpu: '7' }, { 'nvidia.com/x': '4' }),
      CONDITIONS('Ready'),
      edit('status.addresses', [{ type: 'InternalIP', address: '10.0.0.1' }], []),
      edit('status.nodeInfo.bootID', 'b1', 'b2'),
    ],
  },
  {
    resource: SERVICE_ACCOUNTS,
    base: {},
    edits: [
      edit('automountServiceAccountToken', true, false, REMOVED),
      edit('imagePullSecrets', [{ name: 's' }], [{ name: 't' }], REMOVED),
    ],
  },
  {
    resource: LEASES,
    base: { spec: { holderIdentity: 'me', leaseDurationSeconds: 15 } },
    edits: [
      edit('spec.holderIdentity', 'me', 'you', REMOVED),
      edit('spec.leaseDurationSeconds', 30, 0, -1, REMOVED),
      edit('spec.renewTime', '2026-01-01T00:00:00.000000Z', REMOVED),
      edit('spec.leaseTransitions', 1, -1, REMOVED),
    ],
  },
  {
    resource: DEPLOYMENTS,
    base: { spec: { selector: SELECTOR, template: TEMPLATE } },
    edits: [
      ...TEMPLATE_EDITS,
      edit('spec.replicas', 0, 1, 3, -1, REMOVED),
      edit('spec.selector', { matchLabels: { app: 'y' } }, SELECTOR),
      edit('spec.strategy', { type: 'Recreate' }, { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } }, REMOVED),
      edit('spec.strategy.rollingUpdate.maxUnavailable', 1, '50%', REMOVED),
      edit('spec.minReadySeconds', 5, -5, REMOVED),
      edit('spec.paused', true, REMOVED),
      edit('spec.progressDeadlineSeconds', 100, REMOVED),
    ],
    status: [COUNTS('replicas'), COUNTS('observedGeneration'), CONDITIONS('Available')],
  },
  {
    resource: REPLICA_SETS,
    base: { spec: { selector: SELECTOR, template: TEMPLATE } },
    edits: [...TEMPLATE_EDITS, edit('spec.replicas', 0, 2, -1, REMOVED), edit('spec.minReadySeconds', 5, REMOVED)],
    status: [COUNTS('replicas'), COUNTS('readyReplicas'), CONDITIONS('Good')],
  },
  {
    resource: STATEFUL_SETS,
    base: { spec: { serviceName: 's', selector: SELECTOR, template: TEMPLATE } },
    edits: [
      ...TEMPLATE_EDITS,
      edit('spec.replicas', 0, 2, -1, REMOVED),
      edit('spec.serviceName', 't', REMOVED),
      edit('spec.updateStrategy', { type: 'OnDelete' }, { rollingUpdate: { partition: 1 } }, REMOVED),
      edit('spec.podManagementPolicy', 'Parallel', REMOVED),
    ],
    status: [COUNTS('replicas'), COUNTS('readyReplicas'), edit('status.currentRevision', 'r1', 'r2', REMOVED)],
  },
  {
    resource: DAEMON_SETS,
    base: { spec: { selector: SELECTOR, template: TEMPLATE } },
    edits: [
      ...TEMPLATE_EDITS,
      edit('spec.updateStrategy', { type: 'OnDelete' }, { type: 'RollingUpdate' }, REMOVED),
      edit('spec.updateStrategy.rollingUpdate.maxUnavailable', 2, '10%', REMOVED),
      edit('spec.minReadySeconds', 3, REMOVED),
    ],
    status: [COUNTS('numberReady'), COUNTS('desiredNumberScheduled'), CONDITIONS('Good')],
  },
  {
    resource: JOBS,
    base: { metadata: { labels: APP }, spec: { template: { spec: podSpec({ restartPolicy: 'Never' }) } } },
    edits: [
      edit('spec.parallelism', 0, 2, -1, REMOVED),
      edit('spec.completions', 2, REMOVED),
      edit('spec.backoffLimit', 0, REMOVED),
      edit('spec.suspend', true, false, REMOVED),
      edit('spec.ttlSecondsAfterFinished', 10, REMOVED),
      edit('spec.template.metadata.annotations.x', 'y', REMOVED),
    ],
    status: [COUNTS('active')],
  },
  {
    resource: POD_DISRUPTION_BUDGETS,
    base: { spec: { minAvailable: 1, selector: SELECTOR } },
    edits: [
      edit('spec.minAvailable', 0, 2, '50%', -1, REMOVED),
      edit('spec.maxUnavailable', 1, '20%', REMOVED),
      edit('spec.selector', { matchLabels: { app: 'y' } }, {}, REMOVED),
      edit('spec.unhealthyPodEvictionPolicy', 'AlwaysAllow', 'IfHealthyBudget', REMOVED),
    ],
    status: [COUNTS('disruptionsAllowed'), COUNTS('currentHealthy'), COUNTS('desiredHealthy'), COUNTS('expectedPods')],
  },
  {
    resource: CONTROLLER_REVISIONS,
    base: { data: { spec: { a: 1 } }, revision: 1 },
    edits: [edit('revision', 2, 3), edit('data', { spec: { a: 2 } }, { spec: { a: 1 } })],
  },
  {
    resource: SERVICES,
    base: { spec: { clusterIP: 'None', ports: [{ name: 'a', port: 80 }], selector: APP } },
    edits: [
      edit(
        'spec.ports',
        [{ name: 'a', port: 81 }],
        [
          { name: 'a', port: 80 },
          { name: 'b', port: 443, targetPort: 8443 },
        ],
      ),
      edit('spec.selector', { app: 'y' }),
      edit('spec.publishNotReadyAddresses', true, REMOVED),
    ],
  },
  {
    resource: ROLES,
    base: { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
    edits: [
      edit(
        'rules',
        [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }],
        [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
        REMOVED,
        [{ apiGroups: [''], resources: ['pods'] }],
      ),
    ],
  },
  {
    resource: ROLE_BINDINGS,
    base: {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
      subjects: [{ kind: 'User', name: 'alice' }],
    },
    edits: [
      edit(
        'subjects',
        [{ kind: 'ServiceAccount', name: 's', namespace: 'default' }],
        [{ kind: 'Group', name: 'g', apiGroup: 'rbac.authorization.k8s.io' }],
        REMOVED,
      ),
      edit('roleRef.name', 'other', 'r'),
    ],
  },
  {
    resource: GADGETS,
    base: { spec: { size: 1 } },
    edits: [
      edit('spec.size', 2, 10, 11, '3', REMOVED),
      edit('spec.mode', 'fast', 'slow', 'wrong', null, REMOVED),
      edit('spec.limit', 5, '50%', true, REMOVED),
      edit('spec.parts', [{ name: 'a' }], [{ name: 'a', weight: 2 }, { name: 'b' }], [{ weight: 1 }], [], REMOVED),
      edit('spec.tags', ['x'], ['y', 'x'], REMOVED),
      edit('spec.list', [1, 2], [3], REMOVED),
      edit('spec.whole', { a: 1, b: 2 }, { c: 3 }, REMOVED),
      edit('spec.unknown', 'dropped'),
      edit('spec.open', { anything: { goes: [1, { here: null }] } }, { x: 'y' }, REMOVED),
      edit('spec.names', { a: 'x' }, { b: 'y' }, { a: 1 }, REMOVED),
      edit('spec.maybe', null, 'text', REMOVED),
    ],
    status: [
      edit('status.seen', 1, 2, 'x', REMOVED),
      edit('status.conditions', [{ type: 'A', status: 'True' }], [{ type: 'B', status: 'False' }], REMOVED),
      edit('status.state', 'Idle', 'Busy', REMOVED),
    ],
  },
];
