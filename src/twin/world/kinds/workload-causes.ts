/** What the server refuses in a workload's spec (k8s.io/kubernetes pkg/apis/{apps,batch}/validation). */
import { dig, digList, digNumber, digText, digTexts, isMap } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { readLabelSelector, selects } from '../../../core/model/label-selector.ts';
import { type Cause, forbiddenValue, invalidValue, notSupported, requiredValue } from '../status.ts';
import { type JsonMap, sameJson, without } from '../stored-value.ts';
import { countCauses } from './disruption-budgets.ts';
import { podSpecCauses } from './pod-spec-causes.ts';

export type Check = (object: KubeObject, before: KubeObject | undefined) => readonly Cause[];

export const allOf =
  (...checks: readonly Check[]): Check =>
  (object, before) =>
    checks.flatMap((check) => check(object, before));

export const fixed =
  (...path: readonly string[]): Check =>
  (object, before) =>
    before === undefined || sameJson(dig(object, 'spec', ...path), dig(before, 'spec', ...path))
      ? []
      : [invalidValue(`spec.${path.join('.')}`, dig(object, 'spec', ...path), 'field is immutable')];

export const notNegative =
  (...fields: readonly string[]): Check =>
  (object) =>
    fields.flatMap((field) => {
      const count = digNumber(object, 'spec', field) ?? 0;
      return count < 0 ? [invalidValue(`spec.${field}`, count, 'must be greater than or equal to 0')] : [];
    });

export const hasSelector: Check = (object) => {
  const selector = dig(object, 'spec', 'selector');
  if (!isMap(selector)) return [requiredValue('spec.selector')];
  const isEmpty =
    Object.keys(digTexts(selector, 'matchLabels')).length + digList(selector, 'matchExpressions').length === 0;
  const what = `empty selector is invalid for ${object.kind.toLowerCase()}`;
  return isEmpty ? [invalidValue('spec.selector', selector, what)] : [];
};

/** Labels that the selector takes, and pods that are restarted for ever. */
export const hasTemplate: Check = (object) => {
  const path = 'spec.template';
  const labels = digTexts(object, 'spec', 'template', 'metadata', 'labels');
  const selector = readLabelSelector(dig(object, 'spec', 'selector'));
  const policy = digText(object, 'spec', 'template', 'spec', 'restartPolicy');
  return [
    ...(selector !== undefined && !selects(selector, labels)
      ? [invalidValue(`${path}.metadata.labels`, labels, '`selector` does not match template `labels`')]
      : []),
    ...podSpecCauses(dig(object, 'spec', 'template', 'spec'), `${path}.spec`),
    ...(policy === 'Always' ? [] : [notSupported(`${path}.spec.restartPolicy`, policy, ['Always'])]),
    ...(dig(object, 'spec', 'template', 'spec', 'activeDeadlineSeconds') === undefined
      ? []
      : [
          forbiddenValue(
            `${path}.spec.activeDeadlineSeconds`,
            `activeDeadlineSeconds in ${object.kind === 'Deployment' ? 'ReplicaSet' : object.kind} is not Supported`,
          ),
        ]),
  ];
};

const zero = (value: unknown): boolean => value === 0 || value === '0%' || value === undefined;

/** How many may be away, and how many more there may be: not both none. */
export const rollsOut =
  (field: string): Check =>
  (object) => {
    const rolling = dig(object, 'spec', field, 'rollingUpdate');
    if (rolling === undefined) return [];
    const path = `spec.${field}.rollingUpdate`;
    const type = digText(object, 'spec', field, 'type');
    if (type === 'Recreate') return [forbiddenValue(path, "may not be specified when strategy `type` is 'Recreate'")];
    if (type === 'OnDelete')
      return object.kind === 'StatefulSet'
        ? [invalidValue(path, rolling, "only allowed for updateStrategy 'RollingUpdate'")]
        : [];
    const [away, more] = [dig(rolling, 'maxUnavailable'), dig(rolling, 'maxSurge')];
    return [
      ...countCauses(away, `${path}.maxUnavailable`),
      ...countCauses(more, `${path}.maxSurge`),
      ...(object.kind !== 'StatefulSet' && zero(away) && zero(more)
        ? [invalidValue(`${path}.maxUnavailable`, away, 'may not be 0 when `maxSurge` is 0')]
        : []),
    ];
  };

export const waitsLongEnough: Check = (object) => {
  const deadline = digNumber(object, 'spec', 'progressDeadlineSeconds');
  const ready = digNumber(object, 'spec', 'minReadySeconds') ?? 0;
  return deadline !== undefined && deadline <= ready
    ? [invalidValue('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')]
    : [];
};

const MAY_CHANGE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

export const keepsStatefulSpec: Check = (object, before) => {
  if (before === undefined) return [];
  const rest = (one: KubeObject): JsonMap => without(one['spec'] as JsonMap, ...MAY_CHANGE);
  return sameJson(rest(object), rest(before))
    ? []
    : [
        forbiddenValue(
          'spec',
          `updates to statefulset spec for fields other than ${MAY_CHANGE.slice(0, -1)
            .map((field) => `'${field}'`)
            .join(', ')} and 'minReadySeconds' are forbidden`,
        ),
      ];
};

/** Where its pods go may change while a Job waits to begin. */
const SCHEDULING = ['nodeSelector', 'tolerations', 'schedulingGates'];

export const keepsJobTemplate: Check = (job, before) => {
  if (before === undefined) return [];
  const waits =
    dig(before, 'spec', 'suspend') === true &&
    dig(before, 'status', 'startTime') === undefined &&
    (digNumber(before, 'status', 'active') ?? 0) === 0;
  const fixedPart = (one: KubeObject): unknown => {
    const template = (dig(one, 'spec', 'template') ?? {}) as JsonMap;
    if (!waits) return template;
    const metadata = without((template['metadata'] ?? {}) as JsonMap, 'labels', 'annotations');
    return { ...template, metadata, spec: without((template['spec'] ?? {}) as JsonMap, ...SCHEDULING) };
  };
  return sameJson(fixedPart(job), fixedPart(before))
    ? []
    : [invalidValue('spec.template', dig(job, 'spec', 'template'), 'field is immutable')];
};

const RUN_ONCE = ['OnFailure', 'Never'];

export const runsOnce: Check = (job) => {
  const policy = digText(job, 'spec', 'template', 'spec', 'restartPolicy') ?? '';
  return [
    ...podSpecCauses(dig(job, 'spec', 'template', 'spec'), 'spec.template.spec'),
    ...(RUN_ONCE.includes(policy)
      ? []
      : policy === 'Always'
        ? [
            requiredValue(
              'spec.template.spec.restartPolicy',
              `valid values: ${RUN_ONCE.map((one) => `"${one}"`).join(', ')}`,
            ),
          ]
        : [notSupported('spec.template.spec.restartPolicy', policy, RUN_ONCE)]),
  ];
};

/** Parts of status.replicas, and the one that is available only when it is ready. */
export const countsAddUp =
  (...parts: readonly string[]) =>
  (object: KubeObject): readonly Cause[] => {
    const count = (field: string): number => digNumber(object, 'status', field) ?? 0;
    const over = parts
      .filter((part) => count(part) > count('replicas'))
      .map((part) => invalidValue(`status.${part}`, count(part), 'cannot be greater than status.replicas'));
    return count('availableReplicas') > count('readyReplicas')
      ? [
          ...over,
          invalidValue('status.availableReplicas', count('availableReplicas'), 'cannot be greater than readyReplicas'),
        ]
      : over;
  };
