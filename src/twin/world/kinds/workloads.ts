/** Workloads: defaults of k8s.io/kubernetes pkg/apis/{apps,batch}/v1/defaults.go, and the counts that their status begins with. */
import { dig, digNumber } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { changeMap, type KindRules, orDefaults, WITH_STATUS } from '../kind-rules.ts';
import { type Cause, invalidValue } from '../status.ts';
import { type JsonMap, sameJson } from '../stored-value.ts';
import { completePodSpec } from './pods.ts';

const ZERO_TEMPLATE = { metadata: {}, spec: { containers: null } };

const complete =
  (defaults: (spec: JsonMap) => JsonMap): KindRules['complete'] =>
  (object) =>
    changeMap(object, 'spec', (spec) =>
      changeMap(defaults(spec), 'template', (template) =>
        changeMap(orDefaults(template, { metadata: {} }), 'spec', completePodSpec),
      ),
    ) as KubeObject;

const SCALED = ['scale', 'status'];

const fixedSelector = (object: KubeObject, before: KubeObject | undefined): readonly Cause[] =>
  before === undefined || sameJson(dig(object, 'spec', 'selector'), dig(before, 'spec', 'selector'))
    ? []
    : [invalidValue('spec.selector', dig(object, 'spec', 'selector'), 'field is immutable')];

const rollingUpdate = (strategy: JsonMap, defaults: JsonMap): JsonMap => {
  const typed = orDefaults(strategy, { type: 'RollingUpdate' });
  return typed['type'] === 'RollingUpdate'
    ? changeMap(typed, 'rollingUpdate', (inner) => orDefaults(inner, defaults))
    : typed;
};

export const DEPLOYMENT_RULES: KindRules = {
  ...WITH_STATUS,
  subresources: SCALED,
  zero: { spec: { selector: null, template: ZERO_TEMPLATE, strategy: {} }, status: {} },
  complete: complete((spec) =>
    changeMap(
      orDefaults(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }),
      'strategy',
      (strategy) => rollingUpdate(strategy, { maxUnavailable: '25%', maxSurge: '25%' }),
    ),
  ),
  validate: fixedSelector,
};

export const REPLICA_SET_RULES: KindRules = {
  ...WITH_STATUS,
  subresources: SCALED,
  selectable: ['status.replicas'],
  zero: { spec: { selector: null, template: ZERO_TEMPLATE }, status: { replicas: 0 } },
  complete: complete((spec) => orDefaults(spec, { replicas: 1 })),
  onCreate: (object) => ({ ...object, status: { replicas: 0 } }),
  validate: fixedSelector,
};

export const STATEFUL_SET_RULES: KindRules = {
  ...WITH_STATUS,
  subresources: SCALED,
  zero: {
    spec: { selector: null, template: ZERO_TEMPLATE, serviceName: '', updateStrategy: {} },
    status: { replicas: 0, availableReplicas: 0 },
  },
  complete: complete((spec) =>
    changeMap(
      orDefaults(spec, {
        replicas: 1,
        revisionHistoryLimit: 10,
        podManagementPolicy: 'OrderedReady',
        serviceName: '',
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      }),
      'updateStrategy',
      (strategy) => rollingUpdate(strategy, { partition: 0 }),
    ),
  ),
  onCreate: (object) => ({ ...object, status: { replicas: 0, availableReplicas: 0 } }),
  validate: fixedSelector,
};

const NO_DAEMONS = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

/** The old counter of templates lives on as an annotation (pkg/apis/apps/v1/conversion.go). */
const withTemplateGeneration = (object: KubeObject, generation: number): KubeObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    annotations: { ...object.metadata.annotations, [TEMPLATE_GENERATION]: String(generation) },
  },
});

const templateGeneration = (object: KubeObject): number =>
  digNumber({ n: Number(object.metadata.annotations?.[TEMPLATE_GENERATION]) }, 'n') ?? 0;

export const DAEMON_SET_RULES: KindRules = {
  ...WITH_STATUS,
  zero: { spec: { selector: null, template: ZERO_TEMPLATE, updateStrategy: {} }, status: NO_DAEMONS },
  complete: complete((spec) =>
    changeMap(orDefaults(spec, { revisionHistoryLimit: 10 }), 'updateStrategy', (strategy) =>
      rollingUpdate(strategy, { maxUnavailable: 1, maxSurge: 0 }),
    ),
  ),
  onCreate: (object) => withTemplateGeneration({ ...object, status: NO_DAEMONS }, 1),
  onUpdate: (object, before) =>
    withTemplateGeneration(
      object,
      templateGeneration(before) + (sameJson(dig(object, 'spec', 'template'), dig(before, 'spec', 'template')) ? 0 : 1),
    ),
  validate: fixedSelector,
};

export const JOB_RULES: KindRules = {
  ...WITH_STATUS,
  selectable: ['status.successful'],
  zero: { spec: { template: ZERO_TEMPLATE }, status: {} },
  complete: complete((spec) =>
    orDefaults(spec, {
      parallelism: 1,
      completions: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
      manualSelector: false,
      podReplacementPolicy: 'TerminatingOrFailed',
    }),
  ),
  // Without a selector of its own a Job selects by its uid (pkg/registry/batch/job/strategy.go).
  onCreate: (object) => ({ ...object, ...jobSelector(object), status: {} }),
};

const jobSelector = (job: KubeObject): JsonMap => {
  const spec = (job['spec'] ?? {}) as JsonMap;
  if (spec['manualSelector'] === true || job.metadata.uid === undefined) return {};
  const labels = {
    'batch.kubernetes.io/controller-uid': job.metadata.uid,
    'batch.kubernetes.io/job-name': job.metadata.name,
    'controller-uid': job.metadata.uid,
    'job-name': job.metadata.name,
  };
  const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': job.metadata.uid } };
  const withLabels = changeMap(spec, 'template', (template) =>
    changeMap(template, 'metadata', (metadata) => ({
      ...metadata,
      labels: { ...(metadata['labels'] as JsonMap), ...labels },
    })),
  );
  return { spec: { ...withLabels, selector } };
};
