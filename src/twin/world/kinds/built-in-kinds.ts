/** The kinds that the server has by itself, where their rules differ from PLAIN. Key: `plural.group`. */
import { dig, digList, digNumber, digText } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { changeMap, type KindRules, orDefaults, PLAIN, WITH_STATUS } from '../kind-rules.ts';
import { type Cause, forbiddenValue, invalidValue, notSupported, requiredValue } from '../status.ts';
import { withRawFields } from '../apply/shape.ts';
import { type JsonMap, sameJson, without } from '../stored-value.ts';
import { BUDGET_RULES } from './disruption-budgets.ts';
import { POD_RULES } from './pods.ts';
import { BINDING_RULES, ROLE_RULES } from './access-kinds.ts';
import { SERVICE_RULES } from './services.ts';
import { DAEMON_SET_RULES, DEPLOYMENT_RULES, JOB_RULES, REPLICA_SET_RULES, STATEFUL_SET_RULES } from './workloads.ts';

const WHEN_FIXED = 'field is immutable when `immutable` is set';

/** ConfigMaps and Secrets may be closed for good. */
const keepsImmutable =
  (...fields: readonly string[]): KindRules['validate'] =>
  (object, before) => {
    if (before?.['immutable'] !== true) return dataKeyCauses(object);
    const changed = fields.filter((field) => !sameJson(object[field], before[field]));
    return [
      ...(object['immutable'] === true ? [] : [forbiddenValue('immutable', WHEN_FIXED)]),
      ...changed.map((field) => forbiddenValue(field, WHEN_FIXED)),
    ];
  };

const DATA_KEY = /^[-._a-zA-Z0-9]{1,253}$/;

const dataKeyCauses = (object: KubeObject): readonly Cause[] =>
  ['data', 'binaryData'].flatMap((field) =>
    Object.keys((object[field] ?? {}) as JsonMap)
      .filter((key) => !DATA_KEY.test(key) || key === '.' || key === '..')
      .map((key) =>
        invalidValue(
          `${field}[${key}]`,
          key,
          "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
        ),
      ),
  );

/** Empty maps of strings are no fields at all once they are stored. */
const dropEmpty =
  (...fields: readonly string[]): KindRules['complete'] =>
  (object) =>
    without(object, ...fields.filter((field) => isEmptyMap(object[field])));

const isEmptyMap = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

const NOT_READY = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

const ZERO_NODE_STATUS = {
  daemonEndpoints: { kubeletEndpoint: { Port: 0 } },
  nodeInfo: {
    machineID: '',
    systemUUID: '',
    bootID: '',
    kernelVersion: '',
    osImage: '',
    containerRuntimeVersion: '',
    kubeletVersion: '',
    kubeProxyVersion: '',
    operatingSystem: '',
    architecture: '',
  },
};

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

const taintCauses = (taint: unknown, path: string): readonly Cause[] => {
  const effect = digText(taint, 'effect') ?? '';
  return [
    ...((digText(taint, 'key') ?? '') === '' ? [requiredValue(`${path}.key`)] : []),
    ...(EFFECTS.includes(effect)
      ? []
      : [effect === '' ? requiredValue(`${path}.effect`) : notSupported(`${path}.effect`, effect, EFFECTS)]),
  ];
};

/** One range in two fields (pkg/apis/core/v1/conversion.go). */
const withPodCidrs = (spec: JsonMap): JsonMap =>
  spec['podCIDR'] === undefined || spec['podCIDRs'] !== undefined ? spec : { ...spec, podCIDRs: [spec['podCIDR']] };

/** The status of a Node comes with its creation, as the kubelet makes it; admission taints it until it is ready. */
const NODE_RULES: KindRules = {
  ...WITH_STATUS,
  countsGeneration: false,
  subresources: ['proxy', 'status'],
  selectable: ['spec.unschedulable'],
  conditionTimes: { lastHeartbeatTime: null, lastTransitionTime: null },
  zero: { spec: {}, status: ZERO_NODE_STATUS },
  complete: (node) => ({
    ...node,
    spec: withPodCidrs((node['spec'] ?? {}) as JsonMap),
    status: completeNodeStatus((node['status'] ?? {}) as JsonMap),
  }),
  onCreate: (node) =>
    changeMap(node, 'spec', (spec) => {
      const taints = (spec['taints'] ?? []) as readonly JsonMap[];
      const has = taints.some(({ key, effect }) => key === NOT_READY.key && effect === NOT_READY.effect);
      return has ? spec : { ...spec, taints: [...taints, NOT_READY] };
    }) as KubeObject,
  validate: (node, before) => {
    const [was, is] = [before, node].map((one) => dig(one, 'spec', 'providerID') ?? '');
    const taints = digList(node, 'spec', 'taints').flatMap((taint, at) => taintCauses(taint, `metadata.taints[${at}]`));
    return before === undefined || was === '' || was === is
      ? taints
      : [
          ...taints,
          forbiddenValue('spec.providerID', 'node updates may not change providerID except from "" to valid'),
        ];
  },
};

const completeNodeStatus = (status: JsonMap): JsonMap => {
  const filled = orDefaults(status, ZERO_NODE_STATUS);
  const withInfo = changeMap(filled, 'nodeInfo', (info) => orDefaults(info, ZERO_NODE_STATUS.nodeInfo));
  return status['capacity'] !== undefined && status['allocatable'] === undefined
    ? { ...withInfo, allocatable: status['capacity'] }
    : withInfo;
};

const NAMESPACE_RULES: KindRules = {
  ...WITH_STATUS,
  countsGeneration: false,
  names: 'label',
  subresources: ['finalize', 'status'],
  selectable: ['status.phase'],
  complete: (namespace) => ({
    ...namespace,
    metadata: {
      ...namespace.metadata,
      labels: { ...namespace.metadata.labels, 'kubernetes.io/metadata.name': namespace.metadata.name },
    },
  }),
  onCreate: (namespace) => ({ ...namespace, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } }),
  onUpdate: (namespace, before) => ({ ...namespace, spec: before['spec'] }),
};

const leaseCauses: KindRules['validate'] = (lease) => [
  ...((digNumber(lease, 'spec', 'leaseDurationSeconds') ?? 1) > 0
    ? []
    : [
        invalidValue('spec.leaseDurationSeconds', dig(lease, 'spec', 'leaseDurationSeconds'), 'must be greater than 0'),
      ]),
  ...((digNumber(lease, 'spec', 'leaseTransitions') ?? 0) >= 0
    ? []
    : [
        invalidValue(
          'spec.leaseTransitions',
          dig(lease, 'spec', 'leaseTransitions'),
          'must be greater than or equal to 0',
        ),
      ]),
];

/** Which fields of an Event may be selected by. */
const EVENT_FIELDS = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];

export const BUILT_IN_RULES: Readonly<Record<string, KindRules>> = {
  'pods.': POD_RULES,
  'nodes.': NODE_RULES,
  'namespaces.': NAMESPACE_RULES,
  'configmaps.': {
    ...PLAIN,
    complete: dropEmpty('data', 'binaryData'),
    validate: keepsImmutable('data', 'binaryData'),
  },
  'secrets.': {
    ...PLAIN,
    selectable: ['type'],
    complete: (secret) => ({ ...dropEmpty('data')(withStringData(secret)), type: secret['type'] ?? 'Opaque' }),
    validate: (secret, before) => [
      ...keepsImmutable('data')(secret, before),
      ...(before === undefined || secret['type'] === before['type']
        ? []
        : [invalidValue('type', secret['type'], 'field is immutable')]),
    ],
  },
  'services.': SERVICE_RULES,
  'serviceaccounts.': { ...PLAIN, subresources: ['token'] },
  'events.': {
    ...PLAIN,
    createsOnUpdate: true,
    selectable: [
      ...EVENT_FIELDS.map((field) => `involvedObject.${field}`),
      'reason',
      'reportingComponent',
      'source',
      'type',
    ],
  },
  'deployments.apps': DEPLOYMENT_RULES,
  'replicasets.apps': REPLICA_SET_RULES,
  'statefulsets.apps': STATEFUL_SET_RULES,
  'daemonsets.apps': DAEMON_SET_RULES,
  'controllerrevisions.apps': {
    ...PLAIN,
    shape: withRawFields('data'),
    rawFields: ['data'],
    zero: { revision: 0 },
    complete: (revision) => ({ ...revision, revision: revision['revision'] ?? 0 }),
    validate: (revision, before) => [
      ...(revision['data'] === undefined || revision['data'] === null
        ? [requiredValue('data', 'data is mandatory')]
        : []),
      ...(before === undefined || sameJson(revision['data'], before['data'])
        ? []
        : [invalidValue('data', dig(revision, 'data'), 'field is immutable')]),
    ],
  },
  'jobs.batch': JOB_RULES,
  'poddisruptionbudgets.policy': BUDGET_RULES,
  'leases.coordination.k8s.io': {
    ...PLAIN,
    createsOnUpdate: true,
    needsVersion: true,
    zero: { spec: {} },
    complete: (lease) => (lease['spec'] === undefined ? { ...lease, spec: {} } : lease),
    validate: leaseCauses,
  },
  'resourceslices.resource.k8s.io': { ...PLAIN, selectable: ['spec.driver', 'spec.nodeName'] },
  'roles.rbac.authorization.k8s.io': ROLE_RULES,
  'clusterroles.rbac.authorization.k8s.io': ROLE_RULES,
  'rolebindings.rbac.authorization.k8s.io': BINDING_RULES,
  'clusterrolebindings.rbac.authorization.k8s.io': BINDING_RULES,
};

/** stringData is written into data, encoded, and never read back. */
const withStringData = (secret: KubeObject): KubeObject => {
  const texts = (secret['stringData'] ?? {}) as Readonly<Record<string, string>>;
  const encoded = Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, base64(text)]));
  return Object.keys(encoded).length === 0
    ? without(secret, 'stringData')
    : { ...without(secret, 'stringData'), data: { ...(secret['data'] as JsonMap | undefined), ...encoded } };
};

const base64 = (text: string): string => btoa(String.fromCodePoint(...new TextEncoder().encode(text)));
