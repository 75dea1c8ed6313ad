/** Pods: defaults (k8s.io/kubernetes pkg/apis/core/v1/defaults.go), admission's additions, what an update may change. */
import { dig, digList, digNumber, digText, isMap } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { changeEach, changeMap, type KindRules, orDefaults, WITH_STATUS } from '../kind-rules.ts';
import { type Cause, forbiddenValue, invalidValue } from '../status.ts';
import { type JsonMap, sameJson, without } from '../stored-value.ts';
import { podSpecCauses } from './pod-spec-causes.ts';

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

/** Of a pod alone: templates keep what they say. */
const withRequests = (container: JsonMap): JsonMap =>
  changeMap(container, 'resources', (resources) =>
    isMap(resources['limits'])
      ? changeMap(resources, 'requests', (requests) => orDefaults(requests, resources['limits'] as JsonMap))
      : resources,
  );

const completeContainer = (container: JsonMap): JsonMap => {
  let filled = orDefaults(container, {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicy(container['image']),
  });
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

/** On the host's network a port is the host's. */
const withHostPorts = (container: JsonMap): JsonMap =>
  changeEach(withRequests(container), 'ports', (port) => orDefaults(port, { hostPort: port['containerPort'] }));

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

/** The admission plugin DefaultTolerationSeconds. */
const withTolerations = (spec: JsonMap): JsonMap => {
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
  return added.length === 0 ? spec : { ...spec, tolerations: [...given, ...added] };
};

/** The admission plugin Priority. */
const PRIORITY = { priority: 0, preemptionPolicy: 'PreemptLowerPriority' };

/** One address in two fields (pkg/apis/core/v1/conversion.go). */
const withAddresses = (status: JsonMap): JsonMap => {
  const { podIP } = status;
  const first = digText(digList(status, 'podIPs')[0], 'ip');
  if (podIP === first) return status;
  return podIP === undefined ? { ...status, podIP: first } : { ...status, podIPs: [{ ip: podIP }] };
};

/** Fields without omitempty: shown even where there is nothing in them. */
const CONTAINER_STATUSES = ['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'];

const completeStatus = (status: JsonMap): JsonMap => {
  let filled = withAddresses(status);
  for (const list of CONTAINER_STATUSES)
    filled = changeEach(filled, list, (one) => orDefaults(one, { lastState: {}, state: {} }));
  return filled;
};

const withStatusFilled = (pod: KubeObject): KubeObject =>
  pod['status'] === undefined ? pod : (changeMap(pod, 'status', completeStatus) as KubeObject);

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
const CHANGEABLE = ['activeDeadlineSeconds', 'schedulingGates'];

const fixedSpec = (pod: KubeObject): unknown => {
  const images = (container: JsonMap): JsonMap => without(container, 'image', 'imagePullPolicy');
  let spec = without((pod['spec'] ?? {}) as JsonMap, ...CHANGEABLE, 'tolerations', 'nodeName');
  for (const list of ['initContainers', 'containers']) spec = changeEach(spec, list, images);
  return spec;
};

const FIXED =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

const validate = (pod: KubeObject, before: KubeObject | undefined): readonly Cause[] => {
  if (before === undefined || pod['spec'] === before['spec']) return podSpecCauses(pod['spec'], 'spec');
  const keptTolerations = digList(before, 'spec', 'tolerations').every((old) =>
    digList(pod, 'spec', 'tolerations').some((one) =>
      sameJson(without(one as JsonMap, 'tolerationSeconds'), without(old as JsonMap, 'tolerationSeconds')),
    ),
  );
  const sameNode = digText(before, 'spec', 'nodeName') === digText(pod, 'spec', 'nodeName');
  return sameNode && keptTolerations && sameJson(fixedSpec(pod), fixedSpec(before))
    ? [...deadlineCauses(pod, before), ...podSpecCauses(pod['spec'], 'spec')]
    : [forbiddenValue('spec', FIXED)];
};

/** A deadline may come nearer, and not go away. */
const deadlineCauses = (pod: KubeObject, before: KubeObject): readonly Cause[] => {
  const field = 'spec.activeDeadlineSeconds';
  const [was, is] = [before, pod].map((one) => digNumber(one, 'spec', 'activeDeadlineSeconds'));
  if (was === undefined) return [];
  if (is === undefined) return [invalidValue(field, null, 'must not update from a positive integer to nil value')];
  return is > was ? [invalidValue(field, is, 'must be less than or equal to previous value')] : [];
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
  apartFromStatus: ['ownerReferences'],
  conditionTimes: { lastProbeTime: null, lastTransitionTime: null },
  onStatusUpdate: (pod, before) => {
    const qosClass = digText(before, 'status', 'qosClass');
    return digText(pod, 'status', 'qosClass') === undefined && qosClass !== undefined
      ? (changeMap(pod, 'status', (status) => ({ ...status, qosClass })) as KubeObject)
      : pod;
  },
  zero: { spec: { containers: null }, status: {} },
  complete: (pod, before) =>
    pod['spec'] === before?.['spec']
      ? withStatusFilled(pod)
      : (changeMap(withStatusFilled(pod), 'spec', (spec) => {
          let filled = orDefaults(completePodSpec(spec), { enableServiceLinks: true });
          const finish = spec['hostNetwork'] === true ? withHostPorts : withRequests;
          for (const list of ['initContainers', 'containers']) filled = changeEach(filled, list, finish);
          return filled;
        }) as KubeObject),
  onCreate: (pod) => {
    const spec = withTolerations(orDefaults((pod['spec'] ?? {}) as JsonMap, PRIORITY));
    return { ...pod, spec, status: { phase: 'Pending', qosClass: qosClass(spec) } };
  },
  onUpdate: (pod, before) =>
    dig(pod, 'spec', 'tolerations') === dig(before, 'spec', 'tolerations')
      ? pod
      : (changeMap(pod, 'spec', withTolerations) as KubeObject),
  validate,
};

/** How long a pod that is deleted may still run: none where nothing of it runs. */
export const podGraceSeconds = (pod: KubeObject, asked: number | undefined): number => {
  const phase = digText(pod, 'status', 'phase');
  if (digText(pod, 'spec', 'nodeName') === undefined || phase === 'Succeeded' || phase === 'Failed') return 0;
  return Math.max(0, asked ?? digNumber(pod, 'spec', 'terminationGracePeriodSeconds') ?? 30);
};
