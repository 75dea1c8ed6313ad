/** Pods: defaults (k8s.io/kubernetes pkg/apis/core/v1/defaults.go), admission's additions, what an update may change. */
import { dig, digList, digNumber, digText, isMap } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { changeEach, changeMap, type KindRules, orDefaults, WITH_STATUS } from '../kind-rules.ts';
import { type Cause, forbiddenValue, requiredValue } from '../status.ts';
import { type JsonMap, sameJson, without } from '../stored-value.ts';

const PROBE = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];

const completeProbe = (probe: JsonMap): JsonMap => {
  const filled = orDefaults(probe, PROBE);
  return isMap(filled['httpGet'])
    ? { ...filled, httpGet: orDefaults(filled['httpGet'], { path: '/', scheme: 'HTTP' }) }
    : filled;
};

/** Latest images are always pulled, others once. */
const pullPolicy = (image: unknown): string => {
  const name = typeof image === 'string' ? image.slice(image.lastIndexOf('/') + 1) : '';
  return !name.includes('@') && (!name.includes(':') || name.endsWith(':latest')) ? 'Always' : 'IfNotPresent';
};

const completeResources = (resources: JsonMap): JsonMap =>
  isMap(resources['limits'])
    ? changeMap(resources, 'requests', (requests) => orDefaults(requests, resources['limits'] as JsonMap))
    : resources;

const completeContainer = (container: JsonMap): JsonMap => {
  let filled = orDefaults(container, {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicy(container['image']),
  });
  filled = changeMap(filled, 'resources', completeResources);
  filled = changeEach(filled, 'ports', (port) => orDefaults(port, { protocol: 'TCP' }));
  filled = changeEach(filled, 'env', (env) =>
    isMap(dig(env, 'valueFrom', 'fieldRef'))
      ? changeMap(env, 'valueFrom', (from) =>
          changeMap(from, 'fieldRef', (ref) => orDefaults(ref, { apiVersion: 'v1' })),
        )
      : env,
  );
  for (const probe of PROBES) if (isMap(filled[probe])) filled = changeMap(filled, probe, completeProbe);
  return filled;
};

const VOLUME_DEFAULTS: Readonly<Record<string, JsonMap>> = {
  secret: { defaultMode: 420 },
  configMap: { defaultMode: 420 },
  downwardAPI: { defaultMode: 420 },
  projected: { defaultMode: 420 },
  hostPath: { type: '' },
};

const completeVolume = (volume: JsonMap): JsonMap => {
  if (Object.keys(volume).length <= 1) return { ...volume, emptyDir: {} };
  const source = Object.keys(VOLUME_DEFAULTS).find((key) => isMap(volume[key]));
  return source === undefined
    ? volume
    : changeMap(volume, source, (map) => orDefaults(map, VOLUME_DEFAULTS[source] ?? {}));
};

/** Of a pod, and of the template of a workload. */
export const completePodSpec = (spec: JsonMap): JsonMap => {
  let filled = orDefaults(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  });
  for (const list of ['initContainers', 'containers']) filled = changeEach(filled, list, completeContainer);
  return changeEach(filled, 'volumes', completeVolume);
};

const NOT_READY_SECONDS = 300;
const TOLERATIONS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** The admission plugins DefaultTolerationSeconds and Priority. */
const admit = (spec: JsonMap): JsonMap => {
  const given = digList(spec, 'tolerations');
  const covers = (key: string): boolean =>
    given.some(
      (one) =>
        (digText(one, 'key') === key || digText(one, 'key') === undefined) &&
        (digText(one, 'effect') === 'NoExecute' || digText(one, 'effect') === undefined),
    );
  const added = TOLERATIONS.filter((key) => !covers(key)).map((key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: NOT_READY_SECONDS,
  }));
  return {
    ...orDefaults(spec, { priority: 0, preemptionPolicy: 'PreemptLowerPriority', enableServiceLinks: true }),
    ...(given.length + added.length > 0 && { tolerations: [...given, ...added] }),
  };
};

/** Guaranteed, Burstable or BestEffort (pkg/apis/core/helper/qos). */
const qosClass = (spec: JsonMap): string => {
  const containers = [...digList(spec, 'containers'), ...digList(spec, 'initContainers')];
  const part = (container: unknown, of: string, what: string): unknown => dig(container, 'resources', of, what);
  const some = containers.some((one) =>
    ['cpu', 'memory'].some(
      (what) => part(one, 'limits', what) !== undefined || part(one, 'requests', what) !== undefined,
    ),
  );
  if (!some) return 'BestEffort';
  const full = containers.every((one) =>
    ['cpu', 'memory'].every(
      (what) =>
        part(one, 'limits', what) !== undefined &&
        String(part(one, 'limits', what)) === String(part(one, 'requests', what) ?? part(one, 'limits', what)),
    ),
  );
  return full ? 'Guaranteed' : 'Burstable';
};

/** What an update of a pod may change: images, the deadline, more tolerations, scheduling gates less. */
const CHANGEABLE = ['activeDeadlineSeconds', 'terminationGracePeriodSeconds', 'schedulingGates'];

const fixedSpec = (pod: KubeObject): unknown => {
  const images = (container: JsonMap): JsonMap => without(container, 'image', 'imagePullPolicy');
  let spec = without((pod['spec'] ?? {}) as JsonMap, ...CHANGEABLE, 'tolerations', 'nodeName');
  for (const list of ['initContainers', 'containers']) spec = changeEach(spec, list, images);
  return spec;
};

const FIXED =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

const validate = (pod: KubeObject, before: KubeObject | undefined): readonly Cause[] => {
  if (before === undefined || pod['spec'] === before['spec']) return containerCauses(pod);
  const keptTolerations = digList(before, 'spec', 'tolerations').every((old) =>
    digList(pod, 'spec', 'tolerations').some((one) =>
      sameJson(without(one as JsonMap, 'tolerationSeconds'), without(old as JsonMap, 'tolerationSeconds')),
    ),
  );
  const sameNode = digText(before, 'spec', 'nodeName') === digText(pod, 'spec', 'nodeName');
  return sameNode && keptTolerations && sameJson(fixedSpec(pod), fixedSpec(before))
    ? containerCauses(pod)
    : [forbiddenValue('spec', FIXED)];
};

const containerCauses = (pod: KubeObject): readonly Cause[] => {
  const containers = digList(pod, 'spec', 'containers');
  if (containers.length === 0) return [requiredValue('spec.containers')];
  return containers.flatMap((container, at) => [
    ...(digText(container, 'name') === undefined ? [requiredValue(`spec.containers[${at}].name`)] : []),
    ...(digText(container, 'image') === undefined ? [requiredValue(`spec.containers[${at}].image`)] : []),
  ]);
};

export const POD_RULES: KindRules = {
  ...WITH_STATUS,
  subresources: [
    'attach',
    'binding',
    'ephemeralcontainers',
    'eviction',
    'exec',
    'log',
    'portforward',
    'proxy',
    'resize',
    'status',
  ],
  selectable: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  zero: { spec: { containers: null }, status: {} },
  complete: (pod) => changeMap(pod, 'spec', completePodSpec) as KubeObject,
  onCreate: (pod) => {
    const spec = admit((pod['spec'] ?? {}) as JsonMap);
    return { ...pod, spec, status: { phase: 'Pending', qosClass: qosClass(spec) } };
  },
  validate,
};

/** How long a pod that is deleted may still run: none where nothing of it runs. */
export const podGraceSeconds = (pod: KubeObject, asked: number | undefined): number => {
  const phase = digText(pod, 'status', 'phase');
  if (digText(pod, 'spec', 'nodeName') === undefined || phase === 'Succeeded' || phase === 'Failed') return 0;
  return Math.max(0, asked ?? digNumber(pod, 'spec', 'terminationGracePeriodSeconds') ?? 30);
};
