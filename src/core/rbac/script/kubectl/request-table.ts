/**
 * What each kubectl command asks the API server for. Every row was measured with kubectl 1.32 against a recording API
 * server (test/real/rbac-recorded-needs.test.ts does it again); what a denial does was measured by denying it.
 * How rows become permissions is left to ask.ts.
 */

import { CREATE, EDITS, LIST, PATCH, PATCH_EACH, READ } from './common-rows.ts';
import { OC_COMMANDS } from './oc-commands.ts';
import { POD_COMMANDS } from './pod-commands.ts';
import type { CommandRow, RequestRow } from './request-row.ts';

const EVENTS: RequestRow = { verb: 'list', on: '/events', name: 'none', tolerate: true };
const NO_EVENTS =
  '/secrets /namespaces /nodes rbac.authorization.k8s.io/roles rbac.authorization.k8s.io/rolebindings rbac.authorization.k8s.io/clusterroles rbac.authorization.k8s.io/clusterrolebindings';

/** What `describe` reads beside the object itself. */
const DESCRIBED: readonly RequestRow[] = [
  { ...EVENTS, notTypes: NO_EVENTS },
  { ...EVENTS, types: '/nodes', scope: 'all' },
  { verb: 'list', on: '/pods', scope: 'all', name: 'none', types: '/nodes', tolerate: true },
  {
    verb: 'get',
    on: 'coordination.k8s.io/leases',
    scope: 'kube-node-lease',
    name: 'target',
    types: '/nodes',
    tolerate: true,
  },
  { verb: 'list', on: 'apps/replicasets', name: 'none', types: 'apps/deployments', tolerate: true },
  { verb: 'list', on: 'discovery.k8s.io/endpointslices', name: 'none', types: '/services', tolerate: true },
  { verb: 'list', on: '/secrets', name: 'none', types: '/serviceaccounts', tolerate: true },
  {
    verb: 'list',
    on: '/pods',
    name: 'none',
    types: 'apps/daemonsets apps/statefulsets apps/replicasets /replicationcontrollers /persistentvolumeclaims',
  },
  { verb: 'list', on: '/resourcequotas', scope: 'target', name: 'none', types: '/namespaces' },
  { verb: 'list', on: '/limitranges', scope: 'target', name: 'none', types: '/namespaces' },
];

/** The first list is made even when the condition is true already. */
const REFLECT: readonly RequestRow[] = [
  { verb: 'list', hangs: true },
  { verb: 'watch', state: 'unmet', hangs: true },
];
const REFLECT_EACH = REFLECT.map((row): RequestRow => ({ ...row, name: 'each' }));

/** After an accepted delete kubectl reads once, and only if the object is still there lists and watches it. */
const GONE: readonly RequestRow[] = [
  { verb: 'get', unless: 'wait=false|dry-run=server|dry-run=client', tolerate: true },
  { verb: 'list', unless: 'wait=false|dry-run=server|dry-run=client', state: 'lingers', hangs: true },
  { verb: 'watch', unless: 'wait=false|dry-run=server|dry-run=client', state: 'lingers', hangs: true },
];
const DELETE: RequestRow = { verb: 'delete', unless: 'dry-run=client' };
const DELETES = {
  named: [DELETE, ...GONE],
  listed: [
    { ...LIST, unless: 'dry-run=client' },
    { ...DELETE, name: 'each' },
    ...GONE.map((row): RequestRow => ({ ...row, name: 'each' })),
  ],
} as const;

const HISTORY: readonly RequestRow[] = [
  READ,
  { verb: 'list', on: 'apps/replicasets', name: 'none', types: 'apps/deployments' },
  { verb: 'list', on: 'apps/controllerrevisions', name: 'none', types: 'apps/daemonsets apps/statefulsets' },
];

const generates = (on: string, more: readonly RequestRow[] = []): CommandRow => ({
  takes: 'new',
  always: [...more, { ...CREATE, on }],
});

const NOTHING: CommandRow = { takes: 'nothing' };

export const COMMANDS: Readonly<Record<string, CommandRow>> = {
  get: {
    takes: 'resources',
    asks: true,
    named: [
      { ...READ, sub: '@subresource' },
      { verb: 'watch', given: 'watch|watch-only' },
    ],
    listed: [LIST, { verb: 'watch', name: 'none', given: 'watch|watch-only' }],
  },
  describe: {
    takes: 'resources',
    asks: true,
    named: [READ, { ...LIST, state: 'absent', tolerate: true }, ...DESCRIBED],
    listed: [LIST, { verb: 'get', name: 'each' }, ...DESCRIBED],
  },
  create: { takes: 'manifests', manifest: [CREATE] },
  'create configmap': generates('/configmaps'),
  'create secret generic': generates('/secrets'),
  'create secret tls': generates('/secrets'),
  'create secret docker-registry': generates('/secrets'),
  'create namespace': generates('/namespaces'),
  'create serviceaccount': generates('/serviceaccounts'),
  'create deployment': generates('apps/deployments'),
  'create ingress': generates('networking.k8s.io/ingresses'),
  'create job': generates('batch/jobs', [
    { verb: 'get', on: 'batch/cronjobs', name: 'target', given: 'from', lookup: true },
  ]),
  'create cronjob': generates('batch/cronjobs'),
  'create role': generates('rbac.authorization.k8s.io/roles'),
  'create rolebinding': generates('rbac.authorization.k8s.io/rolebindings'),
  'create clusterrole': generates('rbac.authorization.k8s.io/clusterroles'),
  'create clusterrolebinding': generates('rbac.authorization.k8s.io/clusterrolebindings'),
  'create quota': generates('/resourcequotas'),
  'create poddisruptionbudget': generates('policy/poddisruptionbudgets'),
  'create priorityclass': generates('scheduling.k8s.io/priorityclasses'),
  'create service clusterip': generates('/services'),
  'create service nodeport': generates('/services'),
  'create service loadbalancer': generates('/services'),
  'create service externalname': generates('/services'),
  'create token': { takes: 'new', always: [{ verb: 'create', on: '/serviceaccounts', sub: 'token', name: 'target' }] },
  apply: {
    takes: 'manifests',
    manifest: [
      { ...READ, unless: 'server-side' },
      { verb: 'create', name: 'none', unless: 'server-side|dry-run=client', state: 'absent' },
      { verb: 'patch', unless: 'server-side|dry-run=client', state: 'differs' },
      { verb: 'patch', given: 'server-side' },
      { verb: 'create', name: 'none', given: 'server-side', state: 'absent', server: true },
    ],
  },
  'apply view-last-applied': { takes: 'resources', asks: true, named: [READ], listed: [LIST] },
  'apply set-last-applied': { takes: 'manifests', manifest: [READ, PATCH] },
  'apply edit-last-applied': { takes: 'resources', ...EDITS },
  diff: {
    takes: 'manifests',
    asks: true,
    manifest: [
      READ,
      { verb: 'patch' },
      { verb: 'create', name: 'none', unless: 'server-side', state: 'absent' },
      { verb: 'create', name: 'none', given: 'server-side', state: 'absent', server: true },
    ],
  },
  replace: {
    takes: 'manifests',
    manifest: [
      { verb: 'get', unless: 'force' },
      { verb: 'update', unless: 'force|dry-run=client' },
      { verb: 'delete', given: 'force' },
      { verb: 'get', given: 'force', lookup: true },
      { verb: 'create', name: 'none', given: 'force' },
    ],
  },
  edit: {
    takes: 'resources',
    named: [READ, { ...PATCH, state: 'changes' }],
    listed: [LIST, { ...PATCH_EACH, state: 'changes' }],
  },
  patch: {
    takes: 'resources',
    named: [
      { ...READ, sub: '@subresource' },
      { ...PATCH, sub: '@subresource' },
    ],
    manifest: [PATCH],
  },
  label: {
    takes: 'pairs',
    named: [READ, { ...PATCH, unless: 'dry-run=client|list' }],
    listed: [LIST, { ...PATCH_EACH, unless: 'dry-run=client|list' }],
  },
  annotate: {
    takes: 'pairs',
    named: [READ, { ...PATCH, unless: 'dry-run=client|list' }],
    listed: [LIST, { ...PATCH_EACH, unless: 'dry-run=client|list' }],
  },
  taint: { takes: 'pairs', ...EDITS },
  'set image': { takes: 'pairs', ...EDITS },
  'set env': {
    takes: 'pairs',
    named: [READ, { ...PATCH, unless: 'dry-run=client|list' }],
    listed: [LIST, { ...PATCH_EACH, unless: 'dry-run=client|list' }],
    always: [{ verb: 'get', on: '@from', name: 'target', given: 'from', lookup: true }],
  },
  'set resources': { takes: 'resources', ...EDITS },
  'set selector': { takes: 'pairs', ...EDITS },
  'set serviceaccount': { takes: 'account', ...EDITS },
  'set subject': { takes: 'resources', ...EDITS },
  'rollout restart': { takes: 'resources', ...EDITS },
  'rollout pause': { takes: 'resources', ...EDITS },
  'rollout resume': { takes: 'resources', ...EDITS },
  'rollout status': { takes: 'resources', named: [READ, ...REFLECT], listed: [LIST, ...REFLECT_EACH] },
  'rollout history': { takes: 'resources', asks: true, named: HISTORY, listed: [LIST, ...HISTORY.slice(1)] },
  'rollout undo': { takes: 'resources', named: [...HISTORY, PATCH], listed: [LIST, ...HISTORY.slice(1), PATCH_EACH] },
  scale: {
    takes: 'resources',
    named: [
      READ,
      { verb: 'patch', sub: 'scale', unless: 'current-replicas|resource-version|dry-run=client' },
      { verb: 'get', sub: 'scale', given: 'current-replicas|resource-version' },
      { verb: 'update', sub: 'scale', given: 'current-replicas|resource-version', unless: 'dry-run=client' },
    ],
    listed: [LIST, { verb: 'patch', sub: 'scale', name: 'each', unless: 'dry-run=client' }],
  },
  autoscale: {
    takes: 'resources',
    named: [READ, { ...CREATE, on: 'autoscaling/horizontalpodautoscalers' }],
    listed: [LIST, { ...CREATE, on: 'autoscaling/horizontalpodautoscalers' }],
  },
  expose: {
    takes: 'resources',
    named: [READ, { ...CREATE, on: '/services' }],
    listed: [LIST, { ...CREATE, on: '/services' }],
  },
  delete: { takes: 'resources', ...DELETES },
  wait: {
    takes: 'resources',
    asks: true,
    named: [READ, ...REFLECT.map((row): RequestRow => ({ ...row, unless: 'for=create' }))],
    listed: [LIST, { verb: 'get', name: 'each', given: 'for=delete' }, ...REFLECT_EACH],
  },
  'certificate approve': {
    takes: 'pods',
    type: 'certificates.k8s.io/certificatesigningrequests',
    named: [READ, { verb: 'update', sub: 'approval' }],
  },
  'certificate deny': {
    takes: 'pods',
    type: 'certificates.k8s.io/certificatesigningrequests',
    named: [READ, { verb: 'update', sub: 'approval' }],
  },
  'auth can-i': {
    takes: 'nothing',
    asks: true,
    always: [
      {
        verb: 'create',
        on: 'authorization.k8s.io/selfsubjectaccessreviews',
        scope: 'all',
        name: 'none',
        unless: 'list',
      },
      { verb: 'create', on: 'authorization.k8s.io/selfsubjectrulesreviews', scope: 'all', name: 'none', given: 'list' },
    ],
  },
  'auth whoami': {
    takes: 'nothing',
    asks: true,
    always: [{ verb: 'create', on: 'authentication.k8s.io/selfsubjectreviews', scope: 'all', name: 'none' }],
  },
  events: {
    takes: 'nothing',
    asks: true,
    always: [
      { verb: 'list', on: '/events', name: 'none', unless: 'watch' },
      { verb: 'watch', on: '/events', name: 'none', given: 'watch' },
    ],
  },
  'cluster-info': {
    takes: 'nothing',
    asks: true,
    always: [{ verb: 'list', on: '/services', scope: 'kube-system', name: 'none' }],
  },
  ...Object.fromEntries(
    [
      'config',
      'completion',
      'kustomize',
      'explain',
      'api-resources',
      'api-versions',
      'options',
      'plugin',
      'help',
      'proxy',
      '',
    ].map((name) => [name, NOTHING] as const),
  ),
  ...POD_COMMANDS,
  ...OC_COMMANDS,
};
