/**
 * What has to be in a cluster for the controller to run there: the CRD, the namespace, a role that reads, a role that acts, and
 * the Deployment. deploy/ holds the same texts; `nicwright install --print` prints them.
 */
import { rolloutDefinition } from '../../core/model/crd/rollout-definition.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { SYSTEM_NAMESPACE } from '../../core/model/system-namespace.ts';
import { WATCHED_KINDS } from '../../core/visit/others/watched-kinds.ts';

const NAME = 'nicwright-controller';
const LABELS = { 'app.kubernetes.io/name': 'nicwright' };

type Rule = Readonly<Record<string, readonly string[]>>;

const rule = (group: string, resources: readonly string[], verbs: readonly string[]): Rule => ({
  apiGroups: [group],
  resources,
  verbs,
});

const READ = ['get', 'list', 'watch'];

/** Enough for diagnose, plan, rehearse, status and verify. */
const READING: readonly Rule[] = [
  rule('', ['nodes', 'pods', 'events', 'configmaps', 'namespaces'], READ),
  rule('apps', ['daemonsets', 'deployments', 'replicasets', 'statefulsets', 'controllerrevisions'], READ),
  rule('policy', ['poddisruptionbudgets'], READ),
  rule('sriovnetwork.openshift.io', ['*'], READ),
  rule('mellanox.com', ['*'], READ),
  rule('maintenance.nvidia.com', ['maintenanceoperatorconfigs'], READ),
  rule('configuration.net.nvidia.com', ['*'], READ),
  rule('metal3.io', ['baremetalhosts'], READ),
  rule('nicwright.dev', ['rollouts'], READ),
  // Who else drains, restarts or replaces nodes: a list that is denied stops a visit.
  ...[...Map.groupBy(WATCHED_KINDS, ({ group }) => group)].map(([group, kinds]) =>
    rule(
      group,
      kinds.map(({ plural }) => plural),
      READ,
    ),
  ),
];

/** What visits do, and nothing more. Pods are evicted and never deleted, but for our own in our namespace. */
const ACTING: readonly Rule[] = [
  rule('', ['nodes'], ['patch']),
  rule('', ['pods/eviction'], ['create']),
  rule('', ['pods/exec'], ['get', 'create']),
  rule('', ['events'], ['create']),
  // A Machine is spared by its MachineHealthCheck while its node is out.
  rule('cluster.x-k8s.io', ['machines'], ['patch']),
  rule('nicwright.dev', ['rollouts', 'rollouts/status'], ['create', 'patch', 'update']),
];

const IN_OUR_NAMESPACE: readonly Rule[] = [
  rule('', ['pods'], ['create', 'delete']),
  rule('', ['secrets'], ['get']),
  rule('coordination.k8s.io', ['leases'], ['get', 'create', 'update']),
];

const clusterRole = (name: string, rules: readonly Rule[]): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name, labels: LABELS },
  rules,
});

const subject = { kind: 'ServiceAccount', name: NAME, namespace: SYSTEM_NAMESPACE };

const clusterBinding = (role: string): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: role, labels: LABELS },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
  subjects: [subject],
});

const probe = (path: string) => ({ httpGet: { path, port: 'http' }, periodSeconds: 10 });

const deployment = (image: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: NAME, namespace: SYSTEM_NAMESPACE, labels: LABELS },
  spec: {
    replicas: 2,
    selector: { matchLabels: LABELS },
    template: {
      metadata: { labels: LABELS },
      spec: {
        serviceAccountName: NAME,
        containers: [
          {
            name: 'controller',
            image,
            args: ['controller', '--listen', '8080', '--host-pods'],
            ports: [{ name: 'http', containerPort: 8080 }],
            // A controller must not switch off the node that it runs on: it has to know which that is.
            env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
            livenessProbe: probe('/healthz'),
            readinessProbe: probe('/readyz'),
            resources: { requests: { cpu: '50m', memory: '128Mi' } },
            securityContext: { allowPrivilegeEscalation: false, runAsNonRoot: true, readOnlyRootFilesystem: true },
          },
        ],
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 100,
                podAffinityTerm: { labelSelector: { matchLabels: LABELS }, topologyKey: 'kubernetes.io/hostname' },
              },
            ],
          },
        },
      },
    },
  },
});

/** No registry is named: where the image lies is the site's to say. */
export const DEFAULT_IMAGE = 'nicwright:latest';

export const controllerManifests = (image = DEFAULT_IMAGE): readonly KubeObject[] => [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SYSTEM_NAMESPACE, labels: LABELS } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace: SYSTEM_NAMESPACE, labels: LABELS } },
  clusterRole('nicwright-reader', READING),
  clusterRole('nicwright-actor', ACTING),
  clusterBinding('nicwright-reader'),
  clusterBinding('nicwright-actor'),
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: NAME, namespace: SYSTEM_NAMESPACE, labels: LABELS },
    rules: IN_OUR_NAMESPACE,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: NAME, namespace: SYSTEM_NAMESPACE, labels: LABELS },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: NAME },
    subjects: [subject],
  },
  deployment(image),
];

export const installManifests = (image?: string): readonly KubeObject[] => [
  rolloutDefinition(),
  ...controllerManifests(image),
];
