/** Workloads: defaults of k8s.io/kubernetes pkg/apis/{apps,batch}/v1/defaults.go, and the counts that their status begins with. */
import { dig, digNumber, digTexts, isMap } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { changeMap, type KindRules, orDefaults, WITH_STATUS } from '../kind-rules.ts';
import { type JsonMap, sameJson, without } from '../stored-value.ts';
import { completePodSpec } from './pods.ts';
import {
  allOf,
  countsAddUp,
  fixed,
  hasSelector,
  hasTemplate,
  keepsJobTemplate,
  keepsStatefulSpec,
  notNegative,
  rollsOut,
  runsOnce,
  waitsLongEnough,
} from './workload-causes.ts';

const ZERO_TEMPLATE = { metadata: {}, spec: { containers: null } };

const complete =
  (defaults: (spec: JsonMap) => JsonMap): KindRules['complete'] =>
  (object, before) =>
    object['spec'] === before?.['spec']
      ? object
      : (changeMap(object, 'spec', (spec) =>
          changeMap(defaults(spec), 'template', (template) =>
            changeMap(orDefaults(template, { metadata: {} }), 'spec', completePodSpec),
          ),
        ) as KubeObject);

const SCALED = ['scale', 'status'];

const rollingUpdate = (strategy: JsonMap, defaults: JsonMap): JsonMap => {
  const typed = orDefaults(strategy, { type: 'RollingUpdate' });
  return typed['type'] === 'RollingUpdate'
    ? changeMap(typed, 'rollingUpdate', (inner) => orDefaults(inner, defaults))
    : typed;
};

export const DEPLOYMENT_RULES: KindRules = {
  ...WITH_STATUS,
  conditionTimes: { lastUpdateTime: null, lastTransitionTime: null },
  subresources: SCALED,
  zero: { spec: { selector: null, template: ZERO_TEMPLATE, strategy: {} }, status: {} },
  complete: complete((spec) =>
    changeMap(
      orDefaults(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }),
      'strategy',
      (strategy) => rollingUpdate(strategy, { maxUnavailable: '25%', maxSurge: '25%' }),
    ),
  ),
  countsGeneration: 'with-annotations',
  apartFromStatus: ['labels'],
  validateStatus: countsAddUp('updatedReplicas', 'readyReplicas', 'availableReplicas'),
  validate: allOf(
    notNegative('replicas', 'minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds'),
    hasSelector,
    hasTemplate,
    rollsOut('strategy'),
    waitsLongEnough,
    fixed('selector'),
  ),
};

export const REPLICA_SET_RULES: KindRules = {
  ...WITH_STATUS,
  subresources: SCALED,
  selectable: ['status.replicas'],
  zero: { spec: { selector: null, template: ZERO_TEMPLATE }, status: { replicas: 0 } },
  complete: complete((spec) => orDefaults(spec, { replicas: 1 })),
  onCreate: (object) => ({ ...object, status: { replicas: 0 } }),
  validateStatus: countsAddUp('fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'),
  validate: allOf(notNegative('replicas', 'minReadySeconds'), hasSelector, hasTemplate, fixed('selector')),
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
  validateStatus: countsAddUp('readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'),
  validate: allOf(
    notNegative('replicas', 'minReadySeconds', 'revisionHistoryLimit'),
    hasSelector,
    hasTemplate,
    rollsOut('updateStrategy'),
    keepsStatefulSpec,
  ),
};

const NO_DAEMONS = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

/** The old counter of templates lives on as an annotation (pkg/apis/apps/v1/conversion.go). */
const withTemplateGeneration = (object: KubeObject, generation: number): KubeObject => {
  const { annotations } = object.metadata;
  if (annotations?.[TEMPLATE_GENERATION] === String(generation)) return object;
  const counted = { ...annotations, [TEMPLATE_GENERATION]: String(generation) };
  return { ...object, metadata: { ...object.metadata, annotations: counted } };
};

const completeDaemonSet = complete((spec) =>
  changeMap(orDefaults(spec, { revisionHistoryLimit: 10 }), 'updateStrategy', (strategy) => {
    const filled = rollingUpdate(strategy, { maxUnavailable: 1, maxSurge: 0 });
    // Where it says nothing of it, it still is a field: 0.
    return isMap(filled['rollingUpdate'])
      ? changeMap(filled, 'rollingUpdate', (rolling) => orDefaults(rolling, { maxUnavailable: 0, maxSurge: 0 }))
      : filled;
  }),
);

const templateGeneration = (object: KubeObject): number =>
  digNumber({ n: Number(object.metadata.annotations?.[TEMPLATE_GENERATION]) }, 'n') ?? 0;

export const DAEMON_SET_RULES: KindRules = {
  ...WITH_STATUS,
  zero: { spec: { selector: null, template: ZERO_TEMPLATE, updateStrategy: {} }, status: NO_DAEMONS },
  complete: (object, before) => withTemplateGeneration(completeDaemonSet(object, before), templateGeneration(object)),
  onCreate: (object) => withTemplateGeneration({ ...object, status: NO_DAEMONS }, 1),
  onStatusUpdate: (object, before) => withTemplateGeneration(object, templateGeneration(before)),
  onUpdate: (object, before) =>
    withTemplateGeneration(
      object,
      templateGeneration(before) + (sameJson(dig(object, 'spec', 'template'), dig(before, 'spec', 'template')) ? 0 : 1),
    ),
  validate: allOf(
    notNegative('minReadySeconds', 'revisionHistoryLimit'),
    hasSelector,
    hasTemplate,
    rollsOut('updateStrategy'),
    fixed('selector'),
  ),
};

const completeJob = complete((spec) =>
  orDefaults(spec, {
    parallelism: 1,
    ...(spec['parallelism'] === undefined && { completions: 1 }),
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: 'TerminatingOrFailed',
  }),
);

/** A Job without labels has those of its template. */
const withLabels = (job: KubeObject): KubeObject => {
  const labels = digTexts(job, 'spec', 'template', 'metadata', 'labels');
  if (job.metadata.labels !== undefined || Object.keys(labels).length === 0) return job;
  return { ...job, metadata: { ...job.metadata, labels } };
};

export const JOB_RULES: KindRules = {
  ...WITH_STATUS,
  // Kept for old clients (pkg/registry/batch/job/strategy.go); kubectl asks for Background.
  propagation: 'Orphan',
  conditionTimes: { lastProbeTime: null, lastTransitionTime: null },
  selectable: ['status.successful'],
  zero: { spec: { template: ZERO_TEMPLATE }, status: {} },
  complete: (job, before) => withLabels(completeJob(job, before)),
  // Without a selector of its own a Job selects by its uid (pkg/registry/batch/job/strategy.go).
  onCreate: (object) => {
    const made = { ...object, ...jobSelector(object), status: {} };
    // Labels that came from the template go on doing so (the two are one map in the server).
    const own = sameJson(object.metadata.labels, dig(object, 'spec', 'template', 'metadata', 'labels'));
    return withLabels(own ? { ...made, metadata: without(made.metadata, 'labels') } : made);
  },
  validate: allOf(
    notNegative('parallelism', 'completions', 'backoffLimit', 'ttlSecondsAfterFinished'),
    runsOnce,
    fixed('completions'),
    fixed('selector'),
    keepsJobTemplate,
  ),
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
  const labelled = changeMap(spec, 'template', (template) =>
    changeMap(template, 'metadata', (metadata) => ({
      ...metadata,
      labels: { ...(metadata['labels'] as JsonMap), ...labels },
    })),
  );
  return { spec: { ...labelled, selector } };
};
